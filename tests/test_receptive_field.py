"""The receptive field, against autograd: the pixels that have a gradient are the pixels that a cell sees."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import conv1d

import convlib

layer = st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2))


def seen(layers, length, cell):
    """The first and the last pixel with a gradient, when only this cell of the last layer counts."""
    x = torch.ones(1, 1, length, dtype=torch.float64, requires_grad=True)
    y = x
    for kernel, stride, padding, dilation in layers:
        y = conv1d(y, torch.ones(1, 1, kernel, dtype=torch.float64), None, stride, padding, dilation)
    y[0, 0, cell].backward()
    pixels = torch.nonzero(x.grad[0, 0]).ravel()
    return int(pixels[0]), int(pixels[-1])


@settings(max_examples=150, deadline=None)
@given(st.lists(layer, min_size=1, max_size=4))
def test_against_autograd(layers):
    field = convlib.receptive_field(layers)
    # A cell so far in that neither it nor the next one sees the padding, and an input long enough for both.
    cell = -field.start // field.jump + 2
    length = field.start + (cell + 2) * field.jump + 2 * field.size - field.start
    first, last = seen(layers, length, cell)
    assert last - first + 1 == field.size
    assert seen(layers, length, cell + 1) == (first + field.jump, last + field.jump)
    assert first - cell * field.jump == field.start  # cell 0 begins so many steps earlier, in the padding or not


@given(st.lists(layer, max_size=5))
def test_the_first_cell_traced_back(layers):
    first = last = 0
    for kernel, stride, padding, dilation in reversed(layers):
        first, last = first * stride - padding, last * stride - padding + dilation * (kernel - 1)
    field = convlib.receptive_field(layers)
    assert (field.start, field.start + field.size - 1) == (first, last)


@given(st.lists(st.tuples(layer, layer), min_size=1, max_size=4))
def test_axes_do_not_mix(pairs):
    rows, columns = ([pair[axis] for pair in pairs] for axis in (0, 1))
    both = convlib.receptive_field([tuple(zip(row, column, strict=True)) for row, column in pairs])
    down, across = convlib.receptive_field(rows), convlib.receptive_field(columns)
    assert both == tuple(zip(down, across, strict=True))


def test_alexnet():
    layers = [(11, 4), (3, 2), (5, 1, 2), (3, 2), (3, 1, 1), (3, 1, 1), (3, 1, 1), (3, 2)]
    fields = [convlib.receptive_field(layers[:depth]) for depth in range(1, 9)]
    expected = [(11, 4), (19, 8), (51, 8), (67, 16), (99, 16), (131, 16), (163, 16), (195, 32)]
    assert [(field.size, field.jump) for field in fields] == expected


def test_defaults_and_containers():
    assert convlib.receptive_field([]) == (1, 1, 0)
    assert convlib.receptive_field([(3, 1)]) == convlib.receptive_field([[3, 1, 0, 1]]) == (3, 1, 0)
    assert convlib.receptive_field(iter([(3, 2, 1)])) == (3, 2, -1)
    assert convlib.receptive_field([(np.int64(3), 1), (torch.Size([3, 5]), 1)]) == ((5, 7), (1, 1), (0, 0))


@pytest.mark.parametrize(
    ("layers", "error", "words"),
    [
        ([(3,)], ValueError, r"layers\[0\]=\(3,\) must have 2, 3 or 4 entries, not 1"),
        ([(3, 1, 0, 1, 1)], ValueError, "must have 2, 3 or 4 entries, not 5"),
        ([(3, 1), (0, 1)], ValueError, r"layers\[1\] kernel_size=0 must be at least 1"),
        ([(3, 0)], ValueError, r"layers\[0\] stride=0 must be at least 1"),
        ([(3, 1, -1)], ValueError, r"layers\[0\] padding=-1 must be at least 0"),
        ([(3, 1, 0, 0)], ValueError, r"layers\[0\] dilation=0 must be at least 1"),
        ([(3, 1.0)], TypeError, r"layers\[0\] stride=1.0 must be an int or a tuple of ints, not float"),
        ([((3, 3), (1, 1, 1))], ValueError, r"layers\[0\] stride=\(1, 1, 1\) has length 3"),
        ([3, 1], TypeError, r"layers\[0\]=3 must be a tuple"),
        (3, TypeError, "layers=3 must be an iterable"),
        ("31", TypeError, "layers='31' must be an iterable"),
    ],
)
def test_refusals(layers, error, words):
    with pytest.raises(error, match=words):
        convlib.receptive_field(layers)
