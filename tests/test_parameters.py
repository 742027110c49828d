"""Parameter counts, against the sizes of what PyTorch builds (on the meta device: no memory, any size)."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import convlib

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)

channels = st.integers(1, 2000)


def numel(tensor):
    return 0 if tensor is None else tensor.numel()


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 3), st.data(), channels, channels, st.integers(1, 12), st.booleans(), st.booleans())
def test_convolution(rank, data, c_in, c_out, groups, bias, transposed):
    kernel = data.draw(st.tuples(*[st.integers(1, 11)] * rank))
    call = (c_in * groups, c_out * groups, kernel, groups, bias)
    built = (TRANSPOSED if transposed else CONVOLUTIONS)[rank - 1](*call[:3], groups=groups, bias=bias, device="meta")
    count = convlib.conv_parameters(*call)
    assert (count.weight, count.bias) == (numel(built.weight), numel(built.bias))
    assert count.total == count.weight + count.bias == sum(map(numel, built.parameters()))


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 8))
def test_groups_are_refused_as_pytorch_refuses_them(c_in, c_out, groups):
    try:
        nn.Conv2d(c_in, c_out, 3, groups=groups, device="meta")
    except ValueError:
        with pytest.raises(ValueError, match=f"groups={groups} must divide"):
            convlib.conv_parameters(c_in, c_out, 3, groups)
    else:
        count = convlib.conv_parameters(c_in, c_out, 3, groups)
        # One group at a time: a convolution of its own, as many times as there are groups.
        assert count.weight == groups * convlib.conv_parameters(c_in // groups, c_out // groups, 3).weight


@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_filters_counted_one_weight_at_a_time(c_in, c_out, f_h, f_w, groups):
    weights = [
        (filter_, channel, row, column)
        for filter_ in range(c_out * groups)
        for channel in range(c_in)
        for row in range(f_h)
        for column in range(f_w)
    ]
    assert convlib.conv_parameters(c_in * groups, c_out * groups, (f_h, f_w), groups) == (len(weights), c_out * groups)


@settings(deadline=None)
@given(st.integers(1, 100_000), st.integers(1, 100_000), st.booleans())
def test_linear(n_in, n_out, bias):
    built = nn.Linear(n_in, n_out, bias=bias, device="meta")
    count = convlib.linear_parameters(n_in, n_out, bias)
    assert (count.weight, count.bias) == (numel(built.weight), numel(built.bias))
    assert count.total == sum(map(numel, built.parameters()))


@settings(deadline=None)
@given(st.integers(1, 100_000), st.booleans(), st.booleans(), st.sampled_from(NORMS))
def test_batch_norm(num_features, affine, track, norm):
    built = norm(num_features, affine=affine, track_running_stats=track, device="meta")
    count = convlib.batch_norm_parameters(num_features, affine, track)
    buffers = dict(built.named_buffers())
    counter = numel(buffers.pop("num_batches_tracked", None))
    assert count.trainable == sum(map(numel, built.parameters()))
    assert count.running == sum(map(numel, buffers.values()))
    assert count.counter == counter == int(track)
    assert count.total == count.trainable + count.running
    assert count.running + count.counter == sum(map(numel, built.buffers()))


def test_known_counts():
    assert convlib.conv_parameters(3, 96, 11).total == 34_944
    assert convlib.conv_parameters(96, 256, 5).total == 614_656
    assert convlib.conv_parameters(96, 256, 5, groups=2).total == 307_456
    assert convlib.linear_parameters(9216, 4096).total == 37_752_832
    assert convlib.batch_norm_parameters(64) == (128, 128, 1)


def test_one_int_means_a_square_filter():
    assert convlib.conv_parameters(3, 8, 5) == convlib.conv_parameters(3, 8, (5, 5))
    assert convlib.conv_parameters(3, 8, (5,)).weight == 3 * 8 * 5
    assert convlib.conv_parameters(3, 8, torch.Size([5, 4, 3])).weight == 3 * 8 * math.prod((5, 4, 3))
