"""What a link to the book shows in a chat or a feed: the page's title, its first sentences, and a card with the cover.

Such a link needs the whole address of the card. It is known where the book is published: the workflow passes it in
BOOK_URL. In a book built elsewhere the address is relative.
"""

import os
import textwrap
from io import BytesIO

from docutils import nodes
from markupsafe import Markup, escape
from matplotlib.figure import Figure
from matplotlib.image import imread

from convlib.figures.scene import Scene
from convlib.figures.style import LIGHT, styled
from convlib.figures.windows import Windows

CARD = "_static/card.png"
WIDTH, HEIGHT = 1200, 630  # what the sites that show cards ask for
ALT = "An image under a window that moves in steps of two, and the output that it writes."


def card(title, line):
    """The card as a PNG: the same every time."""
    with styled():
        windows = Windows(5, 3, 2, 1)
        scene = Scene(windows)
        for done in range(len(windows) - 1):
            scene.written(done)
        scene.move(len(windows) - 1)
        cover = imread(_png(scene.figure, dpi=104))
        figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor=LIGHT["paper"])
        figure.figimage(cover, xo=WIDTH - cover.shape[1] - 16, yo=(HEIGHT - cover.shape[0]) // 2)
        style = {"x": 0.05, "color": LIGHT["ink"], "linespacing": 1.25}
        figure.text(y=0.56, s=title.replace(" ", "\n"), fontsize=42, weight="bold", va="bottom", **style)
        figure.text(y=0.5, s=textwrap.fill(line, 30), fontsize=19, va="top", **style)
        return _png(figure, dpi=100).getvalue()


def _png(figure, dpi):
    file = BytesIO()
    figure.savefig(file, format="png", dpi=dpi, metadata={"Software": None})
    file.seek(0)
    return file


def description(doctree, length=200):
    """The first paragraph of a page that leads to nothing below it, cut at a word."""
    for paragraph in doctree.findall(nodes.paragraph):
        inside = any(isinstance(parent, nodes.Admonition | nodes.list_item) for parent in _above(paragraph))
        if not inside and not paragraph.astext().endswith(":"):
            return textwrap.shorten(paragraph.astext(), length, placeholder=" …")
    return ""


def _above(node):
    while node := node.parent:
        yield node


def _describe(app, pagename, templatename, context, doctree):
    title = app.config.html_title or app.config.project
    own = Markup(context.get("title", "")).striptags()
    base = app.config.html_baseurl or "../" * pagename.count("/")
    home = pagename == app.config.root_doc
    tags = {
        "og:type": "book" if home else "article",
        "og:site_name": title,
        "og:title": own or title,
        "og:description": description(doctree) if doctree and not home else app.config.book_line,
        "og:image": base + CARD,
        "og:image:width": WIDTH,
        "og:image:height": HEIGHT,
        "og:image:alt": ALT,
    }
    if app.config.html_baseurl:
        tags["og:url"] = context["pageurl"]
    lines = [f'<meta name="description" content="{escape(tags["og:description"])}" />']
    lines += [f'<meta property="{name}" content="{escape(content)}" />' for name, content in tags.items()]
    lines += ['<meta name="twitter:card" content="summary_large_image" />']
    context["metatags"] = context.get("metatags", "") + "\n    " + "\n    ".join(lines)


def _draw(app, exception):
    if not exception and app.builder.format == "html":
        title = app.config.html_title or app.config.project
        (app.outdir / CARD).write_bytes(card(title, app.config.book_line))


def _place(app, config):
    config.html_baseurl = os.environ.get("BOOK_URL", config.html_baseurl)


def setup(app):
    app.add_config_value("book_line", "", "html", str)  # the book in one sentence
    app.connect("config-inited", _place, priority=100)
    app.connect("html-page-context", _describe)
    app.connect("build-finished", _draw)
    return {"parallel_read_safe": True}
