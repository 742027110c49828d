"""What the tests need to look at pages: a browser, a server, a list of what goes wrong."""

import functools
import os
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

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


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    """The address of a server for ``folder``, stopped afterwards."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def complaints(page):
    """A list that fills with what goes wrong on the page: failed requests, console messages, uncaught errors."""
    found = []
    page.on("requestfailed", lambda request: found.append(f"failed: {request.url}"))
    page.on("response", lambda answer: answer.status < 400 or found.append(f"{answer.status}: {answer.url}"))
    page.on("console", lambda m: m.type in ("error", "warning") and found.append(f"{page.url}: {m.text}"))
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    return found
