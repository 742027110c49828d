"""What leaves the style sheets: rules that nothing on a page can match, and no others."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "_ext"))
import trimmed_icons
import trimmed_styles


@pytest.fixture
def names(tmp_path):
    (tmp_path / "page.html").write_text('<p class="used other" id="place"></p><script src="x/own.js?v=1"></script>')
    (tmp_path / "own.js").write_text('tip.classList.add("added", "bs-" + kind, `made-${kind}`)')
    (tmp_path / "stray.js").write_text('add("stray")')  # no page loads it
    return trimmed_styles.Names(tmp_path)


@pytest.mark.parametrize(
    ("style", "left"),
    [
        (".used{a:b}", ".used{a:b}"),
        (".unused{a:b}", ""),
        (".unused,.used .other{a:b}", ".used .other{a:b}"),
        (".used .unused{a:b}", ""),
        ("p,a>b{a:b}", "p,a>b{a:b}"),
        ("#place{a:b}#nowhere{a:b}", "#place{a:b}"),
        (".added,.bs-tooltip,.made-up,.stray{a:b}", ".added,.bs-tooltip,.made-up{a:b}"),
        (".used:not(.unused){a:b}", ".used:not(.unused){a:b}"),
        (":is(.unused,.used) p{a:b}", ":is(.unused,.used) p{a:b}"),
        ("@media print{.unused{a:b}.used{a:b}}", "@media print{.used{a:b}}"),
        ("@media print{.unused{a:b}}", ""),
        ("@font-face{font-family:x}", "@font-face{font-family:x}"),
        ("/* why *//*! licence */p{a:#fff}", "/*! licence */p{a:#fff}"),
        ("p{color:#unused}", "p{color:#unused}"),
    ],
)
def test_rules_that_nothing_matches_leave(style, left, names):
    assert trimmed_styles.trimmed(style, names).replace("\n", "") == left


def test_icons_are_named_by_themselves_or_as_an_escape():
    assert trimmed_icons.named_icons(r'.a{content:"\f0c9"}.b{content:"' + "\uf019" + '"}.c{content:"\\2014"}') == {
        0xF0C9,
        0xF019,
    }
