"""No number in the prose without code behind it.

In a chapter, each number of two digits or more that the prose, a formula, a table or a caption holds is also a number
in the code of the same section, or in what that code prints. A section goes from one `##` to the next; an exercise is
a section of its own, with its solution. A number of four digits or more must be *computed* there: printed by a cell,
or asserted. Where the text needs it and no visible cell shows it, a hidden cell tagged `test` asserts it.

index.md, README.md and chapters without code are compared with the numbers computed here.
"""

import ast
import io
import re
import tokenize
from decimal import Decimal
from pathlib import Path

import nbformat
import pytest

from convlib import conv_parameters, linear_parameters, output_size

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted(ROOT.glob("chapters/*.ipynb"))
PAGES = [ROOT / "index.md", ROOT / "README.md", *sorted(ROOT.glob("chapters/*.md"))]

# (file, number as it is written): why no code can stand behind it.
EXCEPTIONS = {
    ("README.md", "3.11"): "the oldest Python that will do",
    ("README.md", "4.0"): "the version of a licence",
}


def computed_numbers():
    """The numbers that pages without code may speak of: AlexNet's first layer and its totals."""
    first = conv_parameters(3, 96, 11)
    convolutions = [(3, 96, 11), (96, 256, 5), (256, 384, 3), (384, 384, 3), (384, 256, 3)]
    linear = [(256 * 6 * 6, 4096), (4096, 4096), (4096, 1000)]
    towers = [1, 2, 1, 2, 2]
    ends = sum(linear_parameters(*layer).total for layer in linear)
    return {
        Decimal(number)
        for number in (
            *(3, 96, 11, 227, output_size(227, 11, stride=4), first.weight, first.bias, first.total),
            sum(conv_parameters(*layer).total for layer in convolutions) + ends,
            sum(conv_parameters(*layer, groups=g).total for layer, g in zip(convolutions, towers, strict=True)) + ends,
        )
    }


# What is no prose, in the order in which it is taken away.
NO_PROSE = [
    (re.compile(r"<!--.*?-->", re.S), " "),
    (
        re.compile(r"(?m)^\s*(?:`{3,}|:{3,})\{(?!exercise-start)[^}]*\}.*(?:\n\s*:[\w-]+:.*)*$"),
        " ",
    ),  # a directive's head
    (re.compile(r"(?m)^\s*:[\w-]+:.*$"), " "),  # its options
    (re.compile(r"(?m)^\([\w-]+\)=\s*$"), " "),  # a target
    (re.compile(r"(?m)^\$\$ *\([\w-]+\)\s*$"), " "),  # a formula's label
    (re.compile(r"\{(?!math\b)[\w:.-]+\}`[^`]*`"), " "),  # a role: a citation, a reference
    (re.compile(r"<?https?://[^\s)>]+>?"), " "),
    (re.compile(r"\]\([^)]*\)"), "] "),  # where a link leads
    (re.compile(r"<[a-zA-Z/][^>]*>"), " "),  # HTML
    (re.compile(r"(?i)\barxiv:\s*\S+|\b10\.\d{4,}/\S+"), " "),
    (re.compile(r"\d+ (?=minutes\b)"), " "),  # how long a chapter takes is an estimate
    (re.compile(r"(?<=\d)(?:\{,\}|_)(?=\d{3})"), ","),  # 34{,}944 and 34_944
    (re.compile(r"(?<=\d)\\,(?=\d{3})"), ","),
]
NUMBER = re.compile(r"(?<![\w.])(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:e[+-]?\d+)?", re.I)
HINT = (
    "Let a visible cell of this section print it (or glue it), or add a hidden cell after it, tagged remove-cell and "
    "test, that asserts it. What no code can know belongs into EXCEPTIONS in this file, with a reason."
)


def prose(text):
    for pattern, replacement in NO_PROSE:
        text = pattern.sub(replacement, text)
    return text


def digits(number):
    return len(re.sub(r"e.*|\D", "", number, flags=re.I).lstrip("0"))


def values(written):
    """What a written number can mean: 3,227,227 is one number, or three in a list."""
    whole = {Decimal(written.replace(",", ""))}
    return [whole, {Decimal(part) for part in written.split(",")}] if "," in written else [whole]


def numbers_in(text):
    return {value for match in NUMBER.finditer(prose(text)) for reading in values(match[0]) for value in reading}


class Section:
    """A stretch of a chapter: its words, and the numbers its code holds (``typed``) and shows or asserts (``shown``)."""

    def __init__(self, title):
        self.title, self.words, self.typed, self.shown = title, [], set(), set()

    def add_code(self, cell):
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        self.words.append(str(figure.get("caption", "")))
        self.typed |= typed_numbers(cell.source)
        self.shown |= asserted_numbers(cell.source, in_test="test" in cell.metadata.get("tags", []))
        for output in cell.outputs:
            data = output.get("data", {})
            for text in [output.get("text", ""), *(data[m] for m in data if m.startswith("text/"))]:
                self.shown |= numbers_in(text)

    def unfounded(self, name):
        for match in NUMBER.finditer(prose("\n\n".join(self.words))):
            written = match[0]
            if digits(written) < 2 or (name, written) in EXCEPTIONS:
                continue
            known = self.shown if digits(written) >= 4 else self.shown | self.typed
            percent = match.string[match.end() :].lstrip(" \\").startswith("%")
            if not any(known_as(reading, known, percent) for reading in values(written)):
                yield written, match.string[max(0, match.start() - 30) : match.end() + 20].replace("\n", " ")


def known_as(reading, known, percent):
    return all(value in known or (percent and value / 100 in known) for value in reading)


def typed_numbers(source):
    """The numbers in code and in its strings; a comment is no code."""
    found = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            found |= numbers_in(token.string)
    return found


def asserted_numbers(source, in_test):
    """The numbers that an assertion holds; in a cell of tests also those of any comparison."""
    kinds = (ast.Assert, ast.Compare) if in_test else (ast.Assert,)
    claims = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]
    constants = [node.value for claim in claims for node in ast.walk(claim) if isinstance(node, ast.Constant)]
    numbers = {Decimal(str(c)) for c in constants if isinstance(c, int | float) and not isinstance(c, bool)}
    return numbers.union(*(numbers_in(c) for c in constants if isinstance(c, str)))


def sections(cells):
    """The sections of a chapter; an exercise and its solution, wherever they stand, are one section."""
    current = outer = Section("the opening")
    exercises, found = {}, [outer]

    def exercise(label):
        if label not in exercises:
            exercises[label] = Section(f"exercise {label}")
            found.append(exercises[label])
        return exercises[label]

    for cell in cells:
        if cell.cell_type == "code":
            current.add_code(cell)
            continue
        if cell.cell_type != "markdown":
            continue
        pieces = re.split(r"(?m)^(?=## |\s*`{3,}\{(?:exercise|solution)-(?:start|end)\})", cell.source)
        for piece in pieces:
            if piece.startswith("## "):
                current = outer = Section(piece.splitlines()[0].strip("# "))
                found.append(outer)
            elif start := re.match(r"\s*`{3,}\{exercise-start\}(.*(?:\n\s*:.*)*)", piece):
                label = re.search(r":label:\s*(\S+)", start[1])
                current = exercise(label[1] if label else start[1].strip())
            elif start := re.match(r"\s*`{3,}\{solution-start\}\s*(\S+)", piece):
                current = exercise(start[1])
            elif re.match(r"\s*`{3,}\{(?:exercise|solution)-end\}", piece):
                current = outer
            current.words.append(piece)
    return found


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_numbers_in_a_chapter_come_from_its_code(path):
    missing = [
        f"{path.name}, {section.title}: {written} (… {around} …)"
        for section in sections(nbformat.read(path, as_version=4).cells)
        for written, around in section.unfounded(path.name)
    ]
    assert not missing, "numbers without code behind them:\n" + "\n".join(missing) + f"\n{HINT}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_numbers_on_a_page_without_code_are_computed(path):
    page = Section(path.name)
    page.shown = computed_numbers()
    page.words = [path.read_text(encoding="utf-8")]
    missing = [f"{path.name}: {written} (… {around} …)" for written, around in page.unfounded(path.name)]
    assert not missing, "\n".join(missing) + "\nLet computed_numbers() in this file compute it from convlib."


def test_every_exception_is_needed():
    names = {path.name: path for path in [*CHAPTERS, *PAGES]}
    for name, written in EXCEPTIONS:
        assert written in names[name].read_text(encoding="utf-8"), f"{name} no longer says {written}"
