"""Answer fields in the chapters: each numeric exercise gets its fields, each chapter a line of progress.

The keys come from convlib.practice. Without JavaScript the elements stay empty, and the exercises are as they were.
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node

from convlib.practice.bank import catalogue, encode_part
from convlib.practice.exercises import exercises, exercises_of_chapters
from convlib.practice.trainer import json_script
from convlib.practice.web import script, style

FILES = "practice_files"


def _write_files(app):
    folder = Path(app.doctreedir) / FILES
    folder.mkdir(parents=True, exist_ok=True)
    data = json.dumps(catalogue(), ensure_ascii=False, separators=(",", ":"))
    (folder / "practice.js").write_text(f"window.practiceCatalogue = {data};\n{script()}", encoding="utf-8")
    (folder / "practice.css").write_text(style(), encoding="utf-8")
    app.config.html_static_path.append(str(folder))


def _element(name, data, **attributes):
    written = "".join(f' data-{key}="{value}"' for key, value in attributes.items())
    return nodes.raw("", f"<{name}{written}>{json_script(data)}</{name}>", format="html")


def _add_fields(app, doctree, docname):
    for node in [*doctree.findall(exercise_node), *doctree.findall(exercise_enumerable_node)]:
        label = node.get("label")
        if label in exercises():
            parts = [encode_part(part) for part in exercises()[label]]
            (node.children[-1] if isinstance(node.children[-1], nodes.section) else node).append(
                _element("conv-answer", {"parts": parts}, label=label)
            )
    labels = exercises_of_chapters().get(docname.removeprefix("chapters/"), [])
    if labels:
        title = next(doctree.findall(nodes.title))
        counts = {label: len(exercises()[label]) for label in labels}
        title.parent.insert(title.parent.index(title) + 1, _element("conv-progress", {"exercises": counts}))


def _add_script(app, pagename, templatename, context, doctree):
    if "<conv-answer" in context.get("body", ""):
        app.add_js_file("practice.js", loading_method="defer")
        app.add_css_file("practice.css")


def setup(app):
    app.connect("builder-inited", _write_files)
    app.connect("doctree-resolved", _add_fields)
    app.connect("html-page-context", _add_script)
    return {"parallel_read_safe": True}
