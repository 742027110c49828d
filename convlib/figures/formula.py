"""The two formulas of the book, each with the picture that it counts."""

import re

from matplotlib.patches import Circle, Rectangle

from convlib.figures.style import LIGHT, arrow, canvas, styled, svg_picture
from convlib.figures.windows import Windows
from convlib.formulas import conv_parameters, output_size
from convlib.formulas.arguments import integer, per_axis

WIDTH = 480
ON_PAPER = {"fc": LIGHT["paper"], "ec": "none", "pad": 1}
MOST_SHEETS = 4  # more channels than this are drawn as the first few, an ellipsis and the last


def output_size_formula(input_size, kernel_size, stride=1, padding=0):
    """The output-size formula over a picture of its six quantities: H, W, F_H, F_W, S and P.

    Args:
        input_size, kernel_size: ``(h, w)``, or an int for a square.
        stride, padding: ints, as in ``convlib.output_size``.

    Returns:
        A ``Picture`` (SVG).

    Raises:
        TypeError, ValueError: as ``convlib.output_size``, or if there is too much to draw.
    """
    stride, padding = integer("stride", stride, 1), integer("padding", padding, 0)
    windows = Windows(input_size, kernel_size, stride, padding)
    windows.check_room()
    rows, columns = windows.rows, windows.columns
    height, width = rows.input_size, columns.input_size
    p, gap = padding, 2.6
    out_left = width + p + gap
    right = out_left + columns.positions + 1.2
    with styled():
        across = (-p - 1.9, right)
        scale = WIDTH / (across[1] - across[0])
        foot = height + p + 0.6
        down = (-p - 1.7, foot + 118 / scale)
        figure, axes = canvas(WIDTH, scale * (down[1] - down[0]), across, down)
        _padded_input(axes, windows)
        first = {"fc": LIGHT["window"], "ec": LIGHT["window_edge"], "lw": 2.2}
        axes.add_patch(Rectangle((-p, -p), columns.kernel_size, rows.kernel_size, **first))
        if columns.positions > 1:
            shape = (stride - p, -p), columns.kernel_size, rows.kernel_size
            axes.add_patch(Rectangle(*shape, fc="none", ec=LIGHT["window_edge"], lw=1.6, ls=(0, (4, 2))))
            y = rows.kernel_size - p + 0.35
            arrow(axes, (-p, y), (stride - p, y), color=LIGHT["window_edge"])
            _label(axes, stride / 2 - p, y + 0.55, "$S$", "window_edge", bbox=ON_PAPER)
        out_top = (height - rows.positions) / 2
        for row in range(rows.positions):
            for column in range(columns.positions):
                box = {"fc": LIGHT["output"], "ec": LIGHT["output_edge"], "lw": 0.8}
                axes.add_patch(Rectangle((out_left + column, out_top + row), 1, 1, **box))
        edge = width + p + 0.35
        _dimension(axes, (-p - 0.4, 0), (-p - 0.4, height), f"$H = {height}$", (-0.75, 0), rotation=90)
        _dimension(axes, (0, -p - 0.4), (width, -p - 0.4), f"$W = {width}$", (0, -0.55))
        # left of the second window's edge, where there is room
        clear = stride if 1 < stride < columns.kernel_size and columns.positions > 1 else columns.kernel_size
        _label(axes, clear / 2 - p, 0.5 - p, "$F_W$", "ink")
        _label(axes, 0.42 - p, rows.kernel_size / 2 - p + 0.3, "$F_H$", "ink")
        if p:
            _dimension(axes, (edge, height), (edge, height + p), "$P$", (0.5, 0))
        top = out_top - 0.4
        _label(axes, out_left + columns.positions / 2, top - 0.25, r"$W_{\mathrm{out}}$", "output_edge")
        _label(axes, out_left - 0.85, out_top + rows.positions / 2, r"$H_{\mathrm{out}}$", "output_edge")
        middle, line = sum(across) / 2, 26 / scale
        for number, (axis, size, kernel) in enumerate((("H", rows, "F_H"), ("W", columns, "F_W"))):
            law = _inline(output_size.latex).replace("H", axis).replace("F", kernel)
            worked = output_size.worked(size.input_size, size.kernel_size, stride, padding)
            y = foot + (0.75 + 2.25 * number) * line
            _label(axes, middle, y, rf"${axis}_{{\mathrm{{out}}}} = {law}$", "ink", 11)
            _label(axes, middle, y + 1.0 * line, f"= {worked}", "muted", 9)
        alt = (
            f"An input of height H = {height} and width W = {width} with padding P = {p} on each side; a window of "
            f"height F_H = {rows.kernel_size} and width F_W = {columns.kernel_size} in its corner, and again S = {stride} "
            f"to the right; the output of height {rows.positions} and width {columns.positions}. Below: the height is "
            f"{output_size.worked(height, rows.kernel_size, stride, padding)}; the width is "
            f"{output_size.worked(width, columns.kernel_size, stride, padding)}."
        )
        return svg_picture(figure, alt)


def _padded_input(axes, windows):
    for row, column in windows.pixels():
        outside = windows.in_padding(row, column)
        style = {"fc": LIGHT["padding" if outside else "input"], "ec": LIGHT["line"], "lw": 0.5}
        axes.add_patch(Rectangle((column, row), 1, 1, **style, ls=(0, (2, 2)) if outside else "-"))
    size = windows.columns.input_size, windows.rows.input_size
    axes.add_patch(Rectangle((0, 0), *size, fc="none", ec=LIGHT["ink"], lw=1.2))


def _dimension(axes, start, end, text, offset, rotation=0):
    arrow(axes, start, end)
    x, y = (start[0] + end[0]) / 2 + offset[0], (start[1] + end[1]) / 2 + offset[1]
    axes.text(x, y, text, ha="center", va="center", fontsize=10, color=LIGHT["ink"], rotation=rotation)


def _label(axes, x, y, text, colour, size=10, **style):
    axes.text(x, y, text, ha="center", va="center", fontsize=size, color=LIGHT[colour], **style)


def parameters_formula(in_channels, out_channels, kernel_size):
    """The parameter formula over a picture of its filters: each as deep as the input, each with one bias.

    Args:
        in_channels, out_channels, kernel_size: as in ``convlib.conv_parameters``; two axes.

    Returns:
        A ``Picture`` (SVG).

    Raises:
        TypeError, ValueError: as ``convlib.conv_parameters``.
    """
    count = conv_parameters(in_channels, out_channels, kernel_size)
    f_h, f_w = per_axis("kernel_size", kernel_size, 1, 2)
    worked = conv_parameters.worked(in_channels, out_channels, kernel_size)
    filters = _some(out_channels)
    with styled():
        height = 62 * len(filters) + 110
        figure, axes = canvas(WIDTH, height, (0, WIDTH), (0, height))
        middle = 34 + 31 * len(filters)
        box = {"ec": LIGHT["line"], "fc": LIGHT["input"]}
        _sheets(axes, 62, middle, 74, 74, in_channels, box)
        _label(axes, 62, middle + 70, rf"$C_{{\mathrm{{in}}}} = {in_channels}$", "ink")
        longest = max(f_h, f_w)
        for place, number in enumerate(filters):
            y = 40 + 62 * place
            if number is None:
                _label(axes, 240, y + 16, "⋮", "kernel_edge", 14)
                continue
            box = {"ec": LIGHT["kernel_edge"], "fc": LIGHT["kernel"]}
            _sheets(axes, 226, y + 16, 34 * f_w / longest, 34 * f_h / longest, in_channels, box)
            axes.add_patch(Circle((290, y + 16), 9, fc=LIGHT["window"], ec=LIGHT["window_edge"], lw=1.2))
            _label(axes, 290, y + 16.5, "$b$", "ink", 9)
            _label(axes, 180, y + 16, str(number), "kernel_edge", 9)
            arrow(axes, (306, y + 16), (372, middle), arrowstyle="-|>", lw=0.7)
        _label(
            axes, 226, 14, rf"$F_H \cdot F_W \cdot C_{{\mathrm{{in}}}} = {f_h * f_w * in_channels}$", "kernel_edge", 9
        )
        arrow(axes, (112, middle), (168, middle), arrowstyle="-|>", lw=0.7)
        box = {"ec": LIGHT["output_edge"], "fc": LIGHT["output"]}
        _sheets(axes, 420, middle, 62, 62, out_channels, box)
        _label(axes, 420, middle + 66, rf"$C_{{\mathrm{{out}}}} = {out_channels}$", "ink")
        _label(axes, WIDTH / 2, height - 46, f"${conv_parameters.latex}$", "ink", 11)
        _label(axes, WIDTH / 2, height - 20, f"= {worked}", "muted")
        alt = (
            f"An input of {in_channels} channels; {out_channels} filters, each a stack of {in_channels} sheets of "
            f"{f_h} by {f_w} weights with one bias beside it; an output of {out_channels} channels, one from each filter. "
            f"Below: {worked}, which is {count.weight:,} weights and {count.bias:,} biases."
        )
        return svg_picture(figure, alt)


def _inline(latex):
    """A floored fraction on one line, since brackets of text do not stretch."""
    return re.sub(r"\\left(\\l\w+) \\frac\{(.*?)\}\{(.*?)\} \\right(\\r\w+)", r"\1 (\2)/\3 \4", latex)


def _some(count):
    """Numbers 1 to ``count``; where they are many, the first few, None for those between, and the last."""
    return list(range(1, count + 1)) if count <= MOST_SHEETS else [*range(1, MOST_SHEETS - 1), None, count]


def _sheets(axes, x, y, width, height, count, style):
    """A stack of sheets seen at an angle, centred on (x, y); the front one is channel 1."""
    drawn = min(count, MOST_SHEETS + 1)
    for depth in reversed(range(drawn)):
        shift = 5 * (depth - (drawn - 1) / 2)
        corner = (x - width / 2 + shift, y - height / 2 - shift)
        axes.add_patch(Rectangle(corner, width, height, lw=0.9, **style))
