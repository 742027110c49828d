"""A picture says its size before it is loaded, so the text stays where it is, and loads when the reader comes near.

On a narrow screen it shrinks until its smallest letters would be too small to read; from there on it scrolls.
"""

import functools
import re

from bs4 import BeautifulSoup
from PIL import Image

PICTURE = re.compile(r'<img\b[^>]*?\bsrc="([^"]*_images/[^"]+)"[^>]*>')
WIDE = re.compile(r'<figure(?=[^>]*>\s*<img\b[^>]*style="min-width)')
PIXELS = {"": 1, "px": 1, "pt": 96 / 72}
LETTERS = re.compile(r"\bfont(?:-size)?: ?[\w ]*?([\d.]+)px")  # in units of the drawing
NARROW_SCREEN = 400  # pixels; what is readable at this width shrinks to any
SMALLEST_LETTER = 7  # pixels on the screen


@functools.cache
def size(path):
    """Width and height of a picture file in CSS pixels."""
    if path.suffix != ".svg":
        with Image.open(path) as picture:
            return picture.size
    svg = BeautifulSoup(path.read_bytes(), "html.parser").svg
    lengths = (re.fullmatch(r"([\d.]+)(\D*)", svg[side]) for side in ("width", "height"))
    return tuple(round(float(length[1]) * PIXELS[length[2]]) for length in lengths)


@functools.cache
def narrowest(path):
    """The width in CSS pixels at which the smallest letters of a drawing have ``SMALLEST_LETTER``; 0 without letters."""
    if path.suffix != ".svg":
        return 0
    text = path.read_text(encoding="utf-8")
    letters = [float(size) for size in LETTERS.findall(text)]
    units = float(BeautifulSoup(text, "html.parser").svg["viewbox"].split()[2])
    return round(SMALLEST_LETTER * units / min(letters)) if letters else 0


def _place(app, exception):
    if exception or app.builder.format != "html":
        return
    for page in app.outdir.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        fold = html.find("<h2", html.find("<article"))  # what stands before the first section is on the first screen

        def placed(match, page=page, fold=fold):
            if "width=" in match[0].replace("style=", ""):
                return match[0]
            path = (page.parent / match[1]).resolve()
            width, height = size(path)
            lazy = "" if match.start() < fold else ' loading="lazy"'
            least = f' style="min-width: {narrowest(path)}px"' if narrowest(path) > NARROW_SCREEN else ""
            attributes = f'width="{width}" height="{height}"{least}{lazy} decoding="async"'
            return f"<img {attributes}{match[0].removeprefix('<img')}"

        # what scrolls is reached by keyboard, too
        html = WIDE.sub('<figure tabindex="0"', PICTURE.sub(placed, html))
        page.write_text(html, encoding="utf-8")


def setup(app):
    app.connect("build-finished", _place)  # when all pages and pictures are written
    return {"parallel_read_safe": True}
