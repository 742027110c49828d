"""Print the built book: one PDF with contents, page numbers, an outline, and the solutions in an appendix.

    python tools/build_pdf.py [--html FOLDER] [--output FILE]

``make pdf`` builds the book first. The pages are joined to one (whole_book.py) and Chromium prints it, so the formulas
and the figures are those of the book, and no LaTeX is needed.
"""

import argparse
import re
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

import chromium
from whole_book import ROOT, Book

HTML = ROOT / "_build" / "html"
PDF = ROOT / "_build" / "pdf" / "counting-convolutions.pdf"
WIDTH = 612  # what A4 leaves between the margins of whole_book.css, in CSS pixels: 162 mm
SMALLEST = 0.55  # what would have to be made smaller than this is not legible
NODE = re.compile(rb"node\d{8}")
# Makes what is wider than its place fit: it shrinks, or, if it is text that would get too small, its lines break.
# Tells how much each had to shrink.
FIT = """() => [...document.querySelectorAll("pre, table, .katex-display, p > .math, li > .math, td > .math")].map(element => {
  const inside = element.matches("pre, .katex-display") ? element.scrollWidth : element.getBoundingClientRect().width
  const parent = element.parentElement, style = getComputedStyle(parent)
  const room = element.matches(".katex-display") ? element.clientWidth
    : parent.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
  if (inside <= room + 0.5 || !room) return null
  const ratio = (room - 1) / inside
  if (element.matches("pre") && ratio < 0.75) {
    element.style.whiteSpace = "pre-wrap"
    element.style.overflowWrap = "anywhere"
    return null
  }
  const shrunk = element.matches(".katex-display") ? element.firstElementChild : element
  shrunk.style.fontSize = parseFloat(getComputedStyle(shrunk).fontSize) * ratio + "px"
  return {ratio, text: element.textContent.slice(0, 60)}
}).filter(Boolean)"""


def build(html, output):
    """Print the pages in ``html`` into the file ``output``."""
    book = Book(html)
    with tempfile.TemporaryDirectory() as folder, chromium.browser() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme="light", reduced_motion="reduce")
        page.emulate_media(media="print")
        aside = Path(folder, "book.pdf")
        _print(page, book.html(), Path(folder, "book.html"), aside)
        # the page numbers of the contents are known once it is printed
        _print(page, book.html(_page_numbers(aside, book)), Path(folder, "book.html"), aside)
        output.parent.mkdir(parents=True, exist_ok=True)
        _finished(aside, book).write(output)


def _print(page, html, source, target):
    source.write_text(html, encoding="utf-8")
    page.goto(source.as_uri(), wait_until="load")
    page.evaluate("document.fonts.ready")
    for _ in range(3):  # text does not shrink quite in proportion
        for shrunk in page.evaluate(FIT):
            if shrunk["ratio"] < SMALLEST:
                sys.exit(f"Too wide for a page: {shrunk['text']!r}")
    page.pdf(path=target, prefer_css_page_size=True, print_background=True, outline=True, tagged=True)


def _page_numbers(path, book):
    pdf = PdfReader(path)
    places = pdf.named_destinations
    return {name: pdf.get_destination_page_number(places[f"/{name}"]) + 1 for _, name, _ in book.contents}


def _finished(path, book):
    """The PDF with whole headings in its outline (Chromium joins the words at a line's end) and the book's data."""
    pdf = PdfWriter(clone_from=BytesIO(_renumbered(path.read_bytes())))
    entries = list(_entries(pdf.root_object["/Outlines"]))
    if [_letters(entry["/Title"]) for entry in entries] != [_letters(heading) for heading in book.headings]:
        sys.exit("The outline of the PDF does not hold the book's headings.")
    for entry, heading in zip(entries, book.headings, strict=True):
        entry[NameObject("/Title")] = TextStringObject(heading)
    pdf.metadata = {"/Title": book.title, "/Author": book.author}  # no date: the same book gives the same file
    return pdf


def _renumbered(data):
    """Chromium names the parts of the page by a count that runs on between pages: count from 1."""
    names = sorted(set(NODE.findall(data)))
    numbers = {name: b"node%08d" % number for number, name in enumerate(names, 1)}
    return NODE.sub(lambda name: numbers[name[0]], data)  # of the same length, so the file's index holds


def _entries(parent):
    entry = parent.get("/First")
    while entry is not None:
        entry = entry.get_object()
        yield entry
        yield from _entries(entry)
        entry = entry.get("/Next")


def _letters(text):
    return "".join(text.split())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--html", type=Path, default=HTML, help="the folder of the built pages")
    parser.add_argument("--output", type=Path, default=PDF, help="the file to write")
    options = parser.parse_args()
    if not chromium.PATH:
        sys.exit(f"A browser prints the PDF, and there is {chromium.HOW_TO_GET_IT}")
    build(options.html.resolve(), options.output.resolve())
    print(f"The PDF is ready: {options.output}")


if __name__ == "__main__":
    main()
