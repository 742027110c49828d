"""The text is on the screen sooner: one style sheet in place of a dozen, and the scripts behind the text.

A browser draws nothing until it has all style sheets and scripts of a page's head. It reads no further at a script that
stands behind a style sheet, until it has that style sheet. And it fetches what the page names all at the same time, so
the scripts that can wait are named by a script: they do not share the line with the style sheet.
"""

import hashlib
import json
import posixpath
import re

from sphinx.errors import ExtensionError

BUNDLE = "styles.css"
LINK = re.compile(r'[ \t]*<link\b[^>]*?href="(?:\.\./)*_static/([^"?]*\.css)[^"]*"[^>]*>\n?')
IMPORT = re.compile(r'@import (?:url\()?["\']?([^"\');]+)["\']?\)?;')
ADDRESS = re.compile(r"""url\((["']?)(?!data:|https?:|#)([^)"']+)\1\)""")
# the scripts that set the theme must run before anything is drawn; they have this attribute
EARLY = re.compile(r"[ \t]*<script data-cfasync\b.*?</script>\n?", re.DOTALL)
SCRIPT = re.compile(r"[ \t]*<script(?! data-cfasync)\b.*?</script>\n?", re.DOTALL)
DEFERRED = re.compile(r'[ \t]*<script\b[^>]*\bdefer\b[^>]*\bsrc="([^"]+)"[^>]*></script>\n?')
# it stands at the end of the page, and runs when the style sheet is there; the scripts keep their order
FETCH = """<script>
for (const src of %s)
  document.body.append(Object.assign(document.createElement("script"), { src, async: false }));
</script>
"""


def bundle(static, names):
    """The style sheets of these names as one, which stands in the folder ``static``."""
    return '@charset "UTF-8";\n' + "\n".join(_whole(static, name) for name in names)


def _whole(static, name):
    style = (static / name).read_text(encoding="utf-8").removeprefix('@charset "UTF-8";')
    folder = posixpath.dirname(name)

    def beside(path):
        return posixpath.normpath(posixpath.join(folder, path))

    parts = IMPORT.split(style)  # rules, what is imported, rules, ...
    parts[::2] = [ADDRESS.sub(lambda url: f"url({beside(url[2])})", rules) for rules in parts[::2]]
    parts[1::2] = [_whole(static, beside(other)) for other in parts[1::2]]
    return "".join(parts)


def longest(lists):
    """The longest of the lists, of which all others must be a part, in the same order."""
    whole = max(lists, key=len)
    for names in lists:
        if [name for name in whole if name in names] != names:
            raise ExtensionError(f"style sheets in no common order: {names} and {whole}")
    return whole


def quick(html, up, version):
    """The page with one style sheet, behind the scripts that set the theme, and with the other scripts of its head at
    its end."""
    head, body = html.split("</head>", 1)
    if not LINK.search(head):
        return html
    early, scripts = ("".join(kind.findall(head)) for kind in (EARLY, SCRIPT))
    for kind in (LINK, EARLY, SCRIPT):
        head = kind.sub("", head)
    link = f'    <link rel="stylesheet" href="{up}_static/{BUNDLE}?v={version}" />\n'
    body, end = body.rsplit("</body>", 1)
    late = f"{body}{scripts}".replace("<script src=", '<script fetchpriority="low" src=')
    head = head.replace('data-theme="auto"', 'data-theme="light"')  # a theme that only a script can name has no colours
    fetched = FETCH % json.dumps(DEFERRED.findall(late))
    return f"{head}{early}{link}</head>{DEFERRED.sub('', late)}{fetched}</body>{end}"


def _hasten(app, exception):
    if exception or app.builder.format != "html":
        return
    static = app.outdir / "_static"
    pages = {
        page: page.read_text(encoding="utf-8") for page in app.outdir.rglob("*.html") if static not in page.parents
    }
    style = bundle(static, longest([LINK.findall(html) for html in pages.values()]))
    (static / BUNDLE).write_text(style, encoding="utf-8")
    version = hashlib.sha256(style.encode()).hexdigest()[:8]
    for page, html in pages.items():
        up = "../" * (len(page.relative_to(app.outdir).parts) - 1)
        page.write_text(quick(html, up, version), encoding="utf-8")


def setup(app):
    app.connect("build-finished", _hasten, priority=800)  # after trimmed_styles and trimmed_fonts
    return {"parallel_read_safe": True}
