"""A convolution seen at work: a still (SVG) and an animation (GIF) of one and the same scene."""

from io import BytesIO

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from PIL import Image

from convlib.figures.scene import Scene
from convlib.figures.style import COLOURS, LIGHT, Picture, styled, svg_picture
from convlib.figures.windows import Windows
from convlib.formulas.arguments import integer

UNCHANGED = 31  # the palette index (the last of five bits) of a pixel that stays as it was in the frame before
MOST_FRAMES = 200  # a longer animation is too big to load and too long to watch


def convolution(input_size, kernel_size, stride=1, padding=0, dilation=1, position=None):
    """A still of the window at one position; hatched pixels are read at no position.

    Args:
        input_size: ``(h, w)`` in pixels, or an int for a square.
        kernel_size, stride, padding, dilation: as in ``convlib.output_size``.
        position: which window to show, counted from 1, row by row; the last one if None.

    Returns:
        A ``Picture`` (SVG).

    Raises:
        TypeError, ValueError: as ``convlib.output_size``, or if there is no such position or too much to draw.
    """
    windows = Windows(input_size, kernel_size, stride, padding, dilation)
    windows.check_room()
    number = len(windows) if position is None else integer("position", position, 0)
    if not 1 <= number <= len(windows):
        raise ValueError(f"position={position!r} must be from 1 to {len(windows)}")
    with styled():
        scene = Scene(windows)
        for done in range(number - 1):
            scene.written(done)
        scene.move(number - 1)
        return svg_picture(scene.figure, _alt(windows, f"The window is at position {number} of {len(windows)}."))


def convolution_gif(input_size, kernel_size, stride=1, padding=0, dilation=1, milliseconds=500):
    """An animation, one frame for each position of the window; hatched pixels are read at no position.

    Args:
        input_size: ``(h, w)`` in pixels, or an int for a square.
        kernel_size, stride, padding, dilation: as in ``convlib.output_size``.
        milliseconds: how long each frame stands, at least 20; the last stands four times as long.

    Returns:
        A ``Picture`` (GIF). In a notebook it shows itself; ``.save("my.gif")`` keeps it.

    Raises:
        TypeError, ValueError: as ``convlib.output_size``, or if there are more than 200 positions or too much to
            draw.
    """
    windows = Windows(input_size, kernel_size, stride, padding, dilation)
    if len(windows) > MOST_FRAMES:
        raise ValueError(f"input_size={input_size!r} gives {len(windows)} positions; a GIF shows {MOST_FRAMES} at most")
    windows.check_room()
    milliseconds = integer("milliseconds", milliseconds, 20)
    with styled():
        frames = list(_frames(windows))
    times = [milliseconds] * len(frames)
    times[-1] *= 4
    file = BytesIO()
    frames[0].save(
        file,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=times,
        loop=0,
        disposal=1,
        optimize=False,
        transparency=UNCHANGED,
    )
    words = f"The window visits {len(windows)} positions, row by row, and writes one output cell at each."
    return Picture(file.getvalue(), "image/gif", _alt(windows, words))


def _frames(windows):
    """The frames as palette images. Only what moves is drawn anew, over a backdrop that is kept as pixels."""
    scene = Scene(windows)
    agg = FigureCanvasAgg(scene.figure)
    for artist in (*scene.moving, *scene.axes.patches):
        artist.set_antialiased(False)  # hard edges keep the file small
    for artist in scene.moving:
        artist.set_animated(True)
    style = {"fc": scene.cells[0].get_facecolor(), "ec": scene.cells[0].get_edgecolor(), "lw": 0.9}
    cells = PathPatch(_squares(windows.reads(0, 0)), **style, aa=False, snap=True, animated=True)  # all at one stroke
    scene.axes.add_artist(cells)
    moving = [cells, *scene.moving[len(scene.cells) :]]
    agg.draw()
    box = scene.figure.bbox
    backdrop = agg.copy_from_bbox(box)
    palette = _palette().astype(np.uint8).tobytes()
    shown = _colours(agg)
    pixels = _in_palette(shown)
    for number in range(len(windows)):
        agg.restore_region(backdrop)
        if number:
            for artist in scene.written(number - 1):
                scene.axes.draw_artist(artist)
            backdrop = agg.copy_from_bbox(box)
        scene.move(number)
        cells.set_path(_squares(windows.reads(*windows.position(number))))
        for artist in moving:
            scene.axes.draw_artist(artist)
        colours = _colours(agg)
        changed = np.flatnonzero(colours != shown)
        before, after = pixels.flat[changed], _in_palette(colours.flat[changed])
        pixels.flat[changed], shown = after, colours
        frame = pixels.copy()
        if number:
            frame.fill(UNCHANGED)
            frame.flat[changed] = np.where(after == before, UNCHANGED, after)
        image = Image.fromarray(frame)
        image.putpalette(palette)
        yield image


def _squares(corners):
    """A unit square at each (row, column), as one path."""
    around = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])
    points = np.array(corners).reshape(-1, 1, 2)[..., ::-1] + around
    codes = (Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY) * len(points)
    return Path(points.reshape(-1, 2), codes)


def _colours(agg):
    """The colour of each pixel as one number: red, green and blue in its three lowest bytes."""
    return np.array(agg.buffer_rgba()).view("<u4")[..., 0]


def _in_palette(colours):
    """Colours in the one palette that all frames share: an index for each pixel."""
    red, green, blue = (colours >> shift & 31 for shift in (3, 11, 19))
    return _nearest()[(red << 10) | (green << 5) | blue]


def _palette():
    """The scene's colours, and for the edges of letters the colour halfway to what they stand on."""
    on_paper = ("ink", "muted", "output_edge", "window_edge", "unread")
    halfway = [(name, "paper") for name in on_paper] + [("ink", "window"), ("output_edge", "output")]
    colours = [_rgb(LIGHT[name]) for name in COLOURS if not name.startswith("kernel")]
    return np.round([*colours, *((_rgb(LIGHT[over]) + _rgb(LIGHT[ground])) / 2 for over, ground in halfway)])


_CACHE = {}


def _nearest():
    """For each colour of five bits a channel, the index of the nearest palette colour."""
    if "nearest" not in _CACHE:
        steps = np.linspace(0, 255, 32)
        cube = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 1, 3)
        _CACHE["nearest"] = ((cube - _palette()) ** 2).sum(axis=-1).argmin(axis=1).astype(np.uint8)
    return _CACHE["nearest"]


def _rgb(colour):
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], dtype=float)


def _alt(windows, words):
    rows, columns = windows.rows, windows.columns
    padded = f" with padding {_pair(rows.padding, columns.padding)}" if rows.padding or columns.padding else ""
    dilated = (
        f", dilation {_pair(rows.dilation, columns.dilation)}" if (rows.dilation, columns.dilation) != (1, 1) else ""
    )
    lost = len(windows.unread())
    unread = f" {lost} hatched pixels are never read." if lost else ""
    return (
        f"A {rows.input_size} by {columns.input_size} input{padded} under a {rows.kernel_size} by "
        f"{columns.kernel_size} window, stride {_pair(rows.stride, columns.stride)}{dilated}; the output is "
        f"{rows.positions} by {columns.positions}. {words}{unread}"
    )


def _pair(first, second):
    return str(first) if first == second else f"{first} by {second}"
