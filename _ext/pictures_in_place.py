"""A picture says its size before it is loaded, so the text stays where it is, and loads when the reader comes near."""

import functools
import re

from bs4 import BeautifulSoup
from PIL import Image

PICTURE = re.compile(r'<img\b[^>]*?\bsrc="([^"]*_images/[^"]+)"[^>]*>')
PIXELS = {"": 1, "px": 1, "pt": 96 / 72}


@functools.cache
def size(path):
    """Width and height of a picture file in CSS pixels."""
    if path.suffix != ".svg":
        with Image.open(path) as picture:
            return picture.size
    svg = BeautifulSoup(path.read_bytes(), "html.parser").svg
    lengths = (re.fullmatch(r"([\d.]+)(\D*)", svg[side]) for side in ("width", "height"))
    return tuple(round(float(length[1]) * PIXELS[length[2]]) for length in lengths)


def _place(app, exception):
    if exception or app.builder.format != "html":
        return
    for page in app.outdir.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        fold = html.find("<h2", html.find("<article"))  # what stands before the first section is on the first screen

        def placed(match, page=page, fold=fold):
            if "width=" in match[0].replace("style=", ""):
                return match[0]
            width, height = size((page.parent / match[1]).resolve())
            lazy = "" if match.start() < fold else ' loading="lazy"'
            return f'<img width="{width}" height="{height}"{lazy} decoding="async"{match[0].removeprefix("<img")}'

        page.write_text(PICTURE.sub(placed, html), encoding="utf-8")


def setup(app):
    app.connect("build-finished", _place)  # when all pages and pictures are written
    return {"parallel_read_safe": True}
