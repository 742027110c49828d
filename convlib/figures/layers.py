"""Pictures of layers as wholes: who is connected to whom, what is kept, what it costs, and a network from end to end."""

from matplotlib.patches import Polygon, Rectangle
from matplotlib.ticker import MaxNLocator

from convlib.figures.style import LIGHT, arrow, canvas, styled, svg_picture
from convlib.formulas import batch_norm_parameters, conv_parameters
from convlib.formulas.arguments import per_axis
from convlib.formulas.expression import grouped

WIDTH = 480


def _label(axes, x, y, text, colour="ink", size=9, **style):
    style = {"ha": "center", "va": "center", "fontsize": size, "color": LIGHT[colour], **style}
    axes.text(x, y, text, **style)


def groups(in_channels, out_channels, kernel_size, choices):
    """Which input channels each filter reads, for several numbers of groups, side by side.

    Args:
        in_channels, out_channels, kernel_size: as in ``convlib.conv_parameters``.
        choices: the numbers of groups to show, one to three of them.

    Returns:
        A ``Picture`` (SVG). A row is a filter, a column an input channel; a filled cell is one window of weights.

    Raises:
        TypeError, ValueError: as ``convlib.conv_parameters``.
    """
    weights = [conv_parameters(in_channels, out_channels, kernel_size, count, bias=False).total for count in choices]
    room = (WIDTH - 30) / len(choices)
    side = min((room - 30) / in_channels, 18)
    height = 40 + side * out_channels + 62
    with styled():
        figure, axes = canvas(WIDTH, height, (0, WIDTH), (0, height))
        for place, (count, total) in enumerate(zip(choices, weights, strict=True)):
            left = 30 + room * place + (room - 20 - side * in_channels) / 2
            _label(axes, left + side * in_channels / 2, 16, f"groups = {count}", size=10)
            _connections(axes, left, 32, side, in_channels, out_channels, count)
            _label(axes, left + side * in_channels / 2, height - 52, rf"$C_{{\mathrm{{in}}}} = {in_channels}$")
            _label(axes, left + side * in_channels / 2, height - 22, grouped(total), "kernel_edge", 10)
        _label(axes, 14, 32 + side * out_channels / 2, rf"$C_{{\mathrm{{out}}}} = {out_channels}$", rotation=90)
        shown = "; ".join(f"with groups = {c} it has {t:,} weights" for c, t in zip(choices, weights, strict=True))
        alt = (
            f"Grids of {out_channels} filters by {in_channels} input channels. A filled cell means that the filter reads "
            f"the channel; more groups leave blocks along the diagonal. For this layer, {shown}."
        )
        return svg_picture(figure, alt)


def _connections(axes, left, top, side, in_channels, out_channels, count):
    for row in range(out_channels):
        for column in range(in_channels):
            read = row * count // out_channels == column * count // in_channels
            style = {"fc": LIGHT["kernel"], "ec": LIGHT["kernel_edge"]} if read else {"fc": "none", "ec": LIGHT["line"]}
            corner = (left + column * side, top + row * side)
            axes.add_patch(Rectangle(corner, side, side, lw=1.0 if read else 0.4, **style))


def batch_norm(num_features, batch_size=4):
    """What batch normalisation averages over, and what it keeps for each channel.

    Args:
        num_features: channels, 1 to 8.
        batch_size: images in the batch, 1 to 8.

    Returns:
        A ``Picture`` (SVG). Solid cells are learned by gradient, dashed cells are remembered by averaging.

    Raises:
        TypeError, ValueError: as ``convlib.batch_norm_parameters``, or if there is too much to draw.
    """
    kept = batch_norm_parameters(num_features)
    if num_features > 8 or batch_size not in range(1, 9):
        raise ValueError(f"num_features={num_features!r} and batch_size={batch_size!r} must be from 1 to 8")
    side, step = 30, 38
    height = 52 + step * num_features + 42
    with styled():
        figure, axes = canvas(WIDTH, height, (0, WIDTH), (0, height))
        left = 36
        columns = {"γ": 262, "β": 302, "μ": 362, "σ²": 402}
        _label(axes, left + step * batch_size / 2 - 4, 18, f"$N = {batch_size}$", size=10)
        for channel in range(num_features):
            y = 40 + step * channel
            for image in range(batch_size):
                box = {"fc": LIGHT["input"], "ec": LIGHT["line"], "lw": 0.8}
                axes.add_patch(Rectangle((left + step * image, y), side, side, **box))
            arrow(axes, (left + step * batch_size + 2, y + side / 2), (250, y + side / 2), arrowstyle="-|>")
            for number, (symbol, x) in enumerate(columns.items()):
                learned = number < 2
                face, edge = ("kernel", "kernel_edge") if learned else ("padding", "muted")
                line = "-" if learned else (0, (3, 2))
                axes.add_patch(Rectangle((x, y), side, side, fc=LIGHT[face], ec=LIGHT[edge], lw=1.2, ls=line))
                _label(axes, x + side / 2, y + side / 2, symbol, size=10)
        y = 40 + step * (num_features - 1) / 2
        axes.add_patch(Rectangle((448, y), 22, side, fc=LIGHT["padding"], ec=LIGHT["muted"], lw=1.2, ls=(0, (3, 2))))
        _label(axes, 459, y + side / 2, "n", size=10)
        bottom = height - 24
        _label(axes, 297, bottom, f"$2C = {kept.trainable}$", "kernel_edge", 10)
        _label(axes, 397, bottom, f"$2C = {kept.running}$", "muted", 10)
        _label(axes, 459, bottom, str(kept.counter), "muted", 10)
        _label(axes, 14, 40 + step * num_features / 2 - 4, f"$C = {num_features}$", size=10, rotation=90)
        alt = (
            f"A grid of {num_features} channels by {batch_size} images. Each channel's row, over all images, leads to four "
            f"numbers: gamma and beta, in solid boxes, and a running mean and a running variance, in dashed boxes. Below: "
            f"{kept.trainable} trainable, {kept.running} running, and {kept.counter} counter of batches for the layer."
        )
        return svg_picture(figure, alt)


def normalised(values, gamma=1.0, beta=0.0):
    """A few numbers on their way through batch normalisation: as they come, normalised, scaled and shifted.

    Args:
        values: the numbers of one channel, at least two that differ, floats.
        gamma, beta: scale and shift, floats.

    Returns:
        A ``Picture`` (SVG). A dot is a number, a bar reaches one standard deviation to each side of the mean.
    """
    mean = sum(values) / len(values)
    deviation = (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5
    unit = [(value - mean) / deviation for value in values]
    scaled = [gamma * value + beta for value in unit]
    rows = [
        ("$x$", values, mean, deviation, f"$\\mu = {mean:g}$", f"$\\sigma = {deviation:g}$"),
        (r"$\hat{x}$", unit, 0, 1, "$0$", "$1$"),
        ("$y$", scaled, beta, abs(gamma), f"$\\beta = {beta:g}$", f"$|\\gamma| = {abs(gamma):g}$"),
    ]
    low = min(min(points) for _, points, *_ in rows)
    high = max(max(points) for _, points, *_ in rows)
    left, right, tall = 46, WIDTH - 96, 72
    with styled():
        figure, axes = canvas(WIDTH, tall * len(rows) + 8, (0, WIDTH), (0, tall * len(rows) + 8))
        for place, row in enumerate(rows):
            _dots(axes, tall * place + 44, row, (low, high), (left, right))
        steps = "; ".join(
            f"{what} at {', '.join(f'{value:.3g}' for value in points)}"
            for what, points in zip(("before", "normalised", "scaled and shifted"), (values, unit, scaled), strict=True)
        )
        alt = (
            f"Three lines with {len(values)} dots each: {steps}. A bar reaches one standard deviation to each side of the "
            f"mean: around {mean:g}, then around 0 with standard deviation 1, then around {beta:g}."
        )
        return svg_picture(figure, alt)


def _dots(axes, y, row, limits, ends):
    """One line of ``normalised``: the axis, the bar around the mean, the dots, and the two numbers at the right."""
    name, points, centre, deviation, first, second = row

    def place(value):
        return ends[0] + (ends[1] - ends[0]) * (value - limits[0]) / (limits[1] - limits[0])

    axes.plot([ends[0] - 12, ends[1] + 12], [y, y], color=LIGHT["line"], lw=0.8)
    bar = (place(centre - deviation), y - 5)
    width = place(centre + deviation) - bar[0]
    axes.add_patch(Rectangle(bar, width, 10, fc=LIGHT["window"], ec=LIGHT["window_edge"], lw=0.9))
    axes.plot([place(centre)] * 2, [y - 9, y + 9], color=LIGHT["window_edge"], lw=1.6)
    last, low = -WIDTH, False
    for value in sorted(set(points)):
        for number in range(points.count(value)):
            axes.plot(place(value), y - 10 * number, "o", ms=7, mfc=LIGHT["output"], mec=LIGHT["output_edge"], mew=1.2)
        text = f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−")
        low = place(value) - last < 34 and not low  # next to its neighbour, a label goes one line down
        _label(axes, place(value), y + (29 if low else 18), text, "muted")
        last = place(value)
    _label(axes, 14, y, name, size=11)
    _label(axes, ends[1] + 56, y - 9, first, "window_edge")
    _label(axes, ends[1] + 56, y + 9, second, "window_edge")


def folding(in_channels, out_channels, kernel_size):
    """A convolution without biases and the batch normalisation after it, and the one convolution that does the same.

    Args:
        in_channels, out_channels, kernel_size: as in ``convlib.conv_parameters``.

    Returns:
        A ``Picture`` (SVG). A box holds a symbol and how many numbers it stands for; dashed ones are remembered.

    Raises:
        TypeError, ValueError: as ``convlib.conv_parameters``.
    """
    before = conv_parameters(in_channels, out_channels, kernel_size, bias=False)
    after = conv_parameters(in_channels, out_channels, kernel_size)
    kept = batch_norm_parameters(out_channels)
    learned = {"fc": LIGHT["kernel"], "ec": LIGHT["kernel_edge"], "lw": 1.2}
    remembered = {"fc": LIGHT["padding"], "ec": LIGHT["muted"], "lw": 1.2, "ls": (0, (3, 2))}
    top = [(62, 110, "$W$", before.weight, learned), (236, 70, r"$\gamma,\ \beta$", kept.trainable, learned)]
    top += [(314, 78, r"$\mu,\ \sigma^2$", kept.running, remembered)]
    bottom = [(140, 110, "W′", after.weight, learned), (258, 70, "b′", after.bias, learned)]
    rows = ((34, top, [(172, 236)], 392), (134, bottom, [], 328))
    with styled():
        figure, axes = canvas(WIDTH, 200, (0, WIDTH), (0, 200))
        for y, boxes, links, end in rows:
            for x, width, symbol, count, style in boxes:
                axes.add_patch(Rectangle((x, y - 20), width, 44, **style))
                _label(axes, x + width / 2, y - 8, symbol, size=11, style="italic")
                _label(axes, x + width / 2, y + 12, grouped(count), "muted")
            for start, stop in [(24, boxes[0][0]), *links, (end, 444)]:
                arrow(axes, (start + 2, y + 2), (stop - 2, y + 2), arrowstyle="-|>")
            _label(axes, 12, y + 2, "$x$", size=11)
            _label(axes, 458, y + 2, "$y$", size=11)
        arrow(axes, (219, 68), (219, 104), arrowstyle="-|>", lw=1.6, mutation_scale=11, color=LIGHT["kernel_edge"])
        alt = (
            f"Above, a convolution with {before.total:,} weights, followed by a normalisation with {kept.trainable} learned "
            f"numbers, gamma and beta, and {kept.running} remembered ones. An arrow leads down to one convolution with "
            f"{after.weight:,} weights and {after.bias} biases between the same input and output."
        )
        return svg_picture(figure, alt)


def running_mean(values, mean):
    """A running mean, batch by batch, on its way to the mean of the data.

    Args:
        values: the running mean before the first batch and after each, floats.
        mean: the mean of the data, a float.

    Returns:
        A ``Picture`` (SVG).
    """
    with styled():
        figure, _ = canvas(WIDTH, 240, (0, WIDTH), (0, 240))
        axes = figure.add_axes((0.12, 0.17, 0.84, 0.76), facecolor=LIGHT["paper"])
        axes.axhline(mean, color=LIGHT["output_edge"], lw=1.4, ls=(0, (5, 3)))
        axes.plot(range(len(values)), values, color=LIGHT["kernel_edge"], marker="o", ms=3.5, lw=1.4)
        axes.set_xlim(-0.3, len(values) - 0.5)
        axes.margins(y=0.12)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("batches seen in train mode", color=LIGHT["ink"])
        axes.set_ylabel("running mean", color=LIGHT["ink"])
        axes.text(
            len(values) - 1, mean, f"mean of the data {mean:g}", ha="right", va="bottom", color=LIGHT["output_edge"]
        )
        axes.tick_params(colors=LIGHT["muted"])
        for name, spine in axes.spines.items():
            spine.set(color=LIGHT["line"], visible=name in ("left", "bottom"))
        alt = (
            f"A curve of the running mean over {len(values) - 1} batches: it starts at {values[0]:.2f} and rises, more and "
            f"more slowly, to {values[-1]:.2f}; a dashed line marks the mean of the data, {mean:g}."
        )
        return svg_picture(figure, alt)


def costs(names, columns):
    """Bars of several costs of the same layers, one column for each cost, each on its own scale.

    Args:
        names: the layers, in order.
        columns: a dict from the name of a cost to its values, one a layer; one to three costs.

    Returns:
        A ``Picture`` (SVG).

    Raises:
        ValueError: a column has not one value a layer.
    """
    for title, values in columns.items():
        if len(values) != len(names):
            raise ValueError(f"columns[{title!r}] has {len(values)} values, but there are {len(names)} names")
    left, row, top = 62, 22, 34
    room = (WIDTH - left) / len(columns)
    height = top + row * len(names) + 12
    with styled():
        figure, axes = canvas(WIDTH, height, (0, WIDTH), (0, height))
        for number, name in enumerate(names):
            _label(axes, left - 8, top + row * (number + 0.5), name, ha="right")
        for place, (title, values) in enumerate(columns.items()):
            x, most = left + room * place, max(values) or 1
            _label(axes, x, 16, title, size=10, ha="left", weight="bold")
            face, edge = (("kernel", "kernel_edge"), ("window", "window_edge"), ("output", "output_edge"))[place]
            for number, value in enumerate(values):
                y, length = top + row * number, (room - 80) * value / most
                style = {"fc": LIGHT[face], "ec": LIGHT[edge], "lw": 0.9}
                axes.add_patch(Rectangle((x, y + 3), max(length, 0.5), row - 6, **style))
                _label(axes, x + length + 5, y + row / 2, grouped(value), "muted", 8, ha="left")
        parts = []
        for title, values in columns.items():
            most = [name for name, value in zip(names, values, strict=True) if value == max(values)]
            parts.append(f"{title}, {sum(values):,} in all, the most in {' and '.join(most)} ({max(values):,})")
        alt = f"Bars for the layers {', '.join(names)}: {'; '.join(parts)}."
        return svg_picture(figure, alt)


def operation(layer):
    """What a layer does, in short, such as ``11×11, S 4``: the text that ``architecture`` shows below its name.

    Args:
        layer: a PyTorch layer; one without a window gives an empty text.
    """
    if not hasattr(layer, "kernel_size"):
        return ""
    kernel, stride, padding = (per_axis(name, getattr(layer, name), 0) for name in ("kernel_size", "stride", "padding"))
    parts = ["×".join(map(str, kernel if len(kernel) > 1 else kernel * 2))]
    parts += [
        f"{symbol} {value[0]}" for symbol, value, usual in (("S", stride, 1), ("P", padding, 0)) if value[0] != usual
    ]
    return ", ".join(parts)


def architecture(layers):
    """A network from left to right: what each layer does, and the size of what comes out.

    Args:
        layers: a list of ``(name, operation, shape)``: two short texts and the output's ``(channels, height, width)``
            or ``(features,)``. The first is the input.

    Returns:
        A ``Picture`` (SVG): a box's height stands for pixels, its depth for channels, on scales that keep small ones seen.
    """
    in_row, width = 4, 400  # narrow, so that it can be read on a phone
    rows = [layers[at : at + in_row] for at in range(0, len(layers), in_row)]
    room, tall = width / in_row, 148
    height = tall * len(rows)
    most = max(shape[-1] for _, _, shape in layers if len(shape) == 3)
    with styled():
        figure, axes = canvas(width, height, (0, width), (0, height))
        for place, row in enumerate(rows):
            for column, (name, operation, shape) in enumerate(row):
                x, y = room * (column + 0.5), tall * place + 66
                _box(axes, x, y, shape, most)
                _label(axes, x, tall * place + 12, name, size=11, weight="bold")
                _label(axes, x, tall * place + 26, operation, "muted", 9.5)
                _label(axes, x, tall * place + 124, "×".join(map(str, shape)), "output_edge", 10.5)
                if (place, column) != (0, 0) and column:
                    arrow(axes, (x - room / 2 - 6, y), (x - room / 2 + 6, y), arrowstyle="-|>")
        steps = "; ".join(
            f"{name}{f' ({operation})' if operation else ''} gives {' by '.join(map(str, shape))}"
            for name, operation, shape in layers
        )
        return svg_picture(figure, f"The network as a row of boxes, channels by height by width. {steps}.")


def _box(axes, x, y, shape, most):
    """A cuboid for channels × height × width, an upright bar for a vector."""
    if len(shape) == 1:
        half = 8 + 30 * (shape[0] / 9216) ** 0.5
        style = {"fc": LIGHT["kernel"], "ec": LIGHT["kernel_edge"], "lw": 1.0}
        axes.add_patch(Rectangle((x - 5, y - half), 10, 2 * half, **style))
        return
    channels, _, size = shape
    side, depth = 12 + 40 * (size / most) ** 0.5, 3 + 26 * (channels / 384) ** 0.5
    slant = 0.35 * depth
    left, top = x - (side * 0.5 + depth) / 2, y - (side - slant) / 2
    right, bottom = left + side * 0.5, top + side
    style = {"ec": LIGHT["line"], "lw": 0.9}
    lid = [(left, top), (left + depth, top - slant), (right + depth, top - slant), (right, top)]
    end = [(right, top), (right + depth, top - slant), (right + depth, bottom - slant), (right, bottom)]
    axes.add_patch(Polygon(lid, fc=LIGHT["padding"], **style))
    axes.add_patch(Polygon(end, fc=LIGHT["padding"], **style))
    axes.add_patch(Rectangle((left, top), side * 0.5, side, fc=LIGHT["input"], **style))
