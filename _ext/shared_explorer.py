"""The explorer's script is one file of the book; in a notebook each output carries it, since it has to stand alone.

A browser fetches the file once, after the text. It is no module: a browser loads no module into a page that is opened
as a file.
"""

from pathlib import Path

from convlib.explorer.element import script, script_element

FOLDER, NAME = "explorer_files", "explorer.js"


def _write_file(app):
    folder = Path(app.doctreedir) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_text(script(), encoding="utf-8")
    app.config.html_static_path.append(str(folder))


def _share(app, pagename, templatename, context, doctree):
    body = context.get("body", "")
    if script_element() in body:
        context["body"] = body.replace(script_element(), "")
        app.add_js_file(NAME, loading_method="defer")


def setup(app):
    app.connect("builder-inited", _write_file)
    app.connect("html-page-context", _share)
    return {"parallel_read_safe": True}
