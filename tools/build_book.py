"""Build the book: every notebook is run, every page is written anew, and a warning is an error.

    python tools/build_book.py [--output FOLDER]

Without ``--output`` the book lands in _build/html, and nothing is done if all that it is made of is as it was. The new
book is built aside and takes its place when it is complete, so a failed build leaves none that looks finished.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"
SOURCES = (
    "_config.yml",
    "_ext",
    "_static",
    "_templates",
    "_toc.yml",
    "chapters",
    "convlib",
    "index.md",
    "references.bib",
    "requirements.txt",
    "tools/build_book.py",
)
VARIABLES = ("BOOK_REPOSITORY_URL", "BOOK_URL")
LEFT_BY_TOOLS = {"__pycache__", ".ipynb_checkpoints"}


def fingerprint():
    """A digest of all that the book is made of: the files' names and contents, and the environment's variables.

    Jupyter Book's own cache looks at the notebooks alone, and would show old numbers after a change in convlib.
    """
    digest = hashlib.sha256(repr([os.environ.get(name) for name in VARIABLES]).encode())
    for source in SOURCES:
        path = ROOT / source
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not LEFT_BY_TOOLS.intersection(file.parts):
                for part in (file.relative_to(ROOT).as_posix().encode(), file.read_bytes()):
                    digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def build(folder):
    """Build into ``folder``, which must not exist; returns the folder of the pages, or exits."""
    jupyter_book = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    options = ["--path-output", str(folder), "--all", "-W", "-n", "--keep-going"]
    if subprocess.run([*jupyter_book, "build", str(ROOT), *options], cwd=ROOT).returncode:
        sys.exit("The book was not built: see the warnings above.")
    return folder / "_build" / "html"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="a new folder for the pages, in place of _build/html")
    output = parser.parse_args().output
    if output:
        aside = output.with_name(f".{output.name}.new")
        build(aside).rename(output)
        shutil.rmtree(aside)
        return
    stamp = HTML.parent / "html.fingerprint"
    now = fingerprint()
    if HTML.is_dir() and stamp.is_file() and stamp.read_text() == now:
        print("Nothing has changed since the book was built.")
    else:
        aside = HTML.parent / ".new"
        stamp.unlink(missing_ok=True)
        for old in (aside, HTML):
            shutil.rmtree(old, ignore_errors=True)
        build(aside).rename(HTML)
        shutil.rmtree(aside)
        stamp.write_text(now)
    print(f"The book is ready: open {HTML / 'index.html'}")


if __name__ == "__main__":
    main()
