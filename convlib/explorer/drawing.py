"""A drawing to scale, for what is too large to show cell by cell or has no picture of its own."""

from matplotlib.patches import Rectangle

from convlib.figures.style import LIGHT, canvas, styled, svg_picture
from convlib.formulas import effective_kernel_size

WIDTH, HEIGHT, GAP, HEAD = 460, 230, 40, 24  # in pixels


def to_scale(case):
    """Input, first window and output as rectangles with their sizes, a ``Picture`` (SVG)."""
    span, output = effective_kernel_size(case.kernel_size, case.dilation), case.size()
    padding = (0, 0) if case.mode == "transposed" else case.padding
    padded = [size + 2 * pad for size, pad in zip(case.input_size, padding, strict=True)]
    scale = min((WIDTH - GAP - 20) / (padded[1] + output[1]), (HEIGHT - HEAD - 20) / max(padded[0], output[0]))
    height = max(padded[0], output[0]) * scale + HEAD + 20
    with styled():
        figure, axes = canvas(WIDTH, round(height), (0, WIDTH), (0, round(height)))
        left = (WIDTH - GAP - (padded[1] + output[1]) * scale) / 2
        right = left + padded[1] * scale + GAP

        def box(x, y, size, face, edge, **style):
            shape = (x, HEAD + 10 + y), size[1] * scale, size[0] * scale
            axes.add_patch(Rectangle(*shape, fc=LIGHT[face], ec=LIGHT[edge], **{"lw": 1.2, **style}))

        pads = [pad * scale for pad in padding]
        if any(padding):
            box(left, 0, padded, "padding", "line", ls=(0, (2, 2)), lw=0.8)
        box(left + pads[1], pads[0], case.input_size, "input", "ink")
        box(right, 0, output, "output", "output_edge")
        first, other = (left, right) if case.mode != "transposed" else (right, left)
        box(first, 0, span, "window", "window_edge", lw=2)
        box(other, 0, (1, 1), "window", "window_edge", lw=2)
        for x, size, shown, colour in (
            (left, padded, case.input_size, "ink"),
            (right, output, output, "output_edge"),
        ):
            middle = x + size[1] * scale / 2
            text = f"{shown[0]} × {shown[1]}"
            axes.text(middle, HEAD / 2 + 4, text, ha="center", va="center", fontsize=11, color=LIGHT[colour])
        return svg_picture(figure, case.words)
