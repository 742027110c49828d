"""What `convlib.explorer` gives a notebook: the same HTML every time, its words, and refusals by name."""

import inspect
import re
import subprocess
import sys

import numpy as np
import pytest
import test_notebooks
from bs4 import BeautifulSoup

import convlib
from convlib.explorer.case import BOUNDS, MODES, PAIRS, checked
from convlib.explorer.element import script

CASES = {
    "usual": {},
    "not square": {"input_size": (4, 6), "kernel_size": (3, 2), "stride": (1, 2), "padding": (1, 0)},
    "AlexNet": {"input_size": 227, "kernel_size": 11, "stride": 4, "in_channels": 3, "out_channels": 96},
    "pooling": {"input_size": 5, "kernel_size": 2, "stride": 2, "padding": 1, "mode": "pooling", "ceil_mode": True},
    "transposed": {"input_size": 4, "stride": 2, "padding": 1, "mode": "transposed", "output_padding": 1},
    "largest": {"input_size": 512, "kernel_size": 16, "padding": 8, "dilation": 4},
}


@pytest.mark.parametrize("name", CASES)
def test_html(name):
    explorer = convlib.explorer(**CASES[name])
    html = explorer._repr_html_()
    assert explorer._repr_mimebundle_() == {"text/html": html, "text/plain": explorer.words}
    page = BeautifulSoup(html, "html.parser")
    element, module = page.find("conv-explorer"), page.find("script")
    assert element.find("p").text == explorer.words == repr(explorer)
    assert element.find("img")["src"].startswith("data:image/svg+xml,%3Csvg") and element.find("img")["alt"]
    assert element["data-lm-suppress-shortcuts"] == "true"
    case = explorer.case
    assert {pair: tuple(map(int, element[pair].split("x"))) for pair in PAIRS} == {p: getattr(case, p) for p in PAIRS}
    assert (element["mode"], element["bias"], element["ceil_mode"]) == (case.mode, "1", str(int(case.ceil_mode)))
    assert module["type"] == "module" and module.text.strip() == script().strip()
    assert not page.find(id=True), "two explorers on a page would share an id"


@pytest.mark.parametrize("what", test_notebooks.FORBIDDEN)
def test_nothing_that_a_chapter_may_not_store(what):
    for case in CASES.values():
        bundle = convlib.explorer(**case)._repr_mimebundle_()
        found = [re.search(test_notebooks.FORBIDDEN[what], text) for text in bundle.values()]
        assert found == [None, None]


def test_the_same_at_every_run():
    code = (
        "import hashlib, test_explorer as t\n"
        "for c in t.CASES.values(): print(hashlib.sha256(t.convlib.explorer(**c)._repr_html_().encode()).hexdigest())"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code], cwd=sys.path[0], env={"PYTHONHASHSEED": seed}, stdout=-1)
        for seed in ("1", "2")
    ]
    first, second = (run.communicate()[0] for run in runs)
    assert first == second and len(first.split()) == len(CASES)


def test_words():
    assert convlib.explorer(227, 11, 4, in_channels=3, out_channels=96).words == (
        "A convolution with a 11 × 11 window over a 227 × 227 input, stride 4. The output is 55 × 55: "
        "(227 − 11)/4 + 1 = 55. Parameters: 11·11·3·96 + 96 = 34,944. MACs: 11·11·3·96·55·55 = 105,415,200."
    )
    assert convlib.explorer(**CASES["pooling"]).words.endswith("+ 1 − 1 = 3. A pooling has no parameters.")
    assert "output padding 1" in convlib.explorer(**CASES["transposed"]).words


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        ({"input_size": 0}, ValueError, "input_size=0 must be at least 1"),
        ({"input_size": 600}, ValueError, "input_size=600 must be at most 512"),
        ({"kernel_size": 2.0}, TypeError, "kernel_size=2.0 must be an int"),
        ({"stride": (1, 2, 3)}, ValueError, "stride=(1, 2, 3) has length 3"),
        ({"padding": "same"}, TypeError, "padding='same' must be an int"),
        ({"dilation": (1, 9)}, ValueError, "dilation=(1, 9) must be at most 4"),
        ({"in_channels": (1, 1)}, TypeError, "in_channels=(1, 1) must be an int"),
        ({"out_channels": True}, TypeError, "out_channels=True must be an int"),
        ({"groups": 3}, ValueError, "groups=3 must divide in_channels=1"),
        ({"bias": 1}, TypeError, "bias=1 must be True or False"),
        ({"ceil_mode": "yes"}, TypeError, "ceil_mode='yes' must be True or False"),
        ({"ceil_mode": True}, ValueError, "ceil_mode=True needs mode='pooling'"),
        ({"output_padding": 1}, ValueError, "needs mode='transposed'"),
        ({"mode": "pool"}, ValueError, "mode='pool' must be 'convolution', 'pooling' or 'transposed'"),
        ({"mode": None}, ValueError, "mode=None must be"),
        ({"mode": "pooling", "groups": 2, "in_channels": 2}, ValueError, "must be left out with mode='pooling'"),
        ({"mode": "pooling", "padding": 2}, ValueError, "padding=(2, 2) must be at most half"),
        ({"kernel_size": 7}, ValueError, "the effective kernel is 7, the padded input is 5"),
        ({"mode": "transposed", "output_padding": 1}, ValueError, "output_padding=(1, 1) must be smaller"),
    ],
)
def test_refusals(call, error, words):
    with pytest.raises(error, match=re.escape(words)):
        convlib.explorer(**call)


def test_a_pooling_keeps_its_channels():
    case = convlib.explorer(mode="pooling", in_channels=96).case
    assert (case.out_channels, case.parameters, case.macs) == (96, "0", "0")


def test_integers_of_any_kind():
    same = convlib.explorer((np.int64(6), 8), np.uint8(3))._repr_html_()
    assert same == convlib.explorer((6, 8), 3)._repr_html_()


def test_no_text_reaches_the_page_unescaped():
    assert "</script" not in script().lower().replace("<\\/script", "")
    assert all(mode == re.sub(r"\W", "", mode) for mode in MODES)


def test_the_function_is_found_whatever_was_imported_first():
    for first in ("import convlib", "import convlib.explorer", "from convlib.explorer.case import BOUNDS"):
        code = f"{first}\nimport convlib\nprint(callable(convlib.explorer), convlib.explorer(5, 3).words[:13])"
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert run.stdout == "True A convolution\n"
    assert list(inspect.signature(convlib.explorer).parameters)[:3] == ["input_size", "kernel_size", "stride"]


def test_bounds_are_checked_once():
    assert set(PAIRS) < set(BOUNDS)
    with pytest.raises(TypeError):
        checked("convolution", {"input_size": "5"}, {}, True, False)
