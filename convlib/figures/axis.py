"""One axis at a time: the positions of a window, the way back up, and what a deep cell sees."""

from matplotlib.patches import Polygon, Rectangle

from convlib.figures.style import LIGHT, canvas, styled, svg_picture
from convlib.figures.windows import Axis, check_room
from convlib.formulas import output_size, pool_output_size, receptive_field, transposed_output_size
from convlib.formulas.arguments import integer

WIDTH = 460  # pixels; wide enough to read, narrow enough for a phone
HATCH = "/////"


def positions(input_size, kernel_size, stride=1, padding=0, dilation=1, ceil_mode=False):
    """Every position of a window on one axis, one below the other, and the pixels that none of them reads.

    Args:
        input_size, kernel_size, stride, padding, dilation: ints, as in ``convlib.output_size``.
        ceil_mode: count as a pool with ``ceil_mode=True`` does; a window that is dropped again is drawn crossed out.

    Returns:
        A ``Picture`` (SVG).

    Raises:
        TypeError, ValueError: as ``convlib.output_size`` and ``convlib.pool_output_size``, or if there is too much to
            draw.
    """
    _integers(input_size=input_size, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation)
    if ceil_mode:
        count = pool_output_size(input_size, kernel_size, stride, padding, dilation, ceil_mode=True)
        worked = pool_output_size.worked(input_size, kernel_size, stride, padding, dilation, ceil_mode=True)
    else:
        count = output_size(input_size, kernel_size, stride, padding, dilation)
        worked = output_size.worked(input_size, kernel_size, stride, padding, dilation)
    check_room("input_size", input_size, input_size + 2 * padding)
    axis = Axis(input_size, kernel_size, stride, padding, dilation, count)
    rounded_up = -(-(input_size + 2 * padding - axis.span) // stride) + 1
    dropped = range(count, rounded_up) if ceil_mode else range(0)
    shown = count + len(dropped)
    right = max(input_size + padding, axis.start(shown - 1) + axis.span)
    with styled():
        left = -padding - 1.6
        height = 2.1 + 0.85 * shown + 1.2
        scale = WIDTH / (right + 0.4 - left)
        figure, axes = canvas(WIDTH, scale * height, (left, right + 0.4), (-0.5, height - 0.5))
        size = max(7.5, min(11, 0.4 * scale))
        _input_row(axes, axis, size)
        for position in range(shown):
            _window_row(axes, axis, position, 1.55 + 0.85 * position, size, crossed=position in dropped)
        axes.text((left + right) / 2, height - 1.0, worked, ha="center", va="center", fontsize=10, color=LIGHT["ink"])
        return svg_picture(figure, _positions_alt(axis, len(dropped), worked))


def _integers(**values):
    """Refuse a tuple or a name: these pictures have one axis. What the ints may be, the formulas say."""
    for name, value in values.items():
        integer(name, value, 0)


def _input_row(axes, axis, size):
    unread = set(axis.unread())
    for pixel in axis.pixels():
        inside = 0 <= pixel < axis.input_size
        style = {"fc": LIGHT["input"], "ec": LIGHT["line"], "lw": 0.8}
        if not inside:
            style |= {"fc": LIGHT["padding"], "ls": (0, (2, 2))}
        elif pixel in unread:
            style |= {"fc": LIGHT["paper"], "ec": LIGHT["unread"], "hatch": HATCH}
        axes.add_patch(Rectangle((pixel, 0), 1, 1, **style))
        if pixel not in unread:
            label, colour = (str(pixel + 1), "ink") if inside else ("0", "muted")
            axes.text(pixel + 0.5, 0.5, label, ha="center", va="center", fontsize=size, color=LIGHT[colour])
    axes.add_patch(Rectangle((0, 0), axis.input_size, 1, fc="none", ec=LIGHT["ink"], lw=1.4))


def _window_row(axes, axis, position, y, size, crossed):
    start = axis.start(position)
    edge = LIGHT["muted"] if crossed else LIGHT["window_edge"]
    for pixel in axis.reads(position):
        face = LIGHT["paper"] if crossed else LIGHT["window"]
        axes.add_patch(Rectangle((pixel, y), 1, 0.62, fc=face, ec=edge, lw=0.8))
    dashes = (0, (3, 2)) if crossed else "-"
    axes.add_patch(Rectangle((start, y), axis.span, 0.62, fc="none", ec=edge, lw=1.8, ls=dashes))
    label, colour = ("×", "unread") if crossed else (str(position + 1), "output_edge")
    axes.text(
        -axis.padding - 0.8,
        y + 0.31,
        label,
        ha="center",
        va="center",
        fontsize=size,
        weight="bold",
        color=LIGHT[colour],
    )


def _positions_alt(axis, dropped, worked):
    lost = len(axis.unread())
    words = [f"A row of {axis.input_size} pixels"]
    if axis.padding:
        words.append(f" with {axis.padding} of padding on each side")
    words.append(f"; below it, one under the other, the {axis.positions} positions of a window of {axis.kernel_size}")
    words.append(f", {axis.stride} apart" if axis.stride > 1 else ", one pixel apart")
    if axis.dilation > 1:
        words.append(f", its cells {axis.dilation} apart, so that it spans {axis.span}")
    words.append(".")
    if dropped:
        words.append(" One more window, which would start in the padding after the input, is crossed out.")
    if lost:
        words.append(
            " One pixel is hatched: no window reads it."
            if lost == 1
            else f" {lost} pixels are hatched: no window reads them."
        )
    return "".join(words) + f" {worked}."


def transposed(input_size, kernel_size, stride=1, padding=0, output_padding=0):
    """A transposed convolution on one axis: every input pixel writes a whole window into the output.

    Args:
        input_size, kernel_size, stride, padding, output_padding: ints, as in ``convlib.transposed_output_size``.

    Returns:
        A ``Picture`` (SVG). Cells that the padding cuts off are dashed; cells that ``output_padding`` adds are dotted.

    Raises:
        TypeError, ValueError: as ``convlib.transposed_output_size``, or if there is too much to draw.
    """
    _integers(input_size=input_size, kernel_size=kernel_size, stride=stride, padding=padding)
    size = transposed_output_size(input_size, kernel_size, stride, padding, output_padding)
    worked = transposed_output_size.worked(input_size, kernel_size, stride, padding, output_padding)
    written = (input_size - 1) * stride + kernel_size
    right = max(written, size + padding)
    check_room("input_size", input_size, right)
    with styled():
        height = 4.6 + 0.85 * input_size
        scale = WIDTH / (right + 1.2)
        figure, axes = canvas(WIDTH, scale * height, (-0.6, right + 0.6), (-0.4, height - 0.4))
        font = max(7.5, min(11, 0.4 * scale))
        middle = (written - input_size) / 2
        for pixel in range(input_size):
            x, y = middle + pixel, 1.7 + 0.85 * pixel
            axes.add_patch(Rectangle((x, 0), 1, 1, fc=LIGHT["input"], ec=LIGHT["line"], lw=0.8))
            axes.text(x + 0.5, 0.5, str(pixel + 1), ha="center", va="center", fontsize=font, color=LIGHT["ink"])
            box = {"ec": LIGHT["window_edge"], "fc": LIGHT["window"], "lw": 0.8}
            for cell in range(kernel_size):
                axes.add_patch(Rectangle((pixel * stride + cell, y), 1, 0.62, **box))
            centre = pixel * stride + kernel_size / 2
            axes.text(centre, y + 0.31, str(pixel + 1), ha="center", va="center", fontsize=font, color=LIGHT["ink"])
        bottom = 2.0 + 0.85 * input_size
        for cell in range(max(written, size + padding)):
            kept = padding <= cell < padding + size
            fresh = cell >= written - padding
            face = "output" if kept else "paper"
            dashes = "-" if kept and not fresh else (0, (1, 1.5)) if kept else (0, (3, 2))
            edge = LIGHT["output_edge"] if kept else LIGHT["line"]
            axes.add_patch(Rectangle((cell, bottom), 1, 1, fc=LIGHT[face], ec=edge, lw=1.2 if kept else 0.8, ls=dashes))
            if kept:
                label = str(cell - padding + 1)
                axes.text(cell + 0.5, bottom + 0.5, label, ha="center", va="center", fontsize=font, color=LIGHT["ink"])
            elif cell < written:
                axes.text(cell + 0.5, bottom + 0.5, "×", ha="center", va="center", fontsize=font, color=LIGHT["unread"])
        axes.text(right / 2, height - 0.95, worked, ha="center", va="center", fontsize=10, color=LIGHT["ink"])
        extra = f" {output_padding} more are added at the end by output_padding." if output_padding else ""
        cut = f" Padding cuts {padding} off each end." if padding else ""
        alt = (
            f"{input_size} input pixels, each writing a window of {kernel_size} cells, {stride} cells apart, into a row of "
            f"{written}.{cut}{extra} The output has {size} cells. {worked}."
        )
        return svg_picture(figure, alt)


def receptive_field_chain(input_size, layers):
    """What one cell of the last layer of a chain sees, traced back layer by layer to the input, on one axis.

    Args:
        input_size: pixels of the input, an int.
        layers: a list of ``(kernel_size, stride[, padding])``, ints, the first layer first.

    Returns:
        A ``Picture`` (SVG).

    Raises:
        TypeError, ValueError: as ``convlib.output_size`` and ``convlib.receptive_field``, or if there is too much to
            draw.
    """
    _integers(input_size=input_size)
    layers = [(*layer, 0)[:3] for layer in layers]
    sizes = [input_size]
    for kernel, stride, padding in layers:
        sizes.append(output_size(sizes[-1], kernel, stride, padding))
    field = receptive_field(layers)
    check_room("input_size", input_size, input_size)
    seen = [(sizes[-1] // 2, sizes[-1] // 2)]  # the first and last cell, from the last layer back to the input
    for kernel, stride, padding in reversed(layers):
        first, last = seen[0]
        seen.insert(0, (first * stride - padding, last * stride - padding + kernel - 1))
    left, right = min(0, seen[0][0]), max(input_size, seen[0][1] + 1)
    with styled():
        height = 2.6 * len(layers) + 1.9
        scale = WIDTH / (right - left + 3.4)
        figure, axes = canvas(WIDTH, scale * height, (left - 0.4, right + 3.0), (-0.5, height - 0.5))
        font = max(8, min(11, 0.42 * scale))
        places = [(0.0, 1.0)]  # where cell 0 of each layer is drawn, and how wide a cell's step is
        for kernel, stride, padding in layers:
            x, step = places[-1]
            places.append((x + ((kernel - 1) / 2 - padding) * step, step * stride))
        for depth, ((x, step), count) in enumerate(zip(places, sizes, strict=True)):
            y = 2.6 * depth
            first, last = seen[depth]
            if depth < len(layers):
                _cone(axes, places[depth : depth + 2], seen[depth : depth + 2], y)
            for cell in range(min(0, first), max(count, last + 1)):
                inside, lit = 0 <= cell < count, first <= cell <= last
                face = LIGHT["window"] if lit else LIGHT["input"] if inside else LIGHT["padding"]
                edge = LIGHT["window_edge"] if lit else LIGHT["line"]
                dashes = "-" if inside else (0, (2, 2))
                axes.add_patch(
                    Rectangle((x + cell * step, y), 1, 1, fc=face, ec=edge, lw=1.4 if lit else 0.7, ls=dashes)
                )
            axes.text(
                right + 0.5, y + 0.5, str(last - first + 1), va="center", fontsize=font, color=LIGHT["window_edge"]
            )
        steps = ", ".join(f"kernel {kernel} stride {stride} padding {padding}" for kernel, stride, padding in layers)
        alt = (
            f"Rows of cells, the input on top with {input_size} pixels, then one row for each layer ({steps}), with "
            f"{', '.join(map(str, sizes[1:]))} cells. One cell of the last row is marked; going up, it sees "
            f"{', '.join(str(last - first + 1) for first, last in reversed(seen[:-1]))} cells. "
            f"The receptive field is {field.size} pixels wide and moves by {field.jump} pixels from cell to cell."
        )
        return svg_picture(figure, alt)


def _cone(axes, places, seen, y):
    """The two lines from a layer's marked cells down to the cells that they make."""
    (upper, step), (lower, lower_step) = places
    (first, last), (low_first, low_last) = seen
    corners = [
        (upper + first * step, y + 1),
        (upper + last * step + 1, y + 1),
        (lower + low_last * lower_step + 1, y + 2.6),
        (lower + low_first * lower_step, y + 2.6),
    ]
    axes.add_patch(Polygon(corners, fc=LIGHT["window"], ec="none", alpha=0.35))
