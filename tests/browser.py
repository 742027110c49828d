"""What the tests need to look at pages: a browser, a server, a list of what goes wrong."""

import os
from contextlib import contextmanager

import pytest

import chromium

WIDTHS = {"desktop": 1280, "phone": 390}


def skip_without_chromium():
    """Skip the module that is being imported; in CI a missing browser is a failure, which its fixture reports."""
    if not chromium.PATH and os.environ.get("CI") != "true":
        pytest.skip(chromium.HOW_TO_GET_IT, allow_module_level=True)


@contextmanager
def launched():
    """A browser, closed afterwards."""
    assert chromium.PATH, chromium.HOW_TO_GET_IT
    with chromium.browser() as browser:
        yield browser


def complaints(page):
    """A list that fills with what goes wrong on the page: failed requests, console messages, uncaught errors."""
    found = []
    # ERR_ABORTED: the test went on to the next page before the answer came
    page.on(
        "requestfailed",
        lambda request: (
            request.failure == "net::ERR_ABORTED" or found.append(f"failed: {request.url}: {request.failure}")
        ),
    )
    page.on("response", lambda answer: answer.status < 400 or found.append(f"{answer.status}: {answer.url}"))
    page.on("console", lambda m: m.type in ("error", "warning") and found.append(f"{page.url}: {m.text}"))
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    return found
