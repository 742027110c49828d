"""The book on paper: whole, in order, within its margins, with links that lead somewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
import yaml
from bs4 import BeautifulSoup
from pypdf import PdfReader

import chromium
import vector_hatch

if not chromium.PATH and os.environ.get("CI") != "true":
    pytest.skip(chromium.HOW_TO_GET_IT, allow_module_level=True)

ROOT = Path(__file__).resolve().parent.parent
MILLIMETRE = 72 / 25.4
LEFT, TOP, RIGHT, BOTTOM = (side * MILLIMETRE for side in (24, 22, 24, 24))  # the margins in tools/whole_book.css
ROUNDING = 2  # points: how far a letter's box may stand out of its line


@pytest.fixture(scope="module")
def path(book, tmp_path_factory):
    path = tmp_path_factory.mktemp("pdf") / "book.pdf"
    command = [sys.executable, ROOT / "tools" / "build_pdf.py", "--html", book, "--output", path]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return path


@pytest.fixture(scope="module")
def pdf(path):
    return PdfReader(path)


@pytest.fixture(scope="module")
def texts(path):
    pages = pypdfium2.PdfDocument(path)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pages]


@pytest.fixture(scope="module")
def chapters(book):
    """The pages in the order of the contents."""
    names = [entry["file"] for entry in yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["chapters"]]
    return [BeautifulSoup((book / f"{name}.html").read_bytes(), "html.parser") for name in names]


def words(text):
    """Without what a line's end does to them."""
    return re.sub(r"[\s\u200b\ufffe-]+", "", text)


def title(tag):
    return "".join(tag.find_all(string=True, recursive=False))


def outline(entries):
    for entry in entries:
        if isinstance(entry, list):
            yield from outline(entry)
        else:
            yield entry


def test_every_chapter_is_in_the_outline_in_order_and_begins_on_the_page_it_names(pdf, texts, chapters):
    ranks = [entry for entry in pdf.outline if not isinstance(entry, list)]
    titles = [title(chapter.find("main").select_one("article h1")) for chapter in chapters]
    assert [entry.title for entry in ranks] == ["About this book", *titles, "Solutions"]
    for entry in ranks:
        page = texts[pdf.get_destination_page_number(entry)]
        assert words(page.lstrip(" 0123456789")).startswith(words(entry.title))
    sections = [heading for chapter in chapters for heading in chapter.select("article h2")]
    inner = {words(entry.title) for entry in outline(pdf.outline)}
    assert {words(heading.get_text().removesuffix("#")) for heading in sections} <= inner


def test_the_contents_name_the_right_pages(pdf, texts):
    first = next(entry for entry in pdf.outline if not isinstance(entry, list))
    contents = " ".join(texts[1 : pdf.get_destination_page_number(first)])
    for entry in pdf.outline:
        if not isinstance(entry, list):
            assert f"{entry.title} {pdf.get_destination_page_number(entry) + 1}" in contents


def test_the_formula_sheet_and_the_list_of_symbols_are_a_page_each(pdf):
    pages = {e.title: pdf.get_destination_page_number(e) for e in pdf.outline if not isinstance(e, list)}
    assert pages["Notation"] - pages["Formula sheet"] == pages["Bibliography"] - pages["Notation"] == 1


def test_every_solution_stands_once_and_after_all_exercises(texts, chapters):
    book = words(" ".join(texts))
    exercises = [
        words(tag.get_text()) for chapter in chapters for tag in chapter.select("div.exercise > .admonition-title")
    ]
    solutions = [
        words(tag.get_text()) for chapter in chapters for tag in chapter.select(".solution > .admonition-title")
    ]
    assert solutions
    assert [book.count(solution) for solution in solutions] == [1] * len(solutions)
    places = [book.index(solution) for solution in solutions]
    assert places == sorted(places)
    # an exercise's title stands in its solution's too; its first place is its own
    assert max(book.index(exercise) for exercise in exercises) < places[0]


def test_every_inner_link_leads_to_a_place(pdf):
    links = [annotation.get_object() for page in pdf.pages for annotation in page.get("/Annots") or [] if annotation]
    inner = [
        link["/Dest"] if "/Dest" in link else link["/A"].get("/D") for link in links if "/URI" not in link.get("/A", {})
    ]
    assert len(inner) > 100
    assert {str(place) for place in inner} <= set(pdf.named_destinations)
    assert all(pdf.get_destination_page_number(place) >= 0 for place in pdf.named_destinations.values())
    outer = {link["/A"]["/URI"] for link in links if "/URI" in link.get("/A", {})}
    assert all(url.startswith("https://") for url in outer), outer


def test_nothing_stands_in_the_margins(path):
    outside = []
    for number, page in enumerate(pypdfium2.PdfDocument(path), 1):
        width, height = page.get_size()
        text = page.get_textpage()
        for index in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(index)
            if right <= left or (bottom < BOTTOM - ROUNDING and left > width / 2 - 20 and right < width / 2 + 20):
                continue  # a space, or the page's number
            if (
                left < LEFT - ROUNDING
                or right > width - RIGHT + ROUNDING
                or top > height - TOP + ROUNDING
                or bottom < BOTTOM - ROUNDING
            ):
                outside.append((number, text.get_text_range(index, 1)))
    assert outside == []


def test_pages_are_numbered_and_none_is_empty(texts):
    assert not re.search(r"\d$", texts[0].removesuffix("authors"))
    for number, text in enumerate(texts[1:], 2):
        assert text.endswith(f" {number}") or text.startswith(f"{number} "), f"page {number}: {text[-40:]!r}"
        assert len(text) > 20, f"page {number}: {text!r}"


def test_figures_are_vectors_and_animations_stand_still(path, chapters):
    images = [
        (number, image.get_bounds())
        for number, page in enumerate(pypdfium2.PdfDocument(path), 1)
        for image in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=9)
    ]
    assert images == []


def test_hatching_becomes_lines():
    pattern = '<pattern id="h" patternUnits="userSpaceOnUse" x="0" y="0" width="72" height="72"><path d="M 0 0 L 9 9"/></pattern>'
    shape = '<path d="M 70 10 L 80 10 L 80 20 z" style="fill: url(#h); stroke: red"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><defs>{pattern}</defs>{shape}</svg>'
    lines = vector_hatch.with_lines(svg)
    assert "pattern" not in lines
    assert lines.count("<use ") == 2  # the shape touches two tiles
    assert "fill: none; stroke: red" in lines
    assert vector_hatch.with_lines("<svg/>") == "<svg/>"


def test_the_same_book_gives_the_same_pdf(path, book, tmp_path):
    again = tmp_path / "again.pdf"
    subprocess.run([sys.executable, ROOT / "tools" / "build_pdf.py", "--html", book, "--output", again], check=True)
    assert again.read_bytes() == path.read_bytes()
