"""Models that nobody has thought of: a grammar of layers, sharing, freezing and containers, drawn by Hypothesis."""

import copy

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from test_ledger_macs import counted
from test_ledger_state import unchanged
from torch import nn
from torch.nn.utils import parametrizations

import convlib
from convlib.bookkeeping import LedgerError

pytestmark = pytest.mark.filterwarnings("ignore:.*TF32.*:UserWarning")  # from switching mkldnn off

C = 4  # channels in and out of every layer: any two can follow each other


def conv(kernel, stride, dilation, groups, bias, mode):
    padding = dilation * (kernel - 1) // 2 + (kernel % 2 == 0)
    return nn.Conv2d(C, C, kernel, stride, padding, dilation, groups, bias, padding_mode=mode)


class Add(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        y = self.body(x)
        return x + y if x.shape == y.shape else y


class Branches(nn.Module):
    """Channels joined and mixed down again; a parameter of its own, and perhaps a branch that is never called."""

    def __init__(self, left, right, unused):
        super().__init__()
        self.branches = nn.ModuleDict({"left": left, "right": right})
        self.unused = unused
        self.mix = nn.Conv2d(2 * C, C, 1)
        self.gain = nn.Parameter(torch.ones(C, 1, 1))

    def forward(self, x):
        left, right = (branch(x) for branch in self.branches.values())
        h, w = (min(a, b) for a, b in zip(left.shape[-2:], right.shape[-2:], strict=True))
        return self.mix(torch.cat([left[..., :h, :w], right[..., :h, :w]], 1)) * self.gain


class Attend(nn.Module):
    def __init__(self, batch_first):
        super().__init__()
        self.attention = nn.MultiheadAttention(C, 2, batch_first=batch_first)

    def forward(self, x):
        rows = x.mean(-1).transpose(1, 2)
        return x + self.attention(rows, rows, rows)[0].transpose(1, 2).unsqueeze(-1)


leaves = st.one_of(
    st.builds(
        conv,
        st.integers(1, 3),
        st.integers(1, 2),
        st.integers(1, 2),
        st.sampled_from([1, 2, 4]),
        st.booleans(),
        st.sampled_from(["zeros", "circular"]),
    ),
    st.builds(
        nn.BatchNorm2d, st.just(C), affine=st.booleans(), track_running_stats=st.booleans(),
        momentum=st.sampled_from([0.1, None]),
    ),
    st.builds(nn.ReLU, inplace=st.booleans()),
    st.builds(nn.Dropout, st.just(0.5), inplace=st.booleans()),
    st.builds(nn.PReLU, st.sampled_from([1, C])),
    st.builds(nn.GroupNorm, st.just(2), st.just(C), affine=st.booleans()),
    st.builds(lambda: nn.ConvTranspose2d(C, C, 2, 2)),
    st.builds(lambda: nn.MaxPool2d(3, 2, 1, ceil_mode=True)),
    st.builds(lambda: nn.Upsample(scale_factor=2)),
    st.builds(lambda: parametrizations.weight_norm(nn.Conv2d(C, C, 1))),
    st.builds(lambda: nn.LazyConv2d(C, 1)),
    st.builds(Attend, st.booleans()),
    st.builds(nn.Identity),
)  # fmt: skip


def containers(parts):
    return st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda modules: nn.Sequential(*modules)),
        st.builds(Add, parts),
        st.builds(Branches, parts, parts, st.one_of(st.none(), parts)),
        parts.map(lambda module: nn.Sequential(module, nn.ReLU(), module)),  # the same module twice
    )


@st.composite
def models(draw):
    model = nn.Sequential(draw(st.recursive(leaves, containers, max_leaves=8)), nn.Conv2d(C, 2, 1))
    convs = [m for m in model.modules() if type(m) is nn.Conv2d]
    for module in convs[1:]:  # tie what can be tied
        if module.weight.shape == convs[0].weight.shape and draw(st.booleans()):
            module.weight = convs[0].weight
    for parameter in model.parameters():
        if not nn.parameter.is_lazy(parameter):
            parameter.requires_grad_(draw(st.booleans()))
    for module in model.modules():
        module.training = draw(st.booleans())
    return model


def called(model, x):
    """Shapes of what really comes out of every leaf, in the order of the calls, and the run's output."""
    seen, handles = [], []
    inner = {id(m) for a in model.modules() if isinstance(a, nn.MultiheadAttention) for m in list(a.modules())[1:]}
    for module in model.modules():
        leaf = isinstance(module, nn.MultiheadAttention) or set(module._modules) <= {"parametrizations"}
        if (
            leaf
            and id(module) not in inner
            and not type(module).__name__.startswith(("_WeightNorm", "Parametrization"))
        ):
            handles.append(module.register_forward_hook(lambda m, i, o: seen.append((type(m).__name__, o))))
    model(x)
    for handle in handles:
        handle.remove()
    return [tuple((o if isinstance(o, torch.Tensor) else o[0]).shape) for _, o in seen]


def outcome(model, size, batch):
    try:
        return convlib.ledger(model, size, batch_size=batch)
    except LedgerError as error:
        return error


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(models(), st.integers(2, 3), st.sampled_from([(7, 8), (8, 8)]))
def test_any_model(model, batch, size):
    x = torch.rand(batch, C, *size)
    lazy = any(nn.parameter.is_lazy(p) for p in model.parameters())
    account = outcome(model, (C, *size), batch) if lazy else unchanged(model, (C, *size), batch_size=batch)
    assert lazy == any(nn.parameter.is_lazy(p) for p in model.parameters())
    if isinstance(account, LedgerError):  # circular padding that wraps around a small map twice
        with pytest.raises(RuntimeError):
            copy.deepcopy(model)(x)
        return
    assert not account.computed
    assume(account.activation_bytes < 2**22)  # an Upsample doubled again and again would not fit in memory
    real = copy.deepcopy(model)
    real(x)  # initialises what is lazy
    initialised = [p for p in real.parameters() if not nn.parameter.is_lazy(p)]
    assert account.parameters == sum(p.numel() for p in initialised) == sum(row.parameters for row in account.rows)
    assert account.trainable == sum(p.numel() for p in initialised if p.requires_grad)
    assert account.buffer_values == sum(b.numel() for b in real.buffers() if not nn.parameter.is_lazy(b))
    shapes = [
        row.output_shape[0] if isinstance(row.output_shape[0], tuple) else row.output_shape
        for row in account.rows
        if row.call and row.type != "Branches"
    ]
    assert shapes == called(real, x)
    assert account.macs == counted(real, x)
