"""The built pages joined to one: for paper, where nothing moves, opens or links to another page.

Each chapter's ids get the chapter's name before them, links between pages become links within the page, and the
solutions move from under their exercises to an appendix.
"""

import base64
import posixpath
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from bs4 import BeautifulSoup

from vector_hatch import with_lines

ROOT = Path(__file__).resolve().parent.parent
PREFACE = "About this book"
APPENDIX = "Solutions"
SVG_IN_PAGE = "data:image/svg+xml,"
ON_SCREEN_ONLY = "script, style, template, .headerlink, .copybtn, .katex-mathml, img.animation, .toctree-wrapper"
STYLES = ("_static/pygments.css", "_static/katex/katex.min.css")


class Book:
    """The whole book as one page. ``html`` is complete but for the page numbers of the contents."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.page = BeautifulSoup("", "html.parser")
        home = self._read("index")
        self.title = home.find("h1").find(string=True)
        self.author = home.select_one(".component-author").get_text(strip=True).removeprefix("By ")
        self.line = home.find("meta", attrs={"name": "description"})["content"]
        self.names = ["index"]
        for link in home.select("nav.bd-docs-nav ul.bd-sidenav a[href]"):
            name = link["href"].removesuffix(".html")
            if name != "#" and name not in self.names:
                self.names.append(name)
        self.chapters = [self._chapter(name) for name in self.names]
        self.solutions = self._take_solutions()
        self._inner_links()
        self.headings = [h.get_text() for part in [*self.chapters, self.solutions] for h in part.select("h1, h2, h3")]
        # what the contents list: rank, id and heading
        self.contents = [entry for part in [*self.chapters, self.solutions] for entry in _headings(part)]

    def html(self, page_numbers=None):
        """The page; ``page_numbers`` by id go into the contents."""
        head = "".join(f'<link rel="stylesheet" href="{(self.folder / style).as_uri()}">' for style in STYLES)
        head += f'<link rel="stylesheet" href="{(ROOT / "tools" / "whole_book.css").as_uri()}">'
        cover = (ROOT / "_static" / "cover.svg").as_uri()
        numbers = page_numbers or {}
        lines = "".join(
            f'<li class="{rank}"><a href="#{name}"><span>{heading}</span><span>{numbers.get(name, "")}</span></a></li>'
            for rank, name, heading in self.contents
        )
        return (
            f'<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{self.title}</title>'
            f'{head}</head><body><header class="title-page"><p class="title">{self.title}</p><p>{self.line}</p>'
            f'<img src="{cover}" alt=""><p class="author">{self.author}</p></header><nav class="contents"><p class="heading">Contents</p><ol>{lines}</ol>'
            f"</nav>{''.join(map(str, [*self.chapters, self.solutions]))}</body></html>"
        )

    def _read(self, name):
        return BeautifulSoup((self.folder / f"{name}.html").read_bytes(), "html.parser")

    def _tag(self, name, text=None, **attributes):
        tag = self.page.new_tag(name, attrs=attributes)
        if text is not None:
            tag.string = text
        return tag

    def _chapter(self, name):
        article = self._read(name).select_one("article.bd-article")
        for tag in article.select(ON_SCREEN_ONLY):
            tag.decompose()
        for folded in article.select("details"):
            _unfold(folded)
        for formula in article.select(".katex-html"):
            del formula["aria-hidden"]  # what stood beside it for screen readers is gone
        for image in article.find_all("img"):
            image["src"] = _on_paper(image["src"], self.folder / posixpath.dirname(name))
            image.attrs.pop("loading", None)
            if int(image.get("width", 0)) > 1.9 * int(image.get("height", 1)):
                image["class"] = [*image.get("class", []), "wide"]
        _prefix(article, name)
        chapter = self._tag("section", id=_slug(name), **{"class": "chapter"})
        for child in list(article.children):
            chapter.append(child.extract())
        if name == "index":
            chapter.h1.string = PREFACE
            for image in chapter.find_all("img"):  # it is on the title page
                (image.find_parent("figure") or image).decompose()
        return chapter

    def _take_solutions(self):
        appendix = self._tag("section", id=_slug(APPENDIX.lower()), **{"class": "chapter appendix"})
        appendix.append(self._tag("h1", APPENDIX))
        for chapter in self.chapters:
            found = chapter.select(".solution")
            if found:
                part = self._tag("section", id=_slug(appendix["id"], chapter["id"]))
                part.append(self._tag("h2", chapter.h1.get_text()))
                appendix.append(part)
            for solution in found:
                part.append(solution.extract())
                self._lead_to(solution, chapter)
        return appendix

    def _lead_to(self, solution, chapter):
        """Puts a link to the solution into the title of its exercise."""
        exercise = chapter.find(id=_slug(chapter["id"], solution["data-exercise"]))
        title = exercise.select_one(".admonition-title")
        title.append(self._tag("a", "Solution", href=f"#{solution['id']}", **{"class": "to-solution"}))

    def _inner_links(self):
        """Links become links within the page; one that leads to a file of the book becomes plain text."""
        ids = {tag["id"] for part in [*self.chapters, self.solutions] for tag in part.find_all(id=True)}
        ids |= {part["id"] for part in [*self.chapters, self.solutions]}
        for part in [*self.chapters, self.solutions]:
            for link in part.find_all("a", href=True):
                if urlsplit(link["href"]).scheme or link.get("class") == ["to-solution"]:
                    continue
                target = self._target(link["href"], link["data-page"])
                if target in ids:
                    link["href"] = f"#{target}"
                else:
                    link.unwrap()
        for part in [*self.chapters, self.solutions]:
            for link in part.find_all("a", attrs={"data-page": True}):
                del link["data-page"]

    def _target(self, href, page):
        link = urlsplit(href)
        if link.path:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(link.path)))
            page = path.removesuffix(".html")
        return _slug(page, unquote(link.fragment)) if link.fragment else _slug(page)


def _headings(chapter):
    yield "chapter", chapter["id"], chapter.h1.get_text()
    for heading in chapter.find_all("h2"):
        yield "section", heading.find_parent("section")["id"], heading.get_text()


def _on_paper(source, folder):
    """The address of a picture; one with hatching holds its own drawing."""
    if source.startswith(SVG_IN_PAGE):
        return SVG_IN_PAGE + quote(with_lines(unquote(source.removeprefix(SVG_IN_PAGE))))
    path = (folder / source).resolve()
    if path.suffix == ".svg" and (svg := path.read_text(encoding="utf-8")) != (new := with_lines(svg)):
        return "data:image/svg+xml;base64," + base64.b64encode(new.encode()).decode()
    return path.as_uri()


def _slug(page, place=None):
    name = page.rpartition("/")[2]
    return f"{name}--{place}" if place else name


def _prefix(article, page):
    """Ids get the page's name before them; links keep in mind which page they stood on."""
    for tag in article.find_all(id=True):
        tag["id"] = _slug(page, tag["id"])
    for link in article.find_all("a", href=True):
        link["data-page"] = page


def _unfold(details):
    """What a reader may unfold: code that does not teach stays away from paper, anything else is shown."""
    if "above-input" in details.get("class", []):
        details.decompose()
    elif "solution" in details.get("class", []):
        details.name = "div"
        title, details.summary.name = details.summary, "p"
        link = BeautifulSoup("", "html.parser").new_tag("a", href=f"#{details['data-exercise']}")
        link.extend(list(title.contents))
        title.append(link)
    else:
        if details.summary:
            details.summary.decompose()
        details.name = "div"
