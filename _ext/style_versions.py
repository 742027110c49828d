"""A style sheet's address changes with what it holds, since a reader's browser keeps it by its address.

Sphinx numbers the style sheets before trimmed_styles has been over them.
"""

import functools
import hashlib
import re

LINK = re.compile(r'(<link\b[^>]*?href=")([^"?]*_static/[^"?]*\.css)(?:\?[^"]*)?(")')


def _number(app, exception):
    if exception or app.builder.format != "html":
        return

    @functools.cache
    def version(path):
        return hashlib.sha256(path.read_bytes()).hexdigest()[:8]

    def numbered(link, folder):
        return f"{link[1]}{link[2]}?v={version((folder / link[2]).resolve())}{link[3]}"

    for page in app.outdir.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        page.write_text(LINK.sub(lambda link, folder=page.parent: numbered(link, folder), html), encoding="utf-8")


def setup(app):
    app.connect("build-finished", _number, priority=800)  # after trimmed_styles and trimmed_icons
    return {"parallel_read_safe": True}
