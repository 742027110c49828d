"""The built book: complete, the same every time, with nothing broken in it and nothing fetched from elsewhere."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
# What a page fetches by itself; a link to follow is not among them.
FETCHED = [("script", "src"), ("link", "href"), ("iframe", "src"), ("object", "data"), ("embed", "src")] + [
    (tag, attribute) for tag in ("img", "source", "video", "audio") for attribute in ("src", "srcset", "poster")
]
LEFT_OVER = r"\$\$|\{(?:glue|ref|numref|eq|doc|cite|math|term|exercise|solution)[^}\s]*\}|:::|\[\?\]"


@pytest.fixture(scope="module")
def pages(book):
    paths = [path for path in sorted(book.rglob("*.html")) if "_static" not in path.parts]
    return {path: BeautifulSoup(path.read_bytes(), "html.parser") for path in paths}


def toc_files(entry):
    if isinstance(entry, list):
        return [file for item in entry for file in toc_files(item)]
    own = [entry[key] for key in ("root", "file") if key in entry]
    return own + [f for key in ("parts", "chapters", "sections") for f in toc_files(entry.get(key, []))]


def test_the_toc_lists_exactly_the_chapters():
    listed = toc_files(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
    there = [
        path.relative_to(ROOT).with_suffix("").as_posix()
        for path in ROOT.glob("chapters/*")
        if path.suffix in (".ipynb", ".md")
    ]
    assert sorted(listed) == sorted(["index", *there])


def test_every_chapter_is_built(book):
    for name in toc_files(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))):
        assert (book / f"{name}.html").is_file()


def test_two_cold_builds_are_byte_identical(book, second_book):
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (book, second_book)
    )
    assert sorted(first) == sorted(second)
    assert [str(name) for name in sorted(first) if first[name] != second[name]] == []


def test_every_picture_has_words(pages):
    for path, page in pages.items():
        for image in page.find_all("img"):
            alt = image.get("alt")
            assert alt is not None, f"{path.name}: {image} has no alt"
            assert alt or not image.find_parent("main"), f"{path.name}: {image} has an empty alt"
            assert not re.search(r"\.(svg|gif|png|jpe?g)$|^_images|/_", alt), f"{path.name}: the alt {alt!r} is a path"


def test_every_internal_link_resolves(pages):
    ids = {path: {tag["id"] for tag in page.find_all(id=True)} for path, page in pages.items()}
    broken = []
    for path, page in pages.items():
        for tag, attribute in [("a", "href"), *FETCHED]:
            for element in page.find_all(tag, **{attribute: True}):
                link = urlsplit(element[attribute].split(" ")[0])
                if link.scheme or link.netloc:
                    continue
                target = (path.parent / unquote(link.path)).resolve() if link.path else path
                if not target.is_file():
                    broken.append(f"{path.name}: {element[attribute]}")
                elif link.fragment and target in ids and unquote(link.fragment) not in ids[target]:
                    broken.append(f"{path.name}: {element[attribute]} (no such place on the page)")
    assert broken == []


def test_every_page_has_one_heading_of_the_first_rank(pages):
    for path, page in pages.items():
        headings = [heading for heading in page.find_all("h1") if not heading.find_parent(class_="onlyprint")]
        assert len(headings) == 1, f"{path.name}: {[heading.text for heading in headings]}"


def test_nothing_is_fetched_from_another_host(book, pages):
    fetched = [
        f"{path.name}: {element[attribute]}"
        for path, page in pages.items()
        for tag, attribute in FETCHED
        for element in page.find_all(tag, **{attribute: True})
        if re.match(r"(https?:)?//", element[attribute]) and "canonical" not in element.get("rel", [])
    ]
    for path in book.rglob("*.css"):
        style = path.read_text(encoding="utf-8")
        fetched += [
            f"{path.name}: {url}" for url in re.findall(r"(?:url\(|@import )[\"']?((?:https?:)?//[^\"')]+)", style)
        ]
    assert fetched == []


def test_no_markup_is_left_over(pages):
    for path, page in pages.items():
        article = page.find("main")
        assert not article.find(class_="problematic"), f"{path.name}: {article.find(class_='problematic')}"
        for code in article.find_all(["pre", "code", "annotation", "script"]):
            code.decompose()
        found = re.search(LEFT_OVER, article.get_text())
        assert not found, f"{path.name}: {article.get_text()[max(0, found.start() - 40) : found.end() + 40]!r}"


def test_a_link_to_a_page_shows_a_card(book, pages):
    for path, page in pages.items():
        if path.name == "404.html":
            continue
        card = {tag["property"]: tag["content"] for tag in page.find_all("meta", property=re.compile("^og:"))}
        assert card["og:title"] in page.title.text
        assert 20 <= len(card["og:description"]) <= 205, f"{path.name}: {card['og:description']}"
        with Image.open(path.parent / card["og:image"]) as image:
            assert image.size == (int(card["og:image:width"]), int(card["og:image:height"]))
        assert (path.parent / page.find("link", rel="icon")["href"]).is_file()
    said = {
        page.find("meta", attrs={"name": "description"})["content"]
        for path, page in pages.items()
        if path.name != "404.html"
    }
    assert len(said) > 3


def test_fonts_hold_what_the_book_draws_and_no_more(book):
    fonts = {path.stem: path for path in book.rglob("*.woff2")}
    glyphs = {}
    for name, path in fonts.items():
        with TTFont(path) as font:
            glyphs[name] = set(map(chr, font.getBestCmap()))
    assert glyphs["fa-solid-900"] >= set("\uf0c9\uf019\uf002")  # the sidebar, download, search
    assert glyphs["KaTeX_Math-Italic"] >= set("HWFPSDCβγ")
    assert not glyphs["KaTeX_Main-Regular"] & set("\uf0c9♡∀")
    assert sum(path.stat().st_size for path in fonts.values()) < 100_000 and not [*book.rglob("*.ttf")]
    used = "".join(path.read_text(encoding="utf-8") for path in book.rglob("*.css"))
    assert [path.name for path in fonts.values() if path.name not in used] == []


def test_the_explorers_script_is_one_file(book, pages):
    with_explorer = {path.stem: page for path, page in pages.items() if page.find("conv-explorer")}
    assert {"output_size", "parameters", "alexnet"} == set(with_explorer)
    for name, page in with_explorer.items():
        scripts = [script for script in page.find_all("script") if "explorer.js" in str(script)]
        assert len(scripts) == 1 and "ConvExplorer" not in page.get_text() + str(scripts), name
    assert "ConvExplorer" in (book / "_static" / "explorer.js").read_text(encoding="utf-8")
