"""A worked line is true: what it begins with has the value that it ends with, which is what the function returns."""

import math
import re
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser

import convlib
from convlib.formulas.expression import ExactQuotient, Number, Quantity, ceil_div

TRANSLATION = {"⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "·": "*", "−": "-", ",": ""}
NAMES = {"floor": math.floor, "ceil": math.ceil, "F": Fraction}


def evaluated(text):
    """The exact value of a written sum; every number becomes a fraction, so that a division is exact."""
    for sign, code in TRANSLATION.items():
        text = text.replace(sign, code)
    assert re.fullmatch(r"[0-9+\-*/(). floreci]+", text), text
    return eval(re.sub(r"\d+(\.\d+)?", r"F('\g<0>')", text), {"__builtins__": {}}, NAMES)


def check(line, value):
    steps = line.split(" = ")
    assert len(steps) > 1
    assert steps[-1] == f"{value:,}".replace("-", "−")
    for step in steps:
        if step is steps[0] or "…" not in step:
            assert evaluated(step) == value, step
    assert "  " not in line and "--" not in line


axis = st.integers(1, 400), st.integers(1, 12), st.integers(1, 9), st.integers(0, 6), st.integers(1, 4)


def called(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except ValueError:
        return None


@settings(max_examples=300)
@given(*axis)
def test_output_size(h, f, s, p, d):
    value = called(convlib.output_size, h, f, s, p, d)
    assume(value is not None)
    check(convlib.output_size.worked(h, f, s, p, d), value)


@given(axis[0], axis[1], axis[4])
def test_same(h, f, d):
    check(convlib.output_size.worked(h, f, 1, "same", d), h)


@settings(max_examples=300)
@given(*axis, st.booleans())
def test_pooling(h, f, s, p, d, ceil_mode):
    value = called(convlib.pool_output_size, h, f, s, p, d, ceil_mode)
    assume(value is not None)
    check(convlib.pool_output_size.worked(h, f, s, p, d, ceil_mode), value)


@settings(max_examples=300)
@given(*axis, st.integers(0, 8))
def test_transposed(h, f, s, p, d, extra):
    value = called(convlib.transposed_output_size, h, f, s, p, extra, d)
    assume(value is not None)
    check(convlib.transposed_output_size.worked(h, f, s, p, extra, d), value)


sides = st.lists(st.integers(1, 12), min_size=1, max_size=3).map(tuple)


@given(st.integers(1, 500), st.integers(1, 500), sides, st.integers(1, 8), st.booleans(), st.integers(1, 300))
def test_convolution_counts(c_in, c_out, kernel, groups, bias, out):
    call = c_in * groups, c_out * groups, kernel
    check(convlib.conv_parameters.worked(*call, groups, bias), convlib.conv_parameters(*call, groups, bias).total)
    check(convlib.conv_macs.worked(*call, out, groups), convlib.conv_macs(*call, out, groups))
    spanned = convlib.effective_kernel_size(kernel[0], groups + 1)
    check(convlib.effective_kernel_size.worked(kernel[0], groups + 1), spanned)


@given(st.integers(1, 30_000), st.integers(1, 30_000), st.booleans())
def test_linear_and_batch_norm(n_in, n_out, bias):
    check(convlib.linear_parameters.worked(n_in, n_out, bias), convlib.linear_parameters(n_in, n_out, bias).total)
    check(convlib.linear_macs.worked(n_in, n_out), n_in * n_out)
    check(convlib.batch_norm_parameters.worked(n_in), 2 * n_in)


def test_axes_are_named_where_they_differ():
    assert convlib.output_size.worked((227, 227), 11, 4) == "(227 − 11)/4 + 1 = 55"
    height, width = convlib.output_size.worked((6, 8), 3, 2).split(", ")
    assert (height, width) == ("H: ⌊(6 − 3)/2⌋ + 1 = ⌊1.5⌋ + 1 = 2", "W: ⌊(8 − 3)/2⌋ + 1 = ⌊2.5⌋ + 1 = 3")
    assert (
        convlib.output_size.worked((5, 6, 7), 3) == "D: (5 − 3)/1 + 1 = 3, H: (6 − 3)/1 + 1 = 4, W: (7 − 3)/1 + 1 = 5"
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (convlib.output_size.worked(227, 11, 4), "(227 − 11)/4 + 1 = 55"),
        (convlib.output_size.worked(224, 11, 4), "⌊(224 − 11)/4⌋ + 1 = ⌊53.25⌋ + 1 = 54"),
        (convlib.output_size.worked(9, 4, 3, 1), "⌊(9 + 2·1 − 4)/3⌋ + 1 = ⌊2.33…⌋ + 1 = 3"),
        (convlib.conv_parameters.worked(3, 96, 11), "11·11·3·96 + 96 = 34,944"),
        (convlib.linear_parameters.worked(9216, 4096), "9,216·4,096 + 4,096 = 37,752,832"),
        (convlib.conv_parameters.worked(96, 256, 5, groups=2), "5·5·(96/2)·256 + 256 = 307,456"),
        (convlib.conv_parameters.worked(3, 96, 11, bias=False), "11·11·3·96 = 34,848"),
        (convlib.batch_norm_parameters.worked(64), "2·64 = 128"),
        (convlib.output_size.worked(3, 3, 2), "(3 − 3)/2 + 1 = 1"),
        (convlib.transposed_output_size.worked(1, 3, 2), "(1 − 1)·2 + 3 = 3"),
    ],
)
def test_exact_lines(line, expected):
    assert line == expected


LATEX = {
    "output_size": r"\left\lfloor \frac{H + 2 P - F}{S} \right\rfloor + 1",
    "pool_output_size": r"\left\lfloor \frac{H + 2 P - F}{S} \right\rfloor + 1",
    "transposed_output_size": r"\left(H - 1\right) \cdot S - 2 P + F + O",
    "effective_kernel_size": r"D \cdot \left(F - 1\right) + 1",
    "conv_parameters": r"F_H \cdot F_W \cdot C_\mathrm{in} \cdot C_\mathrm{out} + C_\mathrm{out}",
    "linear_parameters": r"N_\mathrm{in} \cdot N_\mathrm{out} + N_\mathrm{out}",
    "batch_norm_parameters": "2 C",
    "conv_macs": r"F_H \cdot F_W \cdot C_\mathrm{in} \cdot C_\mathrm{out} \cdot H_\mathrm{out} \cdot W_\mathrm{out}",
    "linear_macs": r"N_\mathrm{in} \cdot N_\mathrm{out}",
}


@pytest.mark.parametrize("name", LATEX)
def test_latex(name):
    latex = getattr(convlib, name).latex
    assert latex == LATEX[name]
    MathTextParser("path").parse(f"${latex}$")


def test_latex_of_ceil_mode():
    latex = convlib.pool_output_size.ceil_latex
    assert latex == r"\left\lceil \frac{H + 2 P - F}{S} \right\rceil + 1"
    MathTextParser("path").parse(f"${latex}$")


numbers = st.integers(0, 50).map(lambda value: Quantity("x", value)) | st.integers(0, 9).map(Number)
trees = st.recursive(
    numbers,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: pair[0] + pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] - pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] * pair[1]),
        st.tuples(inner, st.integers(1, 9)).map(lambda pair: pair[0] // pair[1]),
        st.tuples(inner, st.integers(1, 9)).map(lambda pair: ceil_div(*pair)),
        st.tuples(inner, st.integers(1, 9)).map(lambda pair: ExactQuotient(pair[0] * pair[1], Number(pair[1]))),
    ),
    max_leaves=8,
)


@settings(max_examples=500)
@given(trees)
def test_any_expression_reads_back(tree):
    """Brackets stand where they are needed, whatever is put into what."""
    assert evaluated(tree.text) == tree.value
