"""Pictures of layers as wholes: who is connected to whom, what is kept, what it costs, and a network from end to end."""

from matplotlib.patches import Polygon, Rectangle
from matplotlib.ticker import MaxNLocator

from convlib.figures.style import LIGHT, arrow, canvas, styled, svg_picture
from convlib.formulas import batch_norm_parameters, conv_parameters
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
            most = max(range(len(values)), key=values.__getitem__)
            parts.append(f"{title}, {sum(values):,} in all, most of them in {names[most]} ({values[most]:,})")
        alt = f"Bars for the layers {', '.join(names)}: {'; '.join(parts)}."
        return svg_picture(figure, alt)


def architecture(layers):
    """A network from left to right: what each layer does, and the size of what comes out.

    Args:
        layers: a list of ``(name, operation, shape)``: two short texts and the output's ``(channels, height, width)``
            or ``(features,)``. The first is the input.

    Returns:
        A ``Picture`` (SVG): a box's height stands for pixels, its depth for channels, on scales that keep small ones seen.
    """
    in_row = 5
    rows = [layers[at : at + in_row] for at in range(0, len(layers), in_row)]
    room, tall = WIDTH / in_row, 148
    height = tall * len(rows)
    most = max(shape[-1] for _, _, shape in layers if len(shape) == 3)
    with styled():
        figure, axes = canvas(WIDTH, height, (0, WIDTH), (0, height))
        for place, row in enumerate(rows):
            for column, (name, operation, shape) in enumerate(row):
                x, y = room * (column + 0.5), tall * place + 66
                _box(axes, x, y, shape, most)
                _label(axes, x, tall * place + 12, name, size=9, weight="bold")
                _label(axes, x, tall * place + 24, operation, "muted", 7.5)
                _label(axes, x, tall * place + 124, "×".join(map(str, shape)), "output_edge", 8.5)
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
