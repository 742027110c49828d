"""What a page loads, and what its reader sees of that: bytes by kind, layout shift, largest contentful paint."""

import contextlib
import functools
import threading
import time
from collections import Counter
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from urllib.parse import urlsplit

FONTS = {"woff", "woff2", "ttf", "otf"}
OBSERVE = """
window.layoutShift = 0; window.largestPaint = 0;
new PerformanceObserver(list => { for (const e of list.getEntries()) window.layoutShift += e.value })
  .observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) window.largestPaint = e.startTime })
  .observe({type: "largest-contentful-paint", buffered: true});
"""
LATENCY, RATE, PIECE = 0.04, 10e6 / 8, 8192  # of a slow host: seconds, bytes a second, bytes at a time


class Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # as hosts do, and a browser need not connect anew for each file

    def log_message(self, *_):
        pass


class Slow(Quiet):
    """A host at the end of a line that all answers share."""

    line = threading.Lock()

    def send_head(self):
        time.sleep(LATENCY)
        return super().send_head()

    def copyfile(self, source, outputfile):
        while piece := source.read(PIECE):
            with self.line:
                time.sleep(len(piece) / RATE)
            outputfile.write(piece)


@contextlib.contextmanager
def served(folder, handler=Quiet):
    """The address at which ``folder`` is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def kind(url):
    """What an address holds, by its ending; figures are what convlib drew, not the theme's pictures."""
    path = PurePosixPath(urlsplit(url).path)
    ending = path.suffix.removeprefix(".").lower()
    if "_images" in path.parts:
        return "figures"
    if ending in FONTS:
        return "fonts"
    return {"html": "HTML", "": "HTML", "css": "styles", "js": "scripts"}.get(ending, "other")


def weigh(browser, url):
    """Bytes, uncompressed, by kind, on a cold cache."""
    context = browser.new_context()
    page = context.new_page()
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(url, wait_until="networkidle")
    weight = Counter()
    for answer in answers:
        if answer.request.method == "GET":
            weight[kind(answer.url)] += len(answer.body())
    context.close()
    return weight


def watch(browser, url, width=1280, scroll=False):
    """Layout shift and largest contentful paint in milliseconds, on a cold cache."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.add_init_script(OBSERVE)
    page.goto(url, wait_until="load", timeout=60_000)
    page.evaluate("Promise.all([document.fonts.ready, window.MathJax?.startup?.promise])")
    page.wait_for_timeout(300)
    largest = page.evaluate("window.largestPaint")
    if scroll:
        for _ in range(page.evaluate("Math.ceil(document.documentElement.scrollHeight / 700)")):
            page.evaluate("scrollBy({top: 700, behavior: 'instant'})")
            page.wait_for_timeout(60)
        page.wait_for_timeout(300)
    shift = page.evaluate("window.layoutShift")
    context.close()
    return shift, largest
