"""The totals are the model's unique parameters and buffers, whatever the model does with them."""

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, parametrize, prune

import convlib

pytestmark = pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")


def unique(model):
    return sum(parameter.numel() for parameter in model.parameters())


class Calls(nn.Module):
    """A model whose forward is given as a function of the model and its inputs."""

    def __init__(self, forward, **parts):
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)
        self.does = forward

    def forward(self, *args, **kwargs):
        return self.does(self, *args, **kwargs)


def frozen_bias():
    layer = nn.Conv2d(3, 4, 3)
    layer.bias.requires_grad_(False)
    return layer


def tied():
    model = Calls(lambda m, x: m.decoder(m.encoder(x)), encoder=nn.Linear(8, 8, bias=False), decoder=nn.Linear(8, 8))
    model.decoder.weight = model.encoder.weight
    return model


def old_weight_norm():
    return nn.utils.weight_norm(nn.Linear(8, 4))


SHARED = nn.Linear(8, 8)
MODELS = {
    "used twice": (Calls(lambda m, x: m.layer(m.layer(x)), layer=nn.Linear(8, 8)), (8,)),
    "registered twice": (nn.Sequential(SHARED, nn.ReLU(), SHARED), (8,)),
    "tied": (tied(), (8,)),
    "not called weight": (Calls(lambda m, x: x * m.gain, gain=nn.Parameter(torch.ones(8))), (8,)),
    "on a container": (
        Calls(lambda m, x: m.layer(x) * m.gain, layer=nn.Linear(8, 8), gain=nn.Parameter(torch.ones(8))),
        (8,),
    ),
    "unused branch": (Calls(lambda m, x: m.one(x), one=nn.Linear(8, 2), two=nn.Linear(8, 3)), (8,)),
    "read, not called": (
        Calls(lambda m, x: nn.functional.linear(x, m.layer.weight), layer=nn.Linear(8, 2)),
        (8,),
    ),
    "parameter list": (
        Calls(lambda m, x: x * m.gains[0], gains=nn.ParameterList([torch.ones(8), torch.ones(3)])),
        (8,),
    ),
    "frozen bias": (frozen_bias(), (3, 5, 5)),
    "no affine": (nn.BatchNorm2d(3, affine=False), (3, 5, 5)),
    "no statistics": (nn.BatchNorm2d(3, track_running_stats=False), (3, 5, 5)),
    "weight norm": (parametrizations.weight_norm(nn.Conv2d(3, 4, 3)), (3, 5, 5)),
    "spectral norm": (parametrizations.spectral_norm(nn.Linear(8, 4)), (8,)),
    "orthogonal": (parametrizations.orthogonal(nn.Linear(8, 4)), (8,)),
    "old weight norm": (old_weight_norm, (8,)),
    "old spectral norm": (lambda: nn.utils.spectral_norm(nn.Linear(8, 4)), (8,)),
    "pruned": (lambda: prune.l1_unstructured(nn.Linear(8, 4), "weight", 0.5), (8,)),
    "attention": (
        Calls(lambda m, x: m.attention(x, x, x)[0], attention=nn.MultiheadAttention(8, 2, batch_first=True)),
        (5, 8),
    ),
    "attention of other sizes": (
        Calls(
            lambda m, x, y: m.attention(x, y, y)[0],
            attention=nn.MultiheadAttention(8, 2, kdim=6, vdim=6, add_bias_kv=True, batch_first=True),
        ),
        [(5, 8), (7, 6)],
    ),
    "encoder layer": (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (5, 8)),
    "transformer": (nn.Transformer(8, 2, 2, 2, 16, batch_first=True), [(5, 8), (6, 8)]),
    "lstm": (nn.LSTM(8, 5, 2, bidirectional=True, batch_first=True), (7, 8)),
    "lstm with projection": (nn.LSTM(8, 5, proj_size=3, batch_first=True), (7, 8)),
    "gru": (nn.GRU(8, 5, batch_first=True), (7, 8)),
    "rnn": (nn.RNN(8, 5, batch_first=True), (7, 8)),
    "lstm cell": (nn.LSTMCell(8, 5), (8,)),
    "embedding": (nn.Embedding(10, 4), (7,)),
    "bilinear": (nn.Bilinear(3, 4, 5), [(3,), (4,)]),
    "number": (Calls(lambda m, x: x * m.scale, scale=nn.Parameter(torch.tensor(2.0))), (8,)),
    "group norm": (nn.GroupNorm(2, 4), (4, 3, 3)),
    "prelu": (nn.PReLU(), (4,)),
    "transposed": (nn.ConvTranspose2d(4, 6, 3, stride=2, groups=2), (4, 5, 5)),
}


@pytest.mark.parametrize("name", MODELS)
def test_totals_are_the_unique_parameters(name):
    model, size = MODELS[name]
    model = model if isinstance(model, nn.Module) else model()
    account = convlib.ledger(model, size)
    assert account.parameters == unique(model) == sum(row.parameters for row in account.rows)
    assert account.trainable == sum(p.numel() for p in model.parameters() if p.requires_grad)
    assert account.frozen == account.parameters - account.trainable
    assert account.weight + account.bias + account.other == account.parameters
    assert account.buffer_values == sum(buffer.numel() for buffer in model.buffers())
    assert account.parameter_bytes == 4 * account.parameters
    for row in account.rows:
        assert row.weight + row.bias + row.other == row.trainable + row.frozen == row.parameters
    assert not account.computed


def test_a_module_used_twice_has_a_row_for_each_call():
    account = convlib.ledger(*MODELS["used twice"])
    assert [(row.name, row.call, row.parameters, row.macs) for row in account.rows] == [
        ("layer", 1, 72, 64),
        ("layer", 2, 0, 64),
    ]
    assert account.rows[1].parameter_working == "counted at its first call"


def test_a_tied_tensor_counts_once_and_the_later_row_says_so():
    first, second = convlib.ledger(*MODELS["tied"]).rows
    assert (first.parameters, second.parameters) == (64, 8)
    assert first.parameter_working == "8·8 = 64"
    assert second.parameter_working == "8; weight shared with encoder.weight"


def test_what_is_not_called_is_listed_and_counted():
    used, unused = convlib.ledger(*MODELS["unused branch"]).rows
    assert used.used and not unused.used
    assert (unused.name, unused.parameters, unused.note, unused.call) == ("two", 27, "unused", 0)
    read = convlib.ledger(*MODELS["read, not called"]).rows[-1]
    assert read.used and read.note == "not called, its parameters are read by another module"


def test_parameters_of_the_model_itself_have_a_row():
    root, layer = convlib.ledger(*MODELS["on a container"]).rows
    assert (root.name, root.parameters, root.other, root.parameter_working) == ("", 8, 8, "8")
    assert layer.name == "layer"


def test_a_frozen_bias_is_frozen_alone():
    (row,) = convlib.ledger(*MODELS["frozen bias"]).rows
    assert (row.weight, row.bias, row.trainable, row.frozen) == (108, 4, 108, 4)


def test_a_parametrised_layer_is_one_row():
    (row,) = convlib.ledger(*MODELS["weight norm"]).rows
    assert (row.type, row.parameters, row.parameter_working) == ("Conv2d", 116, "4·1·1·1 + 4·3·3·3 + 4 = 116") or (
        row.type,
        row.parameters,
        row.parameter_working,
    ) == ("Conv2d", 116, "4 + 4·1·1·1 + 4·3·3·3 = 116")
    assert parametrize.is_parametrized(MODELS["weight norm"][0])


def test_batch_norm_holds_what_keras_counts_and_a_counter():
    account = convlib.ledger(nn.BatchNorm2d(64), (64, 8, 8), keras=True)
    (row,) = account.rows
    assert (account.parameters, account.buffer_values, account.statistics) == (128, 129, 128)
    assert account.keras == (256, 128, 128)
    assert row.buffer_working == "running mean 64 + running variance 64 + batches counted 1 = 129"
    assert "As Keras counts" in str(account) and "256 parameters" in str(account)
    assert "As Keras counts" not in str(convlib.ledger(nn.BatchNorm2d(64), (64, 8, 8)))


@pytest.mark.parametrize(
    ("lazy", "size", "count"),
    [
        (lambda: nn.LazyLinear(5), (8,), 45),
        (lambda: nn.LazyConv2d(4, 3), (3, 9, 9), 112),
        (lambda: nn.Sequential(nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d()), (3, 9, 9), 120),
    ],
)
def test_a_lazy_module_is_counted_and_stays_uninitialised(lazy, size, count):
    model = lazy()
    account = convlib.ledger(model, size)
    assert account.parameters == count and not account.computed
    assert all(nn.parameter.is_lazy(p) for p in model.parameters())
    assert "Lazy" in type(model if not list(model.children()) else model[0]).__name__
    assert not account.rows[0].type.startswith("Lazy")
    model(torch.rand(2, *size))
    assert unique(model) == count


def test_a_lazy_module_that_is_not_called_has_no_count_yet():
    model = Calls(lambda m, x: x, layer=nn.LazyLinear(3))
    account = convlib.ledger(model, (4,))
    assert (account.parameters, account.rows[-1].note) == (0, "not initialised; unused")


def test_bytes_follow_the_type():
    account = convlib.ledger(nn.Linear(8, 4).to(torch.float64), (8,))
    assert (account.parameter_bytes, account.activation_bytes, account.input_bytes) == (36 * 8, 4 * 8, 8 * 8)
    account = convlib.ledger(nn.Linear(8, 4).to(torch.bfloat16), (8,))
    assert (account.parameter_bytes, account.activation_bytes) == (36 * 2, 4 * 2)


def test_views_and_results_in_place_take_no_memory():
    model = nn.Sequential(nn.Linear(8, 4), nn.ReLU(inplace=True), nn.Identity(), nn.Unflatten(1, (2, 2)), nn.ReLU())
    assert [row.activation_bytes for row in convlib.ledger(model, (8,)).rows] == [16, 0, 0, 0, 16]
