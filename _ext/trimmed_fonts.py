"""The fonts keep the glyphs that the book draws: the icons that its style sheets name, the letters of its formulas.

The fonts of the icons shrink from 150 kB to a few, and those that most formulas need come with the text, not after it.
What is left of a font keeps its copyright and licence but not its name, which its licence reserves for the whole font.
"""

import hashlib
import re
from html.parser import HTMLParser

from fontTools import subset
from fontTools.ttLib import TTFont

# An icon is a character of a private area, written as itself or as an escape, in a style sheet.
ESCAPE = re.compile(r"\\u?([eEfF][0-9a-fA-F]{3})(?![0-9a-fA-F])")
PRIVATE = re.compile("[\ue000-\uf8ff]")
# every browser that draws the theme reads woff2
PLAIN = re.compile(r',\s*url\([^)]*\.ttf\)\s*format\("truetype"\)')
FONT = re.compile(r"[\w-]+\.woff2")
COPYRIGHT_AND_LICENCE = [0, 13, 14]


def named_icons(style):
    """The code points of the icons that ``style`` names."""
    return {int(digits, 16) for digits in ESCAPE.findall(style)} | {ord(icon) for icon in PRIVATE.findall(style)}


def letters_of_formulas(page):
    """The code points that the formulas of ``page`` draw."""
    formulas = _Formulas()
    formulas.feed(page)
    return formulas.letters


class _Formulas(HTMLParser):
    def __init__(self):
        super().__init__()
        self.letters, self._depth = set(), 0  # how many spans are open, from that of a formula on

    def handle_starttag(self, tag, attributes):
        if tag == "span" and (self._depth or dict(attributes).get("class") == "katex-html"):
            self._depth += 1

    def handle_endtag(self, tag):
        if tag == "span" and self._depth:
            self._depth -= 1

    def handle_data(self, text):
        if self._depth:
            self.letters.update(map(ord, text))


def _trim(app, exception):
    if exception or app.builder.format != "html":
        return
    static = app.outdir / "_static"
    styles = {path: path.read_text(encoding="utf-8") for path in static.rglob("*.css")}
    pages = {path: path.read_text(encoding="utf-8") for path in app.outdir.rglob("*.html")}
    icons = set().union(*map(named_icons, styles.values()))
    letters = set().union(*map(letters_of_formulas, pages.values()))
    named = {name for style in styles.values() for name in FONT.findall(style)}
    versions = {}
    for folder, glyphs in (("vendor/fontawesome/webfonts", icons), ("katex/fonts", letters)):
        for path in static.joinpath(folder).glob("*.woff2"):
            path.with_suffix(".ttf").unlink(missing_ok=True)
            if path.name in named:
                _keep(path, glyphs)
                versions[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
            else:
                path.unlink()

    def versioned(font):
        return f"{font[0]}?v={versions[font[0]]}" if font[0] in versions else font[0]

    for path, text in (styles | pages).items():
        path.write_text(FONT.sub(versioned, PLAIN.sub("", text)), encoding="utf-8")


def _keep(path, glyphs):
    options = subset.Options(name_IDs=COPYRIGHT_AND_LICENCE, glyph_names=False)
    font = TTFont(path, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=glyphs)
    subsetter.subset(font)
    font.save(path)


def setup(app):
    app.connect("build-finished", _trim, priority=750)  # after trimmed_styles
    return {"parallel_read_safe": True}
