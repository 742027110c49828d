"""Sizes, against counting positions one by one and against PyTorch itself: what it refuses, convlib refuses."""

import warnings

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

import convlib

MODULES = {
    "conv": (nn.Conv1d, nn.Conv2d, nn.Conv3d),
    "max": (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d),
    "avg": (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d),
    "transposed": (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d),
}


def at_torch(kind, size, *args, **kwargs):
    """The size that PyTorch gives to one image of one channel, or None if it refuses."""
    channels = () if kind in ("max", "avg") else (1, 1)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        try:
            module = MODULES[kind][len(size) - 1](*channels, *args, **kwargs)
            return tuple(module(torch.zeros(1, 1, *size)).shape[2:])
        except (ValueError, TypeError, RuntimeError):
            return None


def at_convlib(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except (ValueError, TypeError):
        return None


def numbers(low, high, rank, wrong=None):
    """An int or one int an axis; now and then one that is ``wrong``."""
    number = st.integers(low, high) if wrong is None else st.integers(low, high) | st.sampled_from([low, wrong, high])
    lengths = st.sampled_from([rank] * 8 + [rank + 1])
    return number | lengths.flatmap(lambda length: st.tuples(*[number] * length))


def cases(**arguments):
    """Calls on 1 to 3 axes: a size, and the named arguments as ``(low, high, wrong)``."""

    def of_rank(rank):
        size = st.tuples(*[st.integers(1, 7)] * rank)
        drawn = {name: numbers(low, high, rank, wrong) for name, (low, high, wrong) in arguments.items()}
        return st.tuples(size, st.fixed_dictionaries(drawn))

    return st.integers(1, 3).flatmap(of_rank)


WINDOW = {"kernel_size": (1, 4, 0), "stride": (1, 3, 0), "padding": (0, 3, -1), "dilation": (1, 3, 0)}
NAMED = st.sampled_from([None, None, None, "same", "valid", "SAME", "full", ""])


@settings(max_examples=500, deadline=None)
@given(cases(**WINDOW), NAMED)
def test_convolution_as_pytorch(case, named):
    size, call = case
    if named is not None:
        call["padding"] = named
    assert at_convlib(convlib.output_size, size, **call) == at_torch("conv", size, **call)


@settings(max_examples=500, deadline=None)
@given(cases(**WINDOW), st.booleans(), st.booleans())
def test_max_pooling_as_pytorch(case, ceil_mode, default_stride):
    size, call = case
    call |= {"ceil_mode": ceil_mode} | ({"stride": None} if default_stride else {})
    assert at_convlib(convlib.pool_output_size, size, **call) == at_torch("max", size, **call)


@settings(max_examples=400, deadline=None)
@given(cases(**{name: WINDOW[name] for name in ("kernel_size", "stride", "padding")}), st.booleans())
def test_average_pooling_as_pytorch(case, ceil_mode):
    size, call = case
    ours = at_convlib(convlib.pool_output_size, size, **call, ceil_mode=ceil_mode)
    theirs = at_torch("avg", size, **call, ceil_mode=ceil_mode)
    if len(size) == 3 and theirs is None and ours is not None:
        # AvgPool3d alone wants the kernel to fit into the input without its padding.
        kernel = call["kernel_size"]
        kernel = kernel if isinstance(kernel, tuple) else (kernel,) * 3
        assert any(k > h for h, k in zip(size, kernel, strict=True))
    else:
        assert ours == theirs


@settings(max_examples=500, deadline=None)
@given(cases(**WINDOW, output_padding=(0, 3, -1)))
def test_transposed_convolution_as_pytorch(case):
    size, call = case
    theirs = at_torch("transposed", size, **call)
    # An output of no pixels: PyTorch refuses it or gives it, depending on the routine it picks for the kernel.
    if theirs is not None and 0 in theirs:
        theirs = None
    assert at_convlib(convlib.transposed_output_size, size, **call) == theirs


REFUSED = {
    "conv": [
        {"stride": 0},
        {"padding": -1},
        {"dilation": 0},
        {"kernel_size": 0},
        {"kernel_size": 6},
        {"kernel_size": 3, "dilation": 3},
        {"padding": "same", "stride": 2},
        {"padding": "SAME"},
        {"padding": "full"},
        {"kernel_size": (3, 3, 3)},
        {"kernel_size": 3.0},
        {"stride": "1"},
        {"stride": None},
    ],
    "max": [
        {"stride": 0},
        {"padding": -1},
        {"padding": 2},
        {"dilation": 0},
        {"kernel_size": 0},
        {"kernel_size": 6},
        {"kernel_size": (3, 3, 3)},
        {"kernel_size": 6, "stride": 1, "ceil_mode": True},
        {"padding": "same"},
    ],
    "transposed": [
        {"stride": 0},
        {"padding": -1},
        {"output_padding": 1},
        {"output_padding": 2, "stride": 2},
        {"output_padding": -1},
        {"dilation": 0},
        {"padding": 4},
        {"padding": "same"},
    ],
}
FUNCTIONS = {"conv": "output_size", "max": "pool_output_size", "transposed": "transposed_output_size"}


@pytest.mark.parametrize(
    ("kind", "call"), [(kind, call) for kind, calls in REFUSED.items() for call in calls], ids=repr
)
def test_both_refuse(kind, call):
    call = {"kernel_size": 3} | call
    assert at_torch(kind, (5, 5), **call) is None
    with pytest.raises((ValueError, TypeError)):
        getattr(convlib, FUNCTIONS[kind])((5, 5), **call)


@pytest.mark.parametrize(
    ("kind", "call"),
    [
        ("conv", {"padding": "same", "kernel_size": 4, "dilation": 2}),
        ("conv", {"padding": "valid", "stride": 2}),
        ("conv", {"padding": "same", "stride": (1, 1)}),
        ("conv", {"kernel_size": [3, 2], "stride": [2, 1]}),
        ("conv", {"kernel_size": np.int64(2), "padding": np.uint8(1)}),
        ("max", {"padding": 1, "ceil_mode": True}),
        ("transposed", {"stride": 2, "output_padding": 1}),
        ("transposed", {"stride": 1, "dilation": 2, "output_padding": 1}),
    ],
    ids=repr,
)
def test_both_accept(kind, call):
    call = {"kernel_size": 3} | call
    assert getattr(convlib, FUNCTIONS[kind])((5, 7), **call) == at_torch(kind, (5, 7), **call) is not None


# What is known to differ, and why, so that a change shows.


def test_a_tuple_for_one_axis_is_not_for_two():
    assert at_torch("conv", (5, 5), 3, stride=(2,)) == (2, 2)
    with pytest.raises(ValueError, match=r"stride=\(2,\) has length 1; give an int or 2"):
        convlib.output_size((5, 5), 3, stride=(2,))


def test_pytorch_builds_layers_of_no_channels():
    with pytest.raises(ValueError, match="out_channels=0"):
        convlib.conv_parameters(3, 0, 3)


# Counting, one position at a time.

AXIS = {
    "input_size": st.integers(1, 30),
    "kernel_size": st.integers(1, 7),
    "stride": st.integers(1, 6),
    "padding": st.integers(0, 5),
    "dilation": st.integers(1, 4),
}
axis = st.fixed_dictionaries(AXIS)


def starts(input_size, kernel_size, stride, before, after, dilation):
    """Where the windows begin that lie wholly in the padded input."""
    padded = range(-before, input_size + after)
    return [at for at in padded[::stride] if at + dilation * (kernel_size - 1) in padded]


@settings(max_examples=500)
@given(axis)
def test_convolution_counted(call):
    size, kernel, stride, pad, dilation = (call[name] for name in AXIS)
    count = len(starts(size, kernel, stride, pad, pad, dilation))
    assert at_convlib(convlib.output_size, **call) == (count or None)


@given(axis)
def test_named_paddings_counted(call):
    size, kernel, dilation = call["input_size"], call["kernel_size"], call["dilation"]
    before, after = convlib.same_padding(kernel, dilation)
    assert after - before in (0, 1)
    assert len(starts(size, kernel, 1, before, after, dilation)) == size
    assert convlib.output_size(size, kernel, padding="same", dilation=dilation) == size
    valid = len(starts(size, kernel, call["stride"], 0, 0, dilation))
    assert at_convlib(convlib.output_size, size, kernel, call["stride"], "valid", dilation) == (valid or None)


@settings(max_examples=500)
@given(axis, st.booleans())
def test_pooling_counted(call, ceil_mode):
    size, kernel, stride, pad, dilation = (call[name] for name in AXIS)
    assume(pad <= kernel // 2)
    if ceil_mode:
        # Up to and with the first window that reaches the padded input's end, if it starts before the right padding.
        end, count, at = size + pad, 0, -pad
        reach = dilation * (kernel - 1)
        while at < size and (at == -pad or at - stride + reach < end - 1):
            count, at = count + 1, at + stride
        if -pad + reach - stride >= end - 1:
            count = 0  # even the first window is a whole step too far
    else:
        count = len(starts(size, kernel, stride, pad, pad, dilation))
    assert at_convlib(convlib.pool_output_size, **call, ceil_mode=ceil_mode) == (count or None)


def test_the_clamp_of_ceil_mode():
    assert convlib.pool_output_size(4, 2, 3, 1) == 2
    assert convlib.pool_output_size(4, 2, 3, 1, ceil_mode=True) == 2
    assert convlib.pool_output_size(6, 3, 2, ceil_mode=True) == 3
    assert convlib.pool_output_size(6, 3, 2) == 2


@settings(max_examples=400)
@given(axis, st.integers(0, 5))
def test_transposed_convolution_written_out(call, extra):
    size, kernel, stride, pad, dilation = (call[name] for name in AXIS)
    assume(extra < stride or extra < dilation)
    written = {at * stride + cell * dilation for at in range(size) for cell in range(kernel)}
    span = max(written) - min(written) + 1 - 2 * pad + extra
    result = at_convlib(convlib.transposed_output_size, size, kernel, stride, pad, extra, dilation)
    assert result == (span if span >= 1 else None)


@settings(max_examples=400)
@given(axis)
def test_the_way_back_covers_every_size(call):
    """Every size that a convolution takes to n is the transposed size of n and an output padding below the stride."""
    forward = at_convlib(convlib.output_size, **call)
    assume(forward is not None)
    size, kernel, stride, pad, dilation = (call[name] for name in AXIS)
    smallest = (forward - 1) * stride - 2 * pad + dilation * (kernel - 1) + 1
    sizes = [h for h in range(1, 60) if at_convlib(convlib.output_size, h, kernel, stride, pad, dilation) == forward]
    back = [
        convlib.transposed_output_size(forward, kernel, stride, pad, extra, dilation)
        for extra in range(stride)
        if smallest + extra >= 1
    ]
    assert size in back
    assert back == sizes


def test_lengths_follow_the_input():
    assert convlib.output_size(7, 3) == 5
    assert convlib.output_size((7,), 3) == (5,)
    assert convlib.output_size([7, 8], 3) == (5, 6)
    assert convlib.output_size(torch.Size([7, 8, 9]), (1, 2, 3)) == (7, 7, 7)
    assert convlib.effective_kernel_size((3, 4), 2) == (5, 7)


def test_known_sizes():
    assert convlib.output_size(227, 11, 4) == 55
    assert convlib.output_size(224, 11, 4) == 54
    assert convlib.output_size(224, 11, 4, 2) == 55
    assert convlib.output_size((6, 8), (3, 4), 2, 1) == (3, 4)
    assert convlib.output_size(7, 3, 2, 1) == convlib.output_size(8, 3, 2, 1) == 4
