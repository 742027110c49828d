"""Multiply-accumulates, against PyTorch's own counter of operations, which counts two for each."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import convlib

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)


def counted(layer, *shape):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        output = layer(torch.zeros(1, *shape))
    flops = counter.get_total_flops()
    assert flops % 2 == 0
    return flops // 2, tuple(output.shape[2:])


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 3), st.data(), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_convolution(rank, data, c_in, c_out, groups, bias):
    size = data.draw(st.tuples(*[st.integers(3, 6)] * rank))
    kernel = data.draw(st.tuples(*[st.integers(1, 3)] * rank))
    stride = data.draw(st.tuples(*[st.integers(1, 2)] * rank))
    c_in, c_out = c_in * groups, c_out * groups
    layer = CONVOLUTIONS[rank - 1](c_in, c_out, kernel, stride, groups=groups, bias=bias)
    macs, output_size = counted(layer, c_in, *size)
    assert convlib.conv_macs(c_in, c_out, kernel, output_size, groups) == macs
    weight = convlib.conv_parameters(c_in, c_out, kernel, groups).weight
    assert convlib.conv_macs(c_in, c_out, kernel, 1, groups) == weight


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 50), st.integers(1, 50), st.booleans())
def test_linear(n_in, n_out, bias):
    assert convlib.linear_macs(n_in, n_out) == counted(nn.Linear(n_in, n_out, bias), n_in)[0]


def test_known_counts():
    assert convlib.conv_macs(3, 96, 11, 55) == 105_415_200
    assert convlib.conv_macs(96, 256, 5, (27, 27), groups=2) == 223_948_800
    assert convlib.linear_macs(9216, 4096) == 37_748_736


def test_sizes_of_different_rank_are_refused():
    with pytest.raises(ValueError, match=r"output_size=\(5, 5\) has length 2, but kernel_size=\(3, 3, 3\) has 3"):
        convlib.conv_macs(1, 1, (3, 3, 3), (5, 5))
