"""The one look of all figures: colours for light and dark, line widths, type, and deterministic output."""

import base64
import os
import re
import tempfile
from io import StringIO
from pathlib import Path
from xml.sax.saxutils import escape

from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

# name: (light, dark). Each pair keeps a contrast of 4.5 to 1 for text and 3 to 1 for lines on its own paper.
COLOURS = {
    "paper": ("#ffffff", "#14181e"),
    "ink": ("#1f2933", "#e6e9ee"),
    "muted": ("#5f6b78", "#a3afbc"),
    "line": ("#868e96", "#7c8894"),
    "input": ("#dbeafd", "#17344f"),
    "padding": ("#f3f4f6", "#222a33"),
    "window": ("#ffdfb8", "#6b3c0c"),
    "window_edge": ("#c2410b", "#ff9f45"),
    "output": ("#d2f2da", "#163f29"),
    "output_edge": ("#196c2e", "#5cd17d"),
    "kernel": ("#e9dffc", "#3a2a5e"),
    "kernel_edge": ("#6a3fc4", "#b79bf5"),
    "unread": ("#b4232a", "#ff8a8a"),
}
LIGHT = {name: light for name, (light, _) in COLOURS.items()}

_RC = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "mathtext.fontset": "dejavusans",
    "hatch.linewidth": 0.8,
    "svg.fonttype": "none",
    "svg.hashsalt": "counting-convolutions",
    "path.simplify": False,
}


class Picture:
    """A finished picture: ``.data`` (str for SVG, bytes for GIF), ``.mime_type`` and ``.alt``, the words for it.

    In a notebook it shows itself; ``.save(path)`` writes it.
    """

    def __init__(self, data, mime_type, alt):
        self.data, self.mime_type, self.alt = data, mime_type, alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = base64.b64encode(self.data).decode() if isinstance(self.data, bytes) else self.data
        return {self.mime_type: data, "text/plain": self.alt}, {self.mime_type: {"alt": self.alt}}

    def save(self, path):
        """Write the picture to ``path``, whole or not at all."""
        path = Path(path)
        data = self.data if isinstance(self.data, bytes) else self.data.encode()
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(aside, 0o644)
            os.replace(aside, path)
        except BaseException:
            os.unlink(aside)
            raise


def styled():
    """The context in which a figure is drawn and saved."""
    return rc_context(_RC)


def canvas(width, height, x, y):
    """A figure of ``width`` × ``height`` pixels with one bare axes over ``x`` and ``y`` (pairs; y grows downward)."""
    figure = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor=LIGHT["paper"])
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=x, ylim=(y[1], y[0]), aspect="equal")
    axes.axis("off")
    return figure, axes


def arrow(axes, start, end, **style):
    """A dimension arrow from ``start`` to ``end``, with a head at both ends unless the style says otherwise."""
    style = {"arrowstyle": "<|-|>", "mutation_scale": 7, "lw": 0.9, "color": LIGHT["muted"], **style}
    axes.add_patch(FancyArrowPatch(start, end, shrinkA=0, shrinkB=0, **style))


def svg_picture(figure, alt):
    """The figure as an SVG whose colours follow the reader's theme."""
    text = StringIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    FigureCanvasSVG(figure).print_svg(text, metadata=nothing)
    return Picture(_themed(text.getvalue(), alt), "image/svg+xml", alt)


def _themed(svg, alt):
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    for name, (light, _) in COLOURS.items():
        svg = svg.replace(light, f"var(--{name})")
    svg = svg.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")
    variables = [";".join(f"--{name}:{pair[theme]}" for name, pair in COLOURS.items()) for theme in (0, 1)]
    style = f"<style>svg{{{variables[0]}}}@media(prefers-color-scheme:dark){{svg{{{variables[1]}}}}}</style>"
    opening, rest = svg.split(">", 1)
    return f'{opening} role="img">\n <title>{escape(alt)}</title>\n {style}{rest}'
