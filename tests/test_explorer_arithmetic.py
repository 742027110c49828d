"""The explorer's arithmetic is convlib's over the whole range of its controls, and PyTorch's on a sample."""

import base64
import random

import numpy as np
import pytest
import torch
from browser import skip_without_chromium

import convlib
from convlib.explorer.case import BOUNDS, PAIRS, checked
from convlib.explorer.element import script
from convlib.figures.windows import Windows
from convlib.formulas import sizes

skip_without_chromium()

AXIS = ("input_size", "kernel_size", "stride", "padding", "dilation")
CHANNELS = ("in_channels", "out_channels", "groups")
H, F, S, P, D = np.ogrid[tuple(slice(low, high + 1) for low, high in map(BOUNDS.get, AXIS))]
EXTRAS = range(BOUNDS["output_padding"][0], BOUNDS["output_padding"][1] + 1)
SHAPE = np.broadcast_shapes(*(axis.shape for axis in (H, F, S, P, D)))
REFUSED = -1


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    page.add_script_tag(content=script(), type="module")
    page.wait_for_function("globalThis.convExplorerArithmetic")
    page.evaluate("Object.assign(globalThis, convExplorerArithmetic)")
    yield page
    page.close()


ALL_SIZES = """([mode, extra, ceil]) => {
  const range = (name) => Array.from({ length: BOUNDS[name][1] - BOUNDS[name][0] + 1 }, (_, at) => BOUNDS[name][0] + at);
  const [H, F, S, P, D] = ["input_size", "kernel_size", "stride", "padding", "dilation"].map(range);
  const found = new Int16Array(H.length * F.length * S.length * P.length * D.length);
  let at = 0;
  for (const h of H) for (const f of F) for (const s of S) for (const p of P) for (const d of D)
    found[at++] = axisRefusal(mode, h, f, s, p, d, extra, ceil) ? -1 : axisSize(mode, h, f, s, p, d, extra, ceil).value;
  const bytes = new Uint8Array(found.buffer);
  let text = "";
  for (let from = 0; from < bytes.length; from += 32768) text += String.fromCharCode(...bytes.subarray(from, from + 32768));
  return btoa(text);
}"""


def all_sizes(page, mode, extra=0, ceil=False):
    """The size in every case of one axis, by the explorer: an array over (H, F, S, P, D), REFUSED where it refuses."""
    data = base64.b64decode(page.evaluate(ALL_SIZES, [mode, extra, ceil]))
    return np.frombuffer(data, np.int16).reshape(SHAPE)


# convlib's laws on whole arrays. That its functions give the same is tested below, where their refusals begin.
SPAN = sizes.reach(F, D)


def convolution():
    return np.where(H + 2 * P < SPAN, REFUSED, sizes.positions(H, SPAN, S, P))


def pooling(ceil):
    size = sizes.positions_rounded_up(H, SPAN, S, P).value if ceil else sizes.positions(H, SPAN, S, P)
    refused = (size < 1) | (P > F // 2)
    if ceil:
        size = size - ((size - 1) * S >= H + P)
    return np.where(refused, REFUSED, size)


def transposed(extra):
    size = sizes.transposed_positions(H, SPAN, S, P, extra)
    return np.where((size < 1) | ((extra >= S) & (extra >= D)), REFUSED, size)


def test_the_controls_end_where_convlib_says(page):
    assert page.evaluate("BOUNDS") == {name: list(ends) for name, ends in BOUNDS.items()}


def test_every_convolution(page):
    assert np.array_equal(all_sizes(page, "convolution"), convolution())


@pytest.mark.parametrize("ceil", [False, True])
def test_every_pooling(page, ceil):
    assert np.array_equal(all_sizes(page, "pooling", ceil=ceil), pooling(ceil))


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_transposed_convolution(page, extra):
    assert np.array_equal(all_sizes(page, "transposed", extra), transposed(extra))


def called(function, *arguments):
    try:
        return function(*arguments)
    except ValueError:
        return REFUSED


@pytest.mark.parametrize("mode", ["convolution", "pooling", "ceil_mode", *map(str, EXTRAS)])
def test_the_laws_are_what_the_functions_compute(mode):
    """For every window: sizes around the one that just fits, or just leaves an output, and others at random."""
    extra = int(mode) if mode.isdigit() else None
    function, grid, more = {
        "convolution": (convlib.output_size, convolution, ()),
        "pooling": (convlib.pool_output_size, lambda: pooling(False), (False,)),
        "ceil_mode": (convlib.pool_output_size, lambda: pooling(True), (True,)),
    }.get(mode, (convlib.transposed_output_size, lambda: transposed(extra), ()))
    values, draw = grid(), random.Random(mode)
    most = BOUNDS["input_size"][1]
    for at in np.ndindex(SHAPE[1:]):
        f, s, p, d = (axis.flat[place] for axis, place in zip((F, S, P, D), at, strict=True))
        f, s, p, d = int(f), int(s), int(p), int(d)
        span = d * (f - 1) + 1
        edge = span - 2 * p if extra is None else (2 * p - span - extra) // s + 1
        for h in {min(most, max(1, size)) for size in (edge - 1, edge, edge + 1, draw.randint(1, most))}:
            arguments = (h, f, s, p, extra, d) if extra is not None else (h, f, s, p, d, *more)
            assert called(function, *arguments) == values[(h - 1, *at)], arguments


NUMBERS = """(states) => states.map((state) =>
  problems(state).length ? null : [parameters(state).value, macs(state).value])"""


def test_parameters_and_macs_over_a_dense_grid(page):
    channels = (1, 2, 3, 4, 12, 96, 105, 4095, 4096)
    kernels = [(1, 1), (3, 5), (16, 11)]
    groups = (1, 2, 3, 4, 32, 4096)
    grid = [
        (c_in, c_out, kernel, g, bias, size)
        for c_in in channels
        for c_out in channels
        for kernel in kernels
        for g in groups
        for bias in (True, False)
        for size in [(17, 512)]
    ]
    for mode in ("convolution", "transposed"):
        states = [state(mode, size, kernel, channels=(a, b, g), bias=bias) for a, b, kernel, g, bias, size in grid]
        for case, found in zip(grid, page.evaluate(NUMBERS, states), strict=True):
            c_in, c_out, kernel, g, bias, size = case
            if c_in % g or c_out % g:
                assert found is None, case
                continue
            positions = size if mode == "transposed" else convlib.output_size(size, kernel)
            expected = convlib.conv_parameters(c_in, c_out, kernel, g, bias).total
            assert found == [expected, convlib.conv_macs(c_in, c_out, kernel, positions, g)], case


def state(mode, input_size, kernel_size, stride=(1, 1), padding=(0, 0), dilation=(1, 1), extra=(0, 0), **others):
    """A state as the explorer holds it."""
    c_in, c_out, groups = others.get("channels", (1, 1, 1))
    return {
        "mode": mode,
        "input_size": list(input_size),
        "kernel_size": list(kernel_size),
        "stride": list(stride),
        "padding": list(padding),
        "dilation": list(dilation),
        "output_padding": list(extra),
        "in_channels": c_in,
        "out_channels": c_out,
        "groups": groups,
        "bias": others.get("bias", True),
        "ceil_mode": others.get("ceil_mode", False),
    }


def drawn_states(seed, count, most_size, most_channels):
    draw = random.Random(seed)
    for _ in range(count):
        mode = draw.choice(["convolution", "pooling", "transposed"])

        def pair(name, most=99, least=None):
            low, high = BOUNDS[name]
            first, second = (draw.randint(low if least is None else least, min(high, most)) for _ in "HW")
            return [first, first if draw.random() < 0.4 else second]

        groups = draw.choice([1, 1, 2, 3, 4])
        multiple = groups if draw.random() < 0.8 else 1
        channels = [multiple * draw.randint(1, most_channels // multiple) for _ in range(2)]
        yield state(
            mode,
            pair("input_size", most_size),
            pair("kernel_size", draw.choice([3, 16])),
            pair("stride", draw.choice([2, 16])),
            pair("padding", draw.choice([1, 8])),
            pair("dilation", draw.choice([1, 4])),
            pair("output_padding", draw.choice([0, 1, 7])) if mode == "transposed" else (0, 0),
            channels=(channels[0], channels[0], 1) if mode == "pooling" else (*channels, groups),
            bias=draw.random() < 0.5,
            ceil_mode=mode == "pooling" and draw.random() < 0.5,
        )


def python_case(drawn):
    """The case by convlib, or None where it refuses."""
    pairs, channels = ({name: drawn[name] for name in names} for names in (PAIRS, CHANNELS))
    try:
        return checked(drawn["mode"], pairs, channels, drawn["bias"], drawn["ceil_mode"])
    except ValueError:
        return None


LINES = """(states) => states.map((state) => problems(state).length ? null
  : [sizeLine(state), textOf(working(parameters(state))), textOf(working(macs(state)))])"""


def test_worked_lines_and_refusals(page):
    drawn = list(drawn_states("lines", 6000, 512, 4096))
    cases = [python_case(case) for case in drawn]
    expected = [case and [case.size("worked"), case.parameters, case.macs] for case in cases]
    assert page.evaluate(LINES, drawn) == expected
    assert 500 < sum(case is None for case in cases) < 5500


@pytest.mark.parametrize(
    ("case", "line"),
    [
        (((224, 224), (11, 11), (4, 4)), "⌊(224 − 11)/4⌋ + 1 = ⌊53.25⌋ + 1 = 54"),
        (((6, 8), (3, 3), (2, 2)), "H: ⌊(6 − 3)/2⌋ + 1 = ⌊1.5⌋ + 1 = 2, W: ⌊(8 − 3)/2⌋ + 1 = ⌊2.5⌋ + 1 = 3"),
    ],
)
def test_exact_lines(page, case, line):
    assert page.evaluate("sizeLine", state("convolution", *case)) == line


def test_torch(page):
    drawn = list(drawn_states("torch", 400, 40, 6))
    lines = page.evaluate(
        """(states) => states.map((state) => [pytorchLine(state), problems(state).length,
        problems(state).length ? null : [...sizes(state).map((node) => node.value), parameters(state).value]])""",
        drawn,
    )
    refused = 0
    for case, (line, problems, expected) in zip(drawn, lines, strict=True):
        try:
            layer = eval(line, {"torch": torch})
            with torch.no_grad():
                shape = layer(torch.zeros(1, case["in_channels"], *case["input_size"])).shape
        except (RuntimeError, ValueError):
            refused += 1
            assert problems, line
            continue
        assert not problems, line
        assert [*shape[2:], sum(parameter.numel() for parameter in layer.parameters())] == expected, line
    assert 40 < refused < 360


def test_geometry(page):
    """Where windows start, what they read and what no window reads, as the book's figures have it."""
    drawn = [case for case in drawn_states("geometry", 600, 40, 4) if case["mode"] == "convolution"]
    drawn = [case for case in drawn if python_case(case)]
    found = page.evaluate(
        """(states) => states.map((state) => [0, 1].map((axis) => {
          const it = axisGeometry(state, axis), all = Array.from({ length: it.count }, (_, at) => at);
          const pixels = Array.from({ length: it.inside }, (_, at) => at);
          return [it.count, all.map(it.reads), it.unread, pixels.map(it.readers)];
        }))""",
        drawn,
    )
    for case, axes in zip(drawn, found, strict=True):
        windows = Windows(*(tuple(case[name]) for name in AXIS))
        for axis, (count, reads, unread, readers) in zip((windows.rows, windows.columns), axes, strict=True):
            assert count == axis.positions
            assert reads == [axis.reads(position) for position in range(count)]
            assert unread == axis.unread()
            assert readers == [[at for at in range(count) if pixel in reads[at]] for pixel in range(axis.input_size)]


def test_every_mend_mends(page):
    """Each change that is offered takes the refusal away, and the first offers, one after the other, all of them."""
    drawn = list(drawn_states("mends", 3000, 512, 64))
    left = page.evaluate(
        """(states) => {
          const alike = (a, b) => a.code === b.code && a.axis === b.axis && a.name === b.name, wrong = [];
          for (const state of states) {
            let now = state;
            for (let turn = 0; turn < 8 && problems(now).length; turn++) {
              for (const problem of problems(now)) {
                const ways = mends(now, problem);
                if (!ways.length) wrong.push(["no way", now, problem]);
                for (const way of ways)
                  if (problems(way.state).some((other) => alike(other, problem))) wrong.push([way, problem, now]);
              }
              now = mends(now, problems(now)[0])[0]?.state ?? now;
            }
            if (problems(now).length) wrong.push(["still refused", state]);
          }
          return wrong;
        }""",
        drawn,
    )
    assert left == []


def test_a_state_survives_its_link(page):
    drawn = [case for case in drawn_states("links", 500, 512, 4096) if python_case(case)]
    again = page.evaluate(
        """(states) => states.map((state) => {
          const fields = new Map(toQuery(state).split("&").map((field) => field.split("=")));
          return pytorchLine(fromFields((name) => fields.get(name))) === pytorchLine(state);
        })""",
        drawn,
    )
    assert len(again) > 100 and all(again)


@pytest.mark.parametrize("text", ["", "x", "0x5a", "5x5x5", "-1", "1e2", "9999", "<b>5</b>", "5.0", "NaN"])
def test_what_a_link_may_not_say_is_left_as_it_was(page, text):
    assert page.evaluate("(text) => fromFields(() => text)", text) == page.evaluate("USUAL")
