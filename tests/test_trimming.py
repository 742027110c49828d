"""What leaves the style sheets: rules that nothing on a page can match, and no others."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "_ext"))
import trimmed_fonts
import trimmed_styles


@pytest.fixture
def book(tmp_path):
    (tmp_path / "page.html").write_text(
        '<p class="used other" id="place" data-own>a stray word</p><a class="link" data-bs-toggle="tooltip"></a>'
        '<script>tip.className = "inline-added more"</script>'
        '<script src="x/own.js?v=1"></script><script src="x/bootstrap.js"></script>'
    )
    (tmp_path / "own.js").write_text(
        'tip.classList.add("added", "cg-" + kind, `made-${kind}`); tip.dataset.isBusy = "plain words here"; '
        "box.innerHTML = '<em class=\"marked\">'; page.querySelector('#asked .found, .added-later')"
    )
    (tmp_path / "bootstrap.js").write_text('"tooltip-inner", "modal-body", "list-group", t.classList.add(show)')
    (tmp_path / "stray.js").write_text('add("stray")')  # no page loads it
    return trimmed_styles.Book(tmp_path)


@pytest.mark.parametrize(
    ("style", "left"),
    [
        (".used{a:b}", ".used{a:b}"),
        (".unused{a:b}", ""),
        (".unused,.used .other{a:b}", ".used .other{a:b}"),
        (".used .unused{a:b}", ""),
        ("p,a>b{a:b}", "p{a:b}"),
        ("em{a:b}i{a:b}", "em{a:b}"),
        (".used.link{a:b}.used.other{a:b}", ".used.other{a:b}"),
        ("a.used{a:b}p.used:hover{a:b}", "p.used:hover{a:b}"),
        (".stray,.word,.plain{a:b}", ""),
        ("#place{a:b}#nowhere{a:b}", "#place{a:b}"),
        ("#asked .found,.added-later{a:b}", ""),
        (".added,.cg-tooltip,.made-up,.stray{a:b}", ".added,.cg-tooltip,.made-up{a:b}"),
        (".more,.marked,.added.used{a:b}", ".more,.marked,.added.used{a:b}"),
        (".tooltip-inner,.bs-tooltip-top,.show{a:b}", ".tooltip-inner,.bs-tooltip-top,.show{a:b}"),
        (".modal-body,.list-group{a:b}", ""),
        ("p[data-own],p[data-other],p[data-is-busy],p[title=x]{a:b}", "p[data-own],p[data-is-busy],p[title=x]{a:b}"),
        (".used:not(.unused){a:b}", ".used:not(.unused){a:b}"),
        (":is(.unused,.used) p{a:b}", ":is(.unused,.used) p{a:b}"),
        ("@media print{.unused{a:b}.used{a:b}}", "@media print{.used{a:b}}"),
        ("@media print{.unused{a:b}}", ""),
        ("@font-face{font-family:x}", "@font-face{font-family:x}"),
        ("/* why *//*! licence */p{a:#fff}", "/*! licence */p{a:#fff}"),
        ("p  {\n  color:  #unused;\n}", "p{color:#unused;}"),
        ("p , a{--x: ;--y: ; a : calc( 1px + 2px )/* why */ b}", "p,a{--x: ;--y: ;a :calc(1px + 2px) b}"),
        ("p a :hover{--x: }@media  print{p{a:b }}", "p a :hover{--x: }@media print{p{a:b}}"),
    ],
)
def test_rules_that_nothing_matches_leave(style, left, book):
    assert trimmed_styles.trimmed(style, book) == left


def test_custom_properties_that_nothing_reads_leave():
    styles = ["p{--a:1;--b:var(--a);--c:url('x;y');--d:2}", "i{e:var( --c )}@media print{i{--b:3;f:g}}"]
    left = ["p{--c:url('x;y');--d:2}", "i{e:var( --c )}@media print{i{f:g}}"]
    assert [style.replace('"', "'") for style in trimmed_styles.without_unread(styles, read={"--d"})] == left


def test_fonts_that_nothing_asks_for_leave():
    styles = [
        "@font-face{src:url(a);font-family:A}@font-face{font-family:'B b';src:url(b)}@font-face{font-family:C\\ c}",
        '@font-face{font-family:D;font-style:italic}i{font-family:A}b{--e:1em "B b";f:var(--e);g:C c}',
    ]
    left = trimmed_styles.without_unread(styles, read=set())
    assert [style.count("@font-face") for style in left] == [3, 0]


def test_icons_are_named_by_themselves_or_as_an_escape():
    assert trimmed_fonts.named_icons(r'.a{content:"\f0c9"}.b{content:"' + "\uf019" + '"}.c{content:"\\2014"}') == {
        0xF0C9,
        0xF019,
    }


def test_letters_are_those_that_formulas_draw():
    page = '<p>x<span class="katex"><math>m</math><span class="katex-html"><span>a</span>&#x2264;</span>n</span> y</p>'
    assert trimmed_fonts.letters_of_formulas(page * 2) == {ord("a"), ord("≤")}
