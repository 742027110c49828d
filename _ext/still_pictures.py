"""An animation and its still become one figure, with one caption and one number.

A cell tagged ``still`` belongs to the cell tagged ``animation`` before it. Its picture moves into that cell's figure;
book.css shows the one or the other: the still in print and to readers who ask for reduced motion.
"""

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform


def _pictures(cell):
    return [node for node in cell.findall(nodes.container) if node.get("nb_element") == "mime_bundle"]


class StillIntoFigure(SphinxTransform):
    default_priority = 300  # before figures are numbered

    def apply(self):
        animation = None
        cells = [node for node in self.document.findall(nodes.container) if node.get("nb_element") == "cell_code"]
        for cell in cells:
            if "tag_animation" in cell["classes"]:
                animation = cell
            elif "tag_still" in cell["classes"]:
                self._join(animation, cell)
                animation = None

    def _join(self, animation, still):
        moving, standing = _pictures(animation) if animation else [], _pictures(still)
        if len(moving) != 1 or len(standing) != 1:
            raise ExtensionError(
                f"{self.env.docname}: a cell tagged 'still' shows one picture and follows a cell tagged 'animation' "
                f"that shows one:\n{still.astext()}"
            )
        for bundle, name in ((moving[0], "animation"), (standing[0], "still")):
            for image in bundle.findall(nodes.image):
                image["classes"].append(name)
        figure = moving[0].parent
        standing[0].parent.remove(standing[0])
        figure.insert(figure.index(moving[0]) + 1, standing[0])
        still.parent.remove(still)


def setup(app):
    app.add_transform(StillIntoFigure)
    return {"parallel_read_safe": True}
