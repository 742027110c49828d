"""What is stored in the chapters: everything is executed, nothing depends on the machine or the hour."""

import re
import sys
from pathlib import Path
from statistics import median

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from execute_notebooks import METADATA, picture_alt  # noqa: E402

CHAPTERS = sorted(ROOT.glob("chapters/*.ipynb"))
AGAIN = "run `make notebooks`"
# None of nbval's own tags, which would keep a cell from being compared.
TAGS = {"animation", "answer", "still", "test", "hide-input", "hide-output", "hide-cell", "remove-cell", "remove-input"}
TAGS_OF_HIDDEN_CODE = {"hide-input", "hide-cell", "remove-cell", "remove-input"}
MOST_LINES, MEDIAN_LINES = 15, 5
SHORTEST_ALT = 30

FORBIDDEN = {
    "a memory address": r"\b0x[0-9a-fA-F]{6,}",
    "an absolute path": r"(?<![\w:/.])/(?:home|root|tmp|usr|opt|var|mnt|etc|private|Users|work)/|\b[A-Z]:\\",
    "a time of day": r"\b\d{1,2}:\d{2}:\d{2}\b",
    "a date": r"\b20\d\d-\d\d-\d\d\b",
    "a duration": r"\b\d+(?:\.\d+)? ?(?:ns|µs|us|ms|seconds?|secs?|minutes?|hours?)\b|\b\d+\.\d+ ?s\b",
    "a temporary name": r"\btmp[a-z0-9_]{6,}|ipykernel_\d+",
}


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return set(cell.metadata.get("tags", []))


def texts(cell):
    """Every text among a cell's outputs, SVG included; pictures made of pixels are left out."""
    for output in cell.outputs:
        if output.output_type == "stream":
            yield output.text
        for mime_type, data in output.get("data", {}).items():
            if mime_type == "image/svg+xml" or not mime_type.startswith("image/"):
                yield data if isinstance(data, str) else str(data)


def pictures(cell):
    for output in cell.outputs:
        for mime_type in output.get("data", {}):
            if mime_type.startswith("image/"):
                yield mime_type, output.get("metadata", {}).get(mime_type, {})


def test_there_are_chapters():
    assert CHAPTERS


def test_every_cell_is_executed_in_order(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1)), f"execution counts {counts}: {AGAIN}"


def test_no_cell_failed_or_complained(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            assert output.output_type != "error", f"{output.get('ename')} is stored under:\n{cell.source}"
            assert output.get("name") != "stderr", f"a message on stderr is stored under:\n{cell.source}"


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_output_depends_on_the_run(notebook, what):
    for cell in code_cells(notebook):
        for text in texts(cell):
            found = re.search(FORBIDDEN[what], text)
            assert not found, f"{what}, {found[0]!r}, is stored under:\n{cell.source}"


def test_cells_are_short(notebook):
    for cell in code_cells(notebook):
        assert len(cell.source.splitlines()) <= MOST_LINES, f"longer than {MOST_LINES} lines:\n{cell.source}"
    lengths = [len(cell.source.splitlines()) for cell in code_cells(notebook) if not tags(cell) & TAGS_OF_HIDDEN_CODE]
    assert not lengths or median(lengths) <= MEDIAN_LINES


def test_every_picture_has_words(notebook):
    for cell in code_cells(notebook):
        for mime_type, details in pictures(cell):
            assert mime_type in ("image/svg+xml", "image/gif"), (
                f"{mime_type}: nbval does not compare it:\n{cell.source}"
            )
            alt = details.get("alt", "")
            assert len(alt) >= SHORTEST_ALT, f"a picture with too few words for it ({alt!r}):\n{cell.source}"
        stored = cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
        assert stored == picture_alt(cell), (
            f"metadata.mystnb.image.alt is not the picture's alt; {AGAIN}:\n{cell.source}"
        )


def test_a_still_follows_its_animation(notebook):
    cells = code_cells(notebook)
    animations = [index for index, cell in enumerate(cells) if "animation" in tags(cell)]
    stills = [index for index, cell in enumerate(cells) if "still" in tags(cell)]
    assert stills == [index + 1 for index in animations], "the cell after one tagged 'animation' is tagged 'still'"
    for index in stills:
        assert "figure" not in cells[index].metadata.mystnb, (
            f"a still stands in its animation's figure:\n{cells[index].source}"
        )


def test_a_cell_of_tests_is_hidden(notebook):
    for cell in code_cells(notebook):
        assert "test" not in tags(cell) or "remove-cell" in tags(cell), f"tag it remove-cell, too:\n{cell.source}"


def test_metadata_is_minimal(notebook):
    assert notebook.metadata == METADATA, AGAIN
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags", "mystnb"}, f"{dict(cell.metadata)} in the cell\n{cell.source}"
        assert tags(cell) <= TAGS, f"{sorted(tags(cell) - TAGS)} is none of {sorted(TAGS)}"
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
