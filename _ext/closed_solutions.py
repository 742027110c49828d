"""A solution is closed until the reader opens it, with scripts or without: it becomes a ``details`` element."""

from html import escape

from docutils import nodes
from sphinx_exercise.nodes import solution_node


def _close(app, doctree, docname):
    """The title becomes the line that opens the solution; a link in it would be in the way."""
    if app.builder.format != "html":
        return
    for node in doctree.findall(solution_node):
        title = node.children[0]
        text = f'<summary class="admonition-title">{escape(title.astext())}</summary>'
        node.replace(title, nodes.raw("", text, format="html"))


def _visit(translator, node):
    label = node["target_label"]
    translator.body.append(translator.starttag(node, "details", CLASS="admonition", **{"data-exercise": label}))


def _depart(translator, node):
    translator.body.append("</details>\n")


def setup(app):
    app.setup_extension("sphinx_exercise")
    app.add_node(solution_node, override=True, html=(_visit, _depart))
    app.connect("doctree-resolved", _close, priority=900)  # after the numbers of the exercises are in
    return {"parallel_read_safe": True}
