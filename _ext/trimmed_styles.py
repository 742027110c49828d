"""What no page can use leaves the style sheets: a page loads a fifth of the theme's styles and is drawn sooner.

A selector stays if each of its compounds (``button.copybtn``) fits some element of some page, as far as it asks for
nothing that a script may give to an element; so what a script adds, moves or changes later keeps its look. A name that
a script puts together (``"bs-tooltip-" + place``) is known by its beginning; one that it only looks for (``".name"``)
gives no element its look. Bootstrap's script names the classes of all its components; those count that a page asks for
(``data-bs-toggle="tooltip"``). A custom property that nothing reads goes, and a font that no rule asks for.
"""

import re
from html.parser import HTMLParser

import tinycss2
from sphinx.util import logging

NESTING = {"media", "supports", "layer", "container"}
COMBINATORS = {">", "+", "~"}
SEPARATORS = (";", ",")
SCRIPT = re.compile(r'<script\b[^>]*\bsrc="(?:[^"?]*/)?([^"?/]+)')
INLINE = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL)
# A script gives a class as a string of its own, or in markup; or the name has a hyphen, as no plain word.
NAME = re.compile(r"""["'`]([A-Za-z_]\w*)(?=["'`])|(?<![.#\w-])([A-Za-z_]\w*-[\w-]*\w)|\bdataset\.(\w+)""")
MARKUP = re.compile(r"""\bclass(?:Name)?\s*=\s*\\?["'`]([^"'`<>]*)""")
# "name-" at the end of a string, or before the first piece that a template string fills in
BEGINNING = re.compile(r"""[\s"'`.#]([A-Za-z_][\w-]*-)(?=["'`]|\$\{)""")
TAG = re.compile(r"""["'`]([a-z][a-z0-9]*)["'`]|<([a-z][a-z0-9]*)""")
PROPERTY = re.compile(r"--[\w-]+")
READ = re.compile(r"var\(\s*(--[\w-]+)")
BOOTSTRAP = "bootstrap.js"
STATES = {"show", "showing", "hiding", "fade", "active", "disabled"}

logger = logging.getLogger(__name__)


class Book:
    """What a selector can match: the kinds of elements of the book's pages, and what their scripts name."""

    def __init__(self, folder):
        pages = [page.read_text(encoding="utf-8") for page in sorted(folder.rglob("*.html"))]
        reader = _Elements()
        for page in pages:
            reader.feed(page)
        self.elements = reader.elements
        loaded = {name for page in pages for name in SCRIPT.findall(page)}
        files = [file for file in folder.rglob("*.js") if file.name in loaded]
        scripts = {code for page in pages for code in INLINE.findall(page)}
        scripts.update(file.read_text(encoding="utf-8") for file in files if file.name != BOOTSTRAP)
        self.names, beginnings = set(), set()
        for text in scripts:
            self.names.update(name for names in NAME.findall(text) for name in names)
            self.names.update(name for names in MARKUP.findall(text) for name in names.split())
            beginnings.update(BEGINNING.findall(text))
        tags = {name for text in scripts for names in TAG.findall(text) for name in names}
        for file in files:
            if file.name == BOOTSTRAP:
                text = file.read_text(encoding="utf-8")
                parts = "|".join(sorted(reader.components)) or "(?!)"
                self.names.update(STATES, re.findall(rf"\bdata-[\w-]+|\b(?:bs-)?(?:{parts})(?:-[\w-]*)?", text))
                beginnings.update(f"bs-{name}-" for name in reader.components)
                scripts.add(text)
        self.beginnings = tuple(sorted(beginnings))
        self.tags = tags | {tag for tag, *_ in self.elements}
        self.read = {name for text in [*pages, *scripts] for name in PROPERTY.findall(text)}

    def scripted(self, name):
        """Whether a script names this class, id or attribute, and so may give it to an element or take it away."""
        return name in self.names or name.startswith(self.beginnings)

    def fits(self, tag, classes, ids, attributes):
        """Whether some element may have all of these; ``tag`` None asks for no tag."""
        asked = {name for name in classes if not self.scripted(name)}
        marks = {name for name in ids if not self.scripted(name)}
        data = {name for name in attributes if name.startswith("data-")}
        data = {name for name in data if not (self.scripted(name) or self.scripted(_camel(name)))}
        if not (asked or marks or data):
            return tag is None or tag in self.tags
        return any(
            tag in (None, own_tag) and asked <= own_classes and marks <= own_ids and data <= own_data
            for own_tag, own_classes, own_ids, own_data in self.elements
        )


def _camel(attribute):
    """``data-bs-theme`` as a script writes it: ``bsTheme``."""
    return re.sub(r"-([a-z])", lambda letter: letter[1].upper(), attribute.removeprefix("data-"))


class _Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.elements, self.components = set(), set()

    def handle_starttag(self, tag, attributes):
        own = dict(attributes)
        data = frozenset(name for name in own if name.startswith("data-"))
        classes, ids = (frozenset((own.get(name) or "").split()) for name in ("class", "id"))
        self.elements.add((tag, classes, ids, data))
        self.components.update(value for name, value in attributes if name == "data-bs-toggle")


def trimmed(style, book):
    """``style`` without the rules that nothing on the pages can match, and without comments other than licences."""
    return tinycss2.serialize(list(_tight(_kept(tinycss2.parse_stylesheet(style, skip_whitespace=True), book))))


def _kept(rules, book):
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [s for s in _split(rule.prelude, ",") if _matches(s, book)]
            if not selectors:
                continue
            rule.prelude = _joined(selectors, ",")
        elif rule.type == "at-rule" and rule.lower_at_keyword in NESTING and rule.content is not None:
            rule.content = list(_kept(tinycss2.parse_rule_list(rule.content, skip_whitespace=True), book))
            if not rule.content:
                continue
        yield rule


def _split(tokens, separator):
    part = []
    for token in tokens:
        if token == separator:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _joined(parts, separator):
    between = tinycss2.parse_one_component_value(separator)
    tokens = parts[0] if parts else []
    for part in parts[1:]:
        tokens = [*tokens, between, *part]
    return tokens


def _matches(selector, book):
    """What stands in parentheses, as in ``:not(.name)``, asks for nothing here."""
    return all(book.fits(*compound) for compound in _compounds(selector))


def _compounds(selector):
    """Tag, classes, ids and attributes of each compound: ``a.b > #c`` has two."""
    tag, classes, ids, attributes, before = None, [], [], [], None
    for token in selector:
        if token.type == "whitespace" or (token.type == "literal" and token.value in COMBINATORS):
            yield tag, classes, ids, attributes
            tag, classes, ids, attributes, before = None, [], [], [], None
            continue
        if token.type == "hash":
            ids.append(token.value)
        elif token.type == "[] block":
            attributes.append(next(part.value for part in token.content if part.type == "ident"))
        elif token.type == "ident" and before == ".":
            classes.append(token.value)
        elif token.type == "ident" and before is None:
            tag = token.lower_value
        before = token
    yield tag, classes, ids, attributes


def _tight(tokens, ends=False):
    """The tokens without comments other than licences and without white space that parts nothing, ``ends`` included."""
    tokens = [token for token in tokens if token.type != "comment" or token.value.startswith("!")]
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        if token.type == "whitespace":
            last = after == ";" or (ends and after is None)
            if before == ":" and not last:
                continue
            if before != ":" and (last or after in SEPARATORS or before in SEPARATORS or (ends and before is None)):
                continue  # but the space in "--name: ;" is a value
            token.value = " "
        for part in ("prelude", "content", "arguments"):
            if inner := getattr(token, part, None):
                setattr(token, part, list(_tight(inner, ends=token.type != "at-rule" or part != "prelude")))
        yield token


def without_unread(styles, read):
    """The style sheets without the custom properties that no declaration uses and that ``read`` does not name, and
    without the fonts that nothing asks for."""
    while True:
        names = read.union(*(READ.findall(style) for style in styles))
        new = [tinycss2.serialize(list(_reading(tinycss2.parse_stylesheet(style), names))) for style in styles]
        if new == styles:
            return _without_unread_fonts(styles)
        styles = new


def _without_unread_fonts(styles):
    sheets = [tinycss2.parse_stylesheet(style) for style in styles]
    others = tinycss2.serialize(rule for rules in sheets for rule in rules if not _family(rule)).replace("\\", "")
    return [tinycss2.serialize(rule for rule in rules if (_family(rule) or "") in others) for rules in sheets]


def _family(rule):
    """The name that a ``@font-face`` gives its font; None for other rules."""
    if rule.type == "at-rule" and rule.lower_at_keyword == "font-face":
        for declaration in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
            if declaration.type == "declaration" and declaration.lower_name == "font-family":
                return " ".join(token.value for token in declaration.value if token.type in ("ident", "string"))
    return None


def _reading(rules, names):
    for rule in rules:
        if rule.type == "qualified-rule":
            declarations = [d for d in _split(rule.content, ";") if not _unread(d, names)]
            rule.content = _joined(declarations, ";")
        elif rule.type == "at-rule" and rule.lower_at_keyword in NESTING and rule.content is not None:
            rule.content = list(_reading(tinycss2.parse_rule_list(rule.content), names))
        yield rule


def _unread(declaration, names):
    name = next((token.value for token in declaration if token.type == "ident"), "")
    return name.startswith("--") and name not in names


def _trim(app, exception):
    if exception or app.builder.format != "html":
        return
    book = Book(app.outdir)
    paths = sorted(app.outdir.joinpath("_static").rglob("*.css"))
    before = [path.read_text(encoding="utf-8") for path in paths]
    after = without_unread([trimmed(style, book) for style in before], book.read)
    for path, style in zip(paths, after, strict=True):
        path.write_text(style, encoding="utf-8")
    logger.info("style sheets trimmed from %s to %s characters", *(f"{sum(map(len, s)):,}" for s in (before, after)))


def setup(app):
    app.connect("build-finished", _trim, priority=700)  # when all pages and files are written
    return {"parallel_read_safe": True}
