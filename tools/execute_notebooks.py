"""Run the chapters from top to bottom and store what they print.

    python tools/execute_notebooks.py [notebook ...]

Without arguments: every notebook in chapters/. What is written depends on the code alone: no times, no version of the
machine, and the cells keep their ids. A picture's words (``alt``), which convlib puts beside the picture, are copied to
the cell's metadata, where the book's builder reads them.
"""

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class NotebookError(Exception):
    """A notebook that cannot be stored, and why."""


def picture_alt(cell):
    """The words that go with the pictures among a cell's outputs; None if they show no picture."""
    words = [
        details["alt"]
        for output in cell.get("outputs", [])
        for mime_type, details in output.get("metadata", {}).items()
        if mime_type.startswith("image/") and details.get("alt")
    ]
    return " ".join(words) or None


def execute(notebook, folder):
    """Run ``notebook`` in place, in ``folder``, and tidy what it stores."""
    notebook.metadata = nbformat.from_dict(METADATA)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,  # how a kernel cuts what a cell prints is a matter of timing
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise NotebookError(str(error)) from None
    notebook.metadata = nbformat.from_dict(METADATA)  # the kernel adds the version of the Python it runs on
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata.pop("execution", None)
        complaints = [output.text for output in cell.outputs if output.get("name") == "stderr"]
        if complaints:
            raise NotebookError(f"cell {cell.id} writes to stderr:\n{''.join(complaints)}\n{cell.source}")
        if alt := picture_alt(cell):
            cell.metadata.setdefault("mystnb", {}).setdefault("image", {})["alt"] = alt


def main(paths):
    paths = [Path(path) for path in paths] or sorted(ROOT.glob("chapters/*.ipynb"))
    for path in paths:
        print(f"{path} ...", end=" ", flush=True)
        notebook = nbformat.read(path, as_version=4)
        try:
            execute(notebook, path.parent)
        except NotebookError as error:
            print("failed; the file is as it was")
            sys.exit(str(error))
        nbformat.validate(notebook)
        new = path.with_name(f".{path.name}.new")
        nbformat.write(notebook, new)
        os.replace(new, path)
        print(f"{sum(cell.cell_type == 'code' for cell in notebook.cells)} cells")


if __name__ == "__main__":
    main(sys.argv[1:])
