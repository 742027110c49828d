"""Where the system's Chromium is, and how it is started: quietly, looking for no updates and no hosts of its own."""

import contextlib
import shutil

from playwright.sync_api import sync_playwright

PATH = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
HOW_TO_GET_IT = "no Chromium: `apt-get install chromium`, `brew install --cask chromium`, or chromium.org"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
FLAGS += ["--disable-component-update"]


@contextlib.contextmanager
def browser():
    """A running browser. Only where ``PATH`` is not None."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PATH, args=FLAGS)
        yield browser
        browser.close()
