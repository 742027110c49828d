"""The icon fonts keep the few icons that the style sheets name: kilobytes in place of 150.

What is left of a font keeps its copyright and licence but not its name, which its licence reserves for the whole font.
"""

import hashlib
import re

from fontTools import subset
from fontTools.ttLib import TTFont

# An icon is a character of a private area, written as itself or as an escape, in a style sheet.
ESCAPE = re.compile(r"\\u?([eEfF][0-9a-fA-F]{3})(?![0-9a-fA-F])")
PRIVATE = re.compile("[\ue000-\uf8ff]")
WOFF2 = re.compile(r'url\([^)]*fontawesome[^)]*\.woff2\) *format\("woff2"\),')
PLAIN = re.compile(r"(url\([^)]*fontawesome[^)]*\.ttf)")
COPYRIGHT_AND_LICENCE = [0, 13, 14]


def named_icons(text):
    """The code points of the icons that ``text`` names."""
    return {int(digits, 16) for digits in ESCAPE.findall(text)} | {ord(icon) for icon in PRIVATE.findall(text)}


def _trim(app, exception):
    if exception or app.builder.format != "html":
        return
    static = app.outdir / "_static"
    styles = {path: path.read_text(encoding="utf-8") for path in static.rglob("*.css")}
    icons = set().union(*map(named_icons, styles.values()))
    for path in static.joinpath("vendor", "fontawesome").rglob("*.ttf"):
        _keep(path, icons)
        path.with_suffix(".woff2").unlink(missing_ok=True)
    # the theme brings each font twice; what remains of it is so small that the plain one will do
    version = hashlib.sha256(repr(sorted(icons)).encode()).hexdigest()[:8]
    for path, style in styles.items():
        path.write_text(PLAIN.sub(rf"\1?v={version}", WOFF2.sub("", style)), encoding="utf-8")


def _keep(path, icons):
    options = subset.Options(name_IDs=COPYRIGHT_AND_LICENCE, layout_features=[], hinting=False, glyph_names=False)
    font = TTFont(path, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=icons)
    subsetter.subset(font)
    font.save(path)


def setup(app):
    app.connect("build-finished", _trim, priority=750)  # after trimmed_styles
    return {"parallel_read_safe": True}
