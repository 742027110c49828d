"""A refusal names the argument, the value it had and what is allowed."""

import numpy as np
import pytest
import torch

import convlib

# function: the arguments of a call that works
CALLS = {
    "output_size": {"input_size": 8, "kernel_size": 3, "stride": 1, "padding": 0, "dilation": 1},
    "pool_output_size": {"input_size": 8, "kernel_size": 3, "stride": 1, "padding": 0, "dilation": 1},
    "transposed_output_size": {
        "input_size": 8,
        "kernel_size": 3,
        "stride": 2,
        "padding": 0,
        "output_padding": 1,
        "dilation": 1,
    },
    "effective_kernel_size": {"kernel_size": 3, "dilation": 2},
    "same_padding": {"kernel_size": 3, "dilation": 2},
    "conv_parameters": {"in_channels": 4, "out_channels": 6, "kernel_size": 3, "groups": 2},
    "linear_parameters": {"in_features": 4, "out_features": 6},
    "batch_norm_parameters": {"num_features": 4},
    "conv_macs": {"in_channels": 4, "out_channels": 6, "kernel_size": 3, "output_size": 5, "groups": 2},
    "linear_macs": {"in_features": 4, "out_features": 6},
}
ARGUMENTS = [(function, name) for function, call in CALLS.items() for name in call]
LOWEST_IS_ZERO = ("padding", "output_padding")
FLAGS = [
    ("pool_output_size", "ceil_mode"),
    ("conv_parameters", "bias"),
    ("linear_parameters", "bias"),
    ("batch_norm_parameters", "affine"),
    ("batch_norm_parameters", "track_running_stats"),
]


@pytest.mark.parametrize(("function", "name"), ARGUMENTS)
@pytest.mark.parametrize("value", [1.0, 2.5, None, True, b"3", {3}, np.float64(3), np.bool_(True), torch.tensor(1.5)])
def test_wrong_type(function, name, value):
    if value is None and (function, name) == ("pool_output_size", "stride"):
        return  # None means the kernel's size
    with pytest.raises(TypeError) as refusal:
        getattr(convlib, function)(**CALLS[function] | {name: value})
    words = str(refusal.value)
    assert f"{name}={value!r}" in words
    assert "must be an int" in words
    assert f"not {type(value).__name__}" in words


@pytest.mark.parametrize(("function", "name"), ARGUMENTS)
def test_text_is_refused(function, name):
    named = (function, name) == ("output_size", "padding")
    with pytest.raises(ValueError if named else TypeError) as refusal:
        getattr(convlib, function)(**CALLS[function] | {name: "3"})
    assert f"{name}='3' must be" in str(refusal.value)
    if named:
        assert "'same' or 'valid'" in str(refusal.value)


@pytest.mark.parametrize(("function", "name"), ARGUMENTS)
@pytest.mark.parametrize("lower", [1, 5])
def test_too_small(function, name, lower):
    lowest = 0 if name in LOWEST_IS_ZERO else 1
    value = lowest - lower
    with pytest.raises(ValueError, match=f"^{name}={value} must be at least {lowest}$"):
        getattr(convlib, function)(**CALLS[function] | {name: value})


@pytest.mark.parametrize(("function", "name"), FLAGS)
@pytest.mark.parametrize("value", [0, 1, None, "yes", np.bool_(True)])
def test_flags(function, name, value):
    with pytest.raises(TypeError) as refusal:
        getattr(convlib, function)(**CALLS[function] | {name: value})
    assert f"{name}={value!r} must be True or False, not {type(value).__name__}" in str(refusal.value)


@pytest.mark.parametrize(("function", "name"), ARGUMENTS)
def test_whatever_counts_as_an_int_is_accepted(function, name):
    call = CALLS[function]
    expected = getattr(convlib, function)(**call)
    for kind in (np.int64, np.uint8, torch.tensor):
        result = getattr(convlib, function)(**call | {name: kind(call[name])})
        assert result == expected
        assert all(type(number) is int for number in (result if isinstance(result, tuple) else (result,)))


@pytest.mark.parametrize("function", ["output_size", "pool_output_size", "transposed_output_size"])
def test_tuples(function):
    size = getattr(convlib, function)
    assert (
        size(torch.Size([8, 9]), 3)
        == size((8, 9), [3, 3])
        == size([8, 9], (np.int64(3), 3), 1 if function != "pool_output_size" else 3)
    )
    with pytest.raises(ValueError, match=r"input_size=\(\) must have 1, 2 or 3 values"):
        size((), 3)
    with pytest.raises(ValueError, match=r"input_size=\(8, 8, 8, 8\) must have 1, 2 or 3 values"):
        size((8, 8, 8, 8), 3)
    with pytest.raises(ValueError, match=r"kernel_size=\(3, 3, 3\) has length 3; give an int or 2 \(2 spatial axes\)"):
        size((8, 8), (3, 3, 3))
    with pytest.raises(ValueError, match=r"kernel_size\[1\]=0 must be at least 1"):
        size((8, 8), (3, 0))
    with pytest.raises(TypeError, match=r"stride\[0\]=1.0 must be an int, not float"):
        size((8, 8), 3, (1.0, 1))
    with pytest.raises(TypeError, match=r"input_size\[0\]=None must be an int, not NoneType"):
        size((None, 8), 3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: convlib.output_size(5, 7), ["kernel_size=7", "effective kernel is 7", "padded input is 5"]),
        (
            lambda: convlib.output_size((9, 5), 3, padding=1, dilation=4),
            ["kernel_size=3", "effective kernel is 9", "padded input is 7", "input_size=(9, 5)", "padding=1"],
        ),
        (lambda: convlib.pool_output_size(5, 9, 2), ["kernel_size=9", "effective kernel is 9", "padded input is 5"]),
        (lambda: convlib.pool_output_size(9, 3, padding=2), ["padding=2", "at most half of kernel_size=3"]),
        (lambda: convlib.output_size(9, 3, 2, "same"), ["padding='same'", "stride=1", "not stride=2"]),
        (lambda: convlib.output_size(9, 3, 1, "SAME"), ["padding='SAME'", "'same' or 'valid'"]),
        (
            lambda: convlib.transposed_output_size(4, 3, 2, output_padding=2),
            ["output_padding=2", "smaller than stride=2 or dilation=1"],
        ),
        (lambda: convlib.transposed_output_size(1, 3, padding=2), ["padding=2", "no output", "at least 1"]),
        (lambda: convlib.conv_parameters(4, 6, 3, groups=3), ["groups=3 must divide in_channels=4"]),
        (lambda: convlib.conv_macs(6, 4, 3, 5, groups=3), ["groups=3 must divide out_channels=4"]),
    ],
)
def test_ranges(call, words):
    with pytest.raises(ValueError) as refusal:
        call()
    for word in words:
        assert word in str(refusal.value)


@pytest.mark.parametrize("function", [name for name in CALLS if name != "same_padding"])
def test_worked_lines_refuse_the_same(function):
    name = next(iter(CALLS[function]))
    with pytest.raises(ValueError, match=f"^{name}=0 must be at least 1$"):
        getattr(convlib, function).worked(**CALLS[function] | {name: 0})
