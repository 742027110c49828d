"""The model is left exactly as found, on success and on failure."""

import copy
import functools
import gc
import random
import threading
import weakref

import numpy
import pytest
import torch
from test_ledger_counts import Calls
from torch import nn

import convlib
from convlib.bookkeeping import LedgerError

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning", "ignore:.*TF32.*:UserWarning")


def state(model):
    """All there is to see of a model, its tensors by identity, version and value."""
    seen = []
    for name, module in model.named_modules():
        seen.append((name, id(module), type(module), module.training, sorted(module.__dict__)))
        for key, value in module.__dict__.items():
            if key not in ("_parameters", "_buffers", "_modules"):
                seen.append((name, key, id(value), repr(value)))
        for key, tensor in (*module._parameters.items(), *module._buffers.items()):
            if tensor is not None:
                grad = None if tensor.grad is None else (id(tensor.grad), tensor.grad.tolist())
                seen.append((name, key, id(tensor), tensor._version, tensor.device, tensor.requires_grad, grad))
                seen.append(tensor.tolist())
    return seen


def randomness():
    name, keys, *rest = numpy.random.get_state()
    return torch.get_rng_state().tolist(), random.getstate(), name, keys.tolist(), rest


def unchanged(model, *args, **kwargs):
    """The ledger, or the exception, after comparing what was before with what is after."""
    before, random_before = state(model), randomness()
    hooks = dict(torch.nn.modules.module._global_forward_hooks)
    grad, inference = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
    try:
        outcome = convlib.ledger(model, *args, **kwargs)
    except LedgerError as error:
        outcome = error
    assert state(model) == before
    assert randomness() == random_before
    assert torch.nn.modules.module._global_forward_hooks == hooks
    assert (torch.is_grad_enabled(), torch.is_inference_mode_enabled()) == (grad, inference)
    return outcome


def net():
    body = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.Dropout(), nn.Flatten())
    return nn.Sequential(body, nn.Linear(8 * 36, 4), nn.BatchNorm1d(4))


def test_statistics_and_modes_and_gradients():
    model = net()
    model(torch.rand(2, 3, 8, 8)).sum().backward()
    model[0][1].eval()  # a mixed mode
    account = unchanged(model, (3, 8, 8))
    assert account.parameters == sum(p.numel() for p in model.parameters())
    unchanged(model.eval(), (3, 8, 8))


def test_failure():
    model = net()
    error = unchanged(model, (3, 9, 9))
    assert isinstance(error, RuntimeError)
    assert (error.module, error.module_type, error.input_shape) == ("1", "Linear", (1, 8 * 49))
    assert "1 (Linear) failed on input 1×392" in str(error) and "mat1 and mat2" in str(error)
    assert error.__cause__ is not None
    assert [row.name for row in error.ledger.rows if row.call][:3] == ["0.0", "0.1", "0.2"]
    assert error.ledger.parameters == sum(p.numel() for p in model.parameters())
    assert error.ledger.rows[-1].note == "not reached"
    assert "the forward failed" in str(error.ledger)


def test_failure_in_python():
    def forward(m, x):
        m.layer(x)
        raise KeyError("oops")

    model = Calls(forward, layer=nn.Linear(8, 4))
    error = unchanged(model, (8,))
    assert error.module == "" and "KeyError" in str(error) and isinstance(error.__cause__, KeyError)


def test_a_failure_said_in_other_words_names_the_module_it_came_from():
    def forward(m, x):
        try:
            return m.layer(x)
        except RuntimeError as error:
            raise ValueError("sorry") from error

    error = unchanged(nn.Sequential(Calls(forward, layer=nn.Linear(8, 4))), (9,))
    assert error.module == "0.layer" and "ValueError: sorry" in str(error)
    assert error.ledger.notes == []


def test_a_failure_that_a_forward_lives_with_is_none():
    def forward(m, x):
        try:
            return m.layer(x)
        except RuntimeError:
            return m.other(x)

    model = Calls(forward, layer=nn.Linear(8, 4), other=nn.Linear(9, 2))
    account = unchanged(model, (9,))
    assert account.macs == 18 and [row.output_shape for row in account.rows] == [None, (1, 2)]


VALUES = {
    "item": lambda m, x: m.layer(x) * (1 if x.sum().item() > 0 else 2),
    "control flow": lambda m, x: m.layer(x) if (x > -1e9).all() else x,
    "nonzero": lambda m, x: m.layer(x[x[:, 0] > -1e9]),
    "numpy": lambda m, x: m.layer(torch.from_numpy(x.detach().numpy() * 2)),
    "tolist": lambda m, x: m.layer(x * len(x.tolist())),
    "unique": lambda m, x: m.layer(x) + torch.unique(x).numel(),
    "random": lambda m, x: m.layer(x * random.random() * float(numpy.random.rand()) * torch.rand(1).item()),
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("train", [True, False])
def test_a_forward_that_needs_values_is_run_and_said(name, train):
    model = nn.Sequential(nn.BatchNorm1d(8), nn.Dropout(), Calls(VALUES[name], layer=nn.Linear(8, 4))).train(train)
    account = unchanged(model, (8,), batch_size=4)
    assert account.macs == 4 * 32
    if name != "random":
        assert account.computed
        assert "ran with data" in account.notes[0] and account.notes[0] in str(account)


def test_a_failure_with_values():
    def forward(m, x):
        if x.sum().item() < 1e9:
            raise ValueError("too small")

    error = unchanged(nn.Sequential(nn.BatchNorm1d(8), Calls(forward)), (8,), batch_size=4)
    assert isinstance(error.__cause__, ValueError) and error.module == "1"


class Remembers(nn.Module):
    """Keeps plain state of its own, and writes parameters and buffers as it likes."""

    shared = 0

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 8)
        self.calls, self.seen, self.cache, self.last = 0, [], {}, None
        self.register_buffer("count", torch.zeros((), dtype=torch.int64))
        self.register_buffer("average", torch.zeros(8))
        self.plain = torch.zeros(8)
        self.lock = threading.Lock()
        self.alias = [self.layer]
        self.parent = weakref.ref(self.layer)
        self.bound = self.layer.forward
        self.partial = functools.partial(self.layer)
        self.own = self.tick

    def tick(self):
        self.calls += 1

    def forward(self, x):
        self.own()
        self.seen.append(x.shape)
        self.cache[len(self.cache)] = x
        self.last = x
        self.extra = nn.Linear(2, 2)
        self.count += 1
        self.average.mul_(0.9).add_(x.mean(0), alpha=0.1)
        self.plain += 1
        with torch.no_grad():
            self.layer.weight.data.mul_(0.5)
        self.train()
        self.register_forward_hook(lambda *a: None)
        x.mul_(2)
        return self.partial(self.bound(self.parent()(self.alias[0](x))))


def test_plain_state_is_left_alone():
    model = Remembers().eval()
    x = torch.rand(2, 8)
    before = x.clone()
    account = unchanged(model, x)
    assert torch.equal(x, before)
    assert [row.call for row in account.rows if row.name == "layer"] == [1, 2, 3]
    assert account.rows[0].macs == 2 * 64  # by way of a bound method, which no module sees
    assert account.macs == 4 * 2 * 64
    assert not account.computed


def test_a_closure_is_copied():
    layer = nn.BatchNorm1d(8)
    model = nn.Sequential(layer)
    model.forward = lambda x: layer(x) * (2 if x.sum().item() else 1)
    account = unchanged(model, (8,), batch_size=3)
    assert account.computed and account.parameters == 16


CALLS = []


def counts_globally(module, inputs, output):
    CALLS.append(module)


def test_hooks_run_on_copies():
    model, calls = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 4)), []
    model[0].register_forward_hook(lambda module, inputs, output: calls.append(output))
    model[0].register_forward_hook(counts_globally)
    model[1].register_forward_pre_hook(lambda module, inputs: calls.append(inputs))
    model[1].register_full_backward_hook(lambda *a: calls.append(a))
    model.register_forward_hook(lambda module, inputs, output: output * 2)
    account = unchanged(model, (8,))
    assert calls == [] and CALLS == []
    assert account.macs == 96
    model(torch.rand(1, 8))
    assert len(calls) == 2 and len(CALLS) == 1
    CALLS.clear()


def test_hooks_for_all_modules_do_not_run():
    calls = []
    handle = nn.modules.module.register_module_forward_hook(lambda *a: calls.append(a))
    try:
        unchanged(nn.Linear(8, 4), (8,))
        assert calls == []
        nn.Linear(8, 4)(torch.rand(1, 8))
        assert len(calls) == 1
    finally:
        handle.remove()


def test_a_hook_that_changes_what_goes_on():
    model = nn.Sequential(nn.Linear(8, 8), nn.Linear(4, 2))
    model[0].register_forward_hook(lambda module, inputs, output: output[:, :4])
    assert unchanged(model, (8,)).rows[1].input_shape == (1, 4)


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_old_weight_norm_keeps_its_hook():
    model = nn.utils.weight_norm(nn.Linear(8, 4))
    unchanged(model, (8,))
    model(torch.rand(1, 8)).sum().backward()


def test_a_lazy_module_can_still_be_initialised():
    model = nn.Sequential(nn.LazyLinear(4), nn.LazyLinear(2))
    convlib.ledger(model, (8,))
    assert model(torch.rand(3, 5)).shape == (3, 2)
    assert model[0].in_features == 5


def test_scripted_and_compiled_models():
    plain = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 4))
    scripted = torch.jit.script(copy.deepcopy(plain))
    before = {k: v.clone() for k, v in scripted.state_dict().items()}
    account = convlib.ledger(scripted, (8,), batch_size=3)
    assert account.parameters == 72 + 16 + 36 and account.macs == 3 * 96 and account.computed
    assert all(torch.equal(before[k], v) for k, v in scripted.state_dict().items())
    assert convlib.ledger(nn.Sequential(scripted), (8,), batch_size=3).parameters == 124
    plain.compile()
    account = unchanged(plain, (8,), batch_size=3)
    assert account.macs == 3 * 96 and not account.computed
    assert [row.name for row in account.rows] == ["0", "1", "2", "3"]


def test_single_numbers_keep_their_values():
    """Cumulative averaging reads its counter of batches."""
    account = unchanged(nn.BatchNorm2d(4, momentum=None), (4, 5, 5))
    assert not account.computed


def test_compiled():
    plain = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8))
    account = unchanged(torch.compile(plain), (8,), batch_size=3)
    assert account.macs == 3 * 64 and account.parameters == 72 + 16
    assert not account.computed


def test_the_callers_modes_do_not_matter():
    model = net()
    plain = convlib.ledger(model, (3, 8, 8))
    for mode in (torch.no_grad(), torch.inference_mode(), torch.enable_grad(), torch.device("meta")):
        with mode:
            assert convlib.ledger(model, (3, 8, 8)).records() == plain.records()


def test_autograd_inside_a_forward():
    def forward(m, x):
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            return torch.autograd.grad(m.layer(x).sum(), x)[0]

    root, layer = unchanged(Calls(forward, layer=nn.Linear(8, 1)), (8,)).rows
    assert (layer.output_shape, layer.macs) == ((1, 1), 8)
    assert (root.output_shape, root.macs) == ((1, 8), 8)  # the product that goes backward


def test_one_value_a_channel_in_training_mode():
    model = nn.Sequential(nn.Linear(8, 4), nn.BatchNorm1d(4))
    account = unchanged(model, (8,))
    assert "more than one value a channel" in account.notes[0]
    assert convlib.ledger(model, (8,), batch_size=2).notes == []
    assert "more than 1 value per channel" in str(unchanged(model, torch.rand(1, 8)))


def test_a_model_of_ten_to_the_eleven_on_the_meta_device():
    with torch.device("meta"):
        model = nn.Sequential(*(nn.Linear(100_000, 100_000) for _ in range(10)))
    account = convlib.ledger(model, (100_000,))
    assert account.parameters == 10 * (10**10 + 10**5)
    assert account.macs == 10**11


def test_custom_attribute_access():
    class Guarded(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(8, 4)

        def __getattr__(self, name):
            return super().__getattr__("layer" if name == "anything" else name)

        def __setattr__(self, name, value):
            if "layer" in self.__dict__.get("_modules", {}):
                raise AttributeError("read only")
            super().__setattr__(name, value)

        def forward(self, x):
            return self.anything(x)

    assert unchanged(Guarded(), (8,)).macs == 32


def test_deeply_nested_modules():
    model = nn.Linear(4, 4)
    for _ in range(250):
        model = nn.Sequential(model)
    assert convlib.ledger(model, (4,)).macs == 16


def test_the_copies_are_gone_at_once():
    model = net()
    convlib.ledger(model, (3, 8, 8))
    gc.collect()
    gc.disable()
    try:
        account = convlib.ledger(model, (3, 8, 8))
        assert gc.collect() == 0 and account.parameters
    finally:
        gc.enable()


def test_progress():
    counts = []
    convlib.ledger(net(), (3, 8, 8), progress=counts.append)
    assert counts == list(range(1, 10))
