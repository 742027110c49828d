"""The script and the style of the answer fields and the drills, in one piece each, for a page without a server."""

from importlib.resources import files

_PIECES = ("judge.js", "store.js", "field.js", "trainer.js")


def script():
    """The script: it registers ``<conv-answer>``, ``<conv-progress>`` and ``<conv-practice>``, once a page."""
    pieces = "".join(files(__name__).joinpath(piece).read_text(encoding="utf-8") for piece in _PIECES)
    return f'(() => {{\nif (customElements.get("conv-practice")) return;\n{pieces}}})();\n'


def style():
    """The style."""
    return files(__name__).joinpath("practice.css").read_text(encoding="utf-8")
