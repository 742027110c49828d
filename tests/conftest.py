"""The built book, made once for all tests and all of pytest's workers, and a browser to look at it."""

import subprocess
import sys
from pathlib import Path

import pytest
from browser import launched
from filelock import FileLock

ROOT = Path(__file__).resolve().parent.parent


def _built(tmp_path_factory, worker_id, name):
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / name
    log = folder.with_suffix(".log")
    with FileLock(folder.with_suffix(".lock")):
        if not log.exists():
            command = [sys.executable, ROOT / "tools" / "build_book.py", "--output", folder]
            run = subprocess.run(command, capture_output=True, text=True)
            log.write_text(run.stdout + run.stderr, encoding="utf-8")
    if not folder.is_dir():
        pytest.fail(f"the book does not build:\n{log.read_text(encoding='utf-8')[-4000:]}", pytrace=False)
    return folder


@pytest.fixture(scope="session")
def book(tmp_path_factory, worker_id):
    """The folder of a cold build, made by the recipe of ``make book``."""
    return _built(tmp_path_factory, worker_id, "book")


@pytest.fixture(scope="session")
def second_book(book, tmp_path_factory, worker_id):
    """The folder of another cold build of the same sources."""
    return _built(tmp_path_factory, worker_id, "second-book")


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.fixture
def new_page(browser):
    """A function that opens a page in a context of its own, with the options given to it."""
    contexts = []

    def new_page(**options):
        contexts.append(browser.new_context(**options))
        return contexts[-1].new_page()

    yield new_page
    for context in contexts:
        context.close()
