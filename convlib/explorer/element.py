"""The explorer as a notebook shows it: a custom element, a still for readers without scripts, and the script."""

import re
from functools import cache
from html import escape
from importlib.resources import files
from urllib.parse import quote

from convlib.explorer.case import PAIRS, checked


class Explorer:
    """An explorer to be shown by a notebook. ``.words`` describes the case that it begins with."""

    def __init__(self, case):
        self.case, self.words = case, case.words

    def __repr__(self):
        return self.words

    def _repr_html_(self):
        """The element, its still picture and words inside, and after it the script that brings it to life."""
        # The last attribute keeps JupyterLab from taking what is typed into the controls for its own shortcuts.
        picture = still(self.case).data
        attributes = " ".join(f'{name}="{escape(value)}"' for name, value in _attributes(self.case).items())
        return (
            f'<conv-explorer {attributes} data-lm-suppress-shortcuts="true">'
            f'<img alt="The case, drawn. Its words follow." {_size(picture)} loading="lazy" src="{_data_uri(picture)}">'
            f"<p>{escape(self.words)}</p></conv-explorer>\n{script_element()}"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self._repr_html_(), "text/plain": self.words}


def explorer(
    input_size=5,
    kernel_size=3,
    stride=1,
    padding=0,
    dilation=1,
    in_channels=1,
    out_channels=1,
    groups=1,
    bias=True,
    mode="convolution",
    ceil_mode=False,
    output_padding=0,
):
    """A layer to play with: its window on its input, its output, and the arithmetic of its size, parameters and MACs.

    It is the last line of a cell; everything can be changed on the page afterwards. It needs no connection and, on
    the page, no Python.

    Args:
        input_size: pixels of the input, (height, width) or an int for a square; 1 to 512.
        kernel_size: cells of the window, 1 to 16.
        stride: 1 to 16; also of a pooling, where PyTorch would take ``kernel_size``.
        padding: 0 to 8 on each side; of a transposed convolution, what is cut off.
        dilation: 1 to 4.
        in_channels, out_channels, groups: 1 to 4096; of a pooling only ``in_channels``, which it keeps.
        bias: whether each filter has a bias.
        mode: ``'convolution'``, ``'pooling'`` or ``'transposed'``.
        ceil_mode: whether a pooling's size is rounded up.
        output_padding: 0 to 7, of a transposed convolution.

    The arguments up to ``dilation``, and ``output_padding``, are an int or a pair of ints, height first.

    Returns:
        An ``Explorer``, which a notebook shows.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: an argument is out of range, belongs to another mode, or PyTorch would refuse the layer.
    """
    given = locals()
    pairs = {name: given[name] for name in PAIRS}
    channels = {name: given[name] for name in ("in_channels", "out_channels", "groups")}
    return Explorer(checked(mode, pairs, channels, bias, ceil_mode))


def still(case):
    """The picture of a case that stands still: the one that the book has for it, or a drawing to scale."""
    from convlib.explorer.drawing import to_scale
    from convlib.figures import convolution
    from convlib.figures.windows import MOST_CELLS

    cells = max(size + 2 * pad for size, pad in zip(case.input_size, case.padding, strict=True))
    if case.mode != "transposed" and not case.ceil_mode and cells <= MOST_CELLS:
        return convolution(case.input_size, case.kernel_size, case.stride, case.padding, case.dilation)
    return to_scale(case)


@cache
def script():
    """The component as a page holds it: its source without indentation and without lines that are comments."""
    source = files("convlib.explorer").joinpath("explorer.js").read_text(encoding="utf-8")
    lines = [line.strip() for line in source.splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def script_element():
    """The script as an output of a notebook holds it."""
    return f'<script type="module">\n{script()}</script>'


def _attributes(case):
    values = {name: "x".join(map(str, getattr(case, name))) for name in PAIRS}
    values |= {name: str(getattr(case, name)) for name in ("in_channels", "out_channels", "groups")}
    values |= {name: str(int(getattr(case, name))) for name in ("bias", "ceil_mode")}
    return {"mode": case.mode, **values}


def _size(svg):
    """Width and height as attributes, in pixels, so that the text stays where it is while the page loads."""
    points = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg).groups()
    width, height = (round(float(length) * 96 / 72) for length in points)
    return f'width="{width}" height="{height}" style="max-width: 100%; height: auto"'


def _data_uri(svg):
    return "data:image/svg+xml," + quote(svg, safe=" !$()*+,-./:;=?@[]_~'")
