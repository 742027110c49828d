"""Rules that no page can use leave the style sheets, and a page loads a quarter of the theme's styles.

A selector stays if each class and id that it asks for occurs in some page or script of the book, so what a script adds
later keeps its look. A name that a script puts together (``"bs-tooltip-" + place``) stays by its beginning.
"""

import re

import tinycss2
from sphinx.util import logging

NESTING = {"media", "supports", "layer", "container"}
NAME = re.compile(r"[A-Za-z_][\w-]*")
# "name-" at the end of a string, or before the first piece that a template string fills in
BEGINNING = re.compile(r"""[\s"'`.#]([A-Za-z_][\w-]*-)(?=["'`]|\$\{)""")
SCRIPT = re.compile(r'<script\b[^>]*\bsrc="(?:[^"?]*/)?([^"?/]+)')
INLINE = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL)

logger = logging.getLogger(__name__)


class Names:
    """The names that occur in the book's pages and scripts, and the beginnings of names that scripts complete."""

    def __init__(self, folder):
        self.whole, beginnings = set(), set()
        pages = [page.read_text(encoding="utf-8") for page in folder.rglob("*.html")]
        loaded = {name for page in pages for name in SCRIPT.findall(page)}
        scripts = [file.read_text(encoding="utf-8") for file in folder.rglob("*.js") if file.name in loaded]
        for text in [*pages, *scripts]:
            self.whole.update(NAME.findall(text))
        for text in [*scripts, *(code for page in pages for code in INLINE.findall(page))]:
            beginnings.update(BEGINNING.findall(text))
        self.beginnings = tuple(sorted(beginnings))

    def __contains__(self, name):
        return name in self.whole or name.startswith(self.beginnings)


def trimmed(style, names):
    """``style`` without the rules that nothing on the pages can match, and without comments other than licences."""
    return tinycss2.serialize(_kept(tinycss2.parse_stylesheet(style), names))


def _kept(rules, names):
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [s for s in _split(rule.prelude) if _matches(s, names)]
            if not selectors:
                continue
            rule.prelude = _joined(selectors)
        elif rule.type == "at-rule" and rule.lower_at_keyword in NESTING and rule.content is not None:
            rule.content = list(_kept(tinycss2.parse_rule_list(rule.content), names))
            if not rule.content:
                continue
        elif rule.type == "comment" and not rule.value.startswith("!"):
            continue
        yield rule


def _split(prelude):
    selector = []
    for token in prelude:
        if token == ",":
            yield selector
            selector = []
        else:
            selector.append(token)
    yield selector


def _joined(selectors):
    comma = tinycss2.parse_one_component_value(",")
    tokens = selectors[0]
    for selector in selectors[1:]:
        tokens = [*tokens, comma, *selector]
    return tokens


def _matches(selector, names):
    """What stands in parentheses, as in ``:not(.name)``, asks for nothing here."""
    before = None
    for token in selector:
        asked = token.type == "hash" or (token.type == "ident" and before == ".")
        if asked and token.value not in names:
            return False
        before = token
    return True


def _trim(app, exception):
    if exception or app.builder.format != "html":
        return
    names = Names(app.outdir)
    before, after = 0, 0
    for path in app.outdir.joinpath("_static").rglob("*.css"):
        style = path.read_text(encoding="utf-8")
        new = trimmed(style, names)
        path.write_text(new, encoding="utf-8")
        before, after = before + len(style), after + len(new)
    logger.info("style sheets trimmed from %s to %s characters", f"{before:,}", f"{after:,}")


def setup(app):
    app.connect("build-finished", _trim, priority=700)  # when all pages and files are written
    return {"parallel_read_safe": True}
