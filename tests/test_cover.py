"""The picture of the landing page and the README is the one that convlib draws."""

from pathlib import Path

from convlib import figures

COVER = Path(__file__).parent.parent / "_static" / "cover.svg"


def test_the_cover_is_drawn_by_convlib():
    assert COVER.read_text(encoding="utf-8") == figures.convolution(5, 3, stride=2, padding=1).data, (
        "run: make notebooks"
    )
