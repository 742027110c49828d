"""The explorer in a browser: driven by keyboard and by pointer, read by everyone, breaking at nothing."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import WIDTHS, complaints, skip_without_chromium

import convlib
from convlib.explorer.element import script
from convlib.figures.style import COLOURS
from page_weight import served

skip_without_chromium()

PAGE = """<!doctype html><html lang="en"{theme}><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>A page</h1>{explorers}</main></body></html>"""
ALEXNET = {"input_size": 227, "kernel_size": 11, "stride": 4, "in_channels": 3, "out_channels": 96}
POOLING = {"input_size": 5, "kernel_size": 2, "stride": 2, "padding": 1, "mode": "pooling", "ceil_mode": True}
TRANSPOSED = {"input_size": 4, "stride": 2, "padding": 1, "mode": "transposed", "output_padding": 1}


@pytest.fixture
def opened(new_page, tmp_path):
    """A function that opens a page with these explorers; what goes wrong on it must be nothing in the end."""
    wrong = []

    def opened(*cases, scheme="file", theme="", fragment="", **options):
        name = f"{len(list(tmp_path.iterdir()))}.html"
        explorers = "\n".join(convlib.explorer(**case)._repr_html_() for case in cases or [{}])
        (tmp_path / name).write_text(PAGE.format(explorers=explorers, theme=theme), encoding="utf-8")
        page = new_page(**{"viewport": {"width": 1280, "height": 900}, **options})
        wrong.append(complaints(page))
        page.on(
            "request",
            lambda request: request.url.startswith(("file:", "data:", "http://127.")) or wrong.append(request.url),
        )
        page.goto(f"{(tmp_path / name).as_uri()}{fragment}")
        return page

    yield opened
    assert [found for found in wrong if found] == []


def field(page, name, axis=0):
    return page.locator(f'[data-name="{name}"][data-axis="{axis}"]')


def part(page, name):
    return page.locator(f'[data-part="{name}"]')


def says(page):
    return page.locator(".says").inner_text()


def value_now(page):
    return int(page.locator("canvas").get_attribute("aria-valuenow"))


def place(page, kind, row, column):
    """Where on the screen the middle of a grid's cell is."""
    return page.evaluate(
        """([kind, row, column]) => {
          const canvas = document.querySelector("conv-explorer").shadowRoot.querySelector("canvas");
          const box = canvas.getBoundingClientRect();
          const { painter, geometry } = document.querySelector("conv-explorer");
          const panel = painter.scene.panels.find((one) => one.kind === kind);
          return [box.x + panel.x + (column + 0.5 - panel.columns[0]) * panel.cell,
            box.y + panel.y + (row + 0.5 - panel.rows[0]) * panel.cell];
        }""",
        [kind, row, column],
    )


def test_the_palette_is_the_figures(opened):
    source = re.search(r"const COLOURS = ({.*?\n});", script(), re.DOTALL)[1]
    palette = json.loads(re.sub(r",(\s*})", r"\1", re.sub(r"(\w+):", r'"\1":', source)))
    assert palette == {name: list(COLOURS[name]) for name in palette}


# What is shown


def test_the_case_is_shown(opened):
    page = opened(ALEXNET)
    assert part(page, "size").inner_text().splitlines()[0] == "(227 − 11)/4 + 1 = 55"
    assert part(page, "parameters").inner_text() == "11·11·3·96 + 96 = 34,944"
    assert part(page, "macs").inner_text() == "11·11·3·96·55·55 = 105,415,200"
    assert page.locator("code").inner_text() == "torch.nn.Conv2d(3, 96, kernel_size=11, stride=4)"
    assert not page.locator("conv-explorer > p").is_visible(), "the fallback is for readers without scripts"


def test_without_scripts_there_are_a_picture_and_words(opened):
    page = opened({}, ALEXNET, TRANSPOSED, java_script_enabled=False)
    for case, element in zip(({}, ALEXNET, TRANSPOSED), page.locator("conv-explorer").all(), strict=True):
        assert element.locator("p").inner_text() == convlib.explorer(**case).words
        assert element.locator("img").bounding_box()["height"] > 100


def test_what_changed_stands_out(opened):
    page = opened(ALEXNET)
    assert page.locator(".changed").count() == 0
    field(page, "stride").fill("2")
    changed = part(page, "size").locator(".changed").all_inner_texts()
    assert changed == ["2", "109"]
    assert part(page, "macs").locator(".changed").first.inner_text() == "109"
    assert part(page, "parameters").locator(".changed").count() == 0
    weight = "element => getComputedStyle(element).fontWeight"
    assert int(page.locator(".changed").first.evaluate(weight)) > 600, "not by colour alone"


def test_the_floor_is_explained_and_unread_pixels_are_counted(opened):
    page = opened({"input_size": (6, 8), "stride": 2})
    text = part(page, "size").inner_text()
    assert "1.5 is rounded down" in text and "the last row of the input is read by no window" in text
    assert "Hatched: 13 of 48 input pixels are read by no window." in text
    square = opened({"input_size": 6, "stride": 2})
    assert "the last row and the last column of the input are read by no window" in part(square, "size").inner_text()
    pooling = opened(POOLING)
    assert "PyTorch drops it" in part(pooling, "size").inner_text()


# The colours of the canvas in a square of 6 pixels in a cell, away from its lines and its text.
SEEN = """([x, y]) => {
  const canvas = document.querySelector("conv-explorer").shadowRoot.querySelector("canvas");
  const box = canvas.getBoundingClientRect(), copy = new OffscreenCanvas(6, 6).getContext("2d");
  copy.drawImage(canvas, box.x + 12 - x, box.y + 12 - y);
  const { data } = copy.getImageData(0, 0, 6, 6);
  const hex = (at) => "#" + [0, 1, 2].map((channel) => data[4 * at + channel].toString(16).padStart(2, "0")).join("");
  return [...new Set(Array.from({ length: 36 }, (_, at) => hex(at)))];
}"""


def seen(page, kind, row, column):
    """The name of the one colour in a cell, or 'hatched' where there are several."""
    names = {light: name for name, (light, _) in COLOURS.items()}
    found = page.evaluate(SEEN, place(page, kind, row, column))
    return names[found[0]] if len(found) == 1 else "hatched"


def test_the_picture(opened):
    """The window lies on the cells that it reads, gaps left out; the output is filled as far as it has come."""
    page = opened({"input_size": 6, "padding": 1, "dilation": 2, "stride": 2})
    page.locator('[data-step="1"]').click()
    for row in range(-1, 7):
        for column in range(-1, 7):
            read = row in (-1, 1, 3) and column in (1, 3, 5)
            inside = 0 <= row < 6 and 0 <= column < 6
            lost = inside and 0 in (row % 2, column % 2)
            expected = "window" if read else "hatched" if lost else "input" if inside else "padding"
            assert seen(page, "big", row, column) == expected, (row, column)
    assert [seen(page, "small", 0, 0), seen(page, "small", 0, 1), seen(page, "small", 1, 0)] == [
        "output",
        "window",
        "paper",
    ]
    page.mouse.click(*place(page, "big", 1, 3))
    cells = {(row, column): seen(page, "small", row, column) for row in range(2) for column in range(2)}
    assert [cell for cell, name in cells.items() if name == "window"] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert (seen(page, "big", 1, 3), seen(page, "big", 3, 3)) == ("window", "input")


def test_unread_pixels_are_hatched(opened):
    page = opened({"input_size": (6, 8), "stride": 2})
    lost = [(row, column) for row in range(6) for column in range(8) if seen(page, "big", row, column) == "hatched"]
    assert lost == [(row, column) for row in range(6) for column in range(8) if row == 5 or column == 7]


# Driven


@pytest.mark.parametrize("scheme", ["file", "http"])
def test_keyboard_alone(opened, tmp_path, scheme):
    page = opened({})
    if scheme == "http":
        with served(tmp_path) as address:
            page.goto(f"{address}/0.html")
            _walk(page)
    else:
        _walk(page)


def _walk(page):
    order = []
    active = "document.activeElement?.shadowRoot?.activeElement"
    for _ in range(40):
        page.keyboard.press("Tab")
        found = page.evaluate(
            f"(e => e && (e.dataset.name ? e.dataset.name + e.dataset.axis : e.dataset.part ?? e.dataset.link"
            f" ?? e.dataset.step ?? e.name ?? e.tagName))({active})"
        )
        if not found:
            break
        order.append(found)
    names = ("input_size", "kernel_size", "stride", "padding", "dilation")
    pairs = [item for name in names for item in (f"{name}0", name, f"{name}1")]
    channels = ["in_channels0", "out_channels0", "groups0", "biasundefined"]
    tail = ["CANVAS", "-1", "play", "1", "speed", "follow", "copy", "link"]
    assert order == ["mode", "preset", *pairs, *channels, *tail]
    page.locator("canvas").focus()
    for key, expected in (
        ("ArrowRight", 2),
        ("ArrowDown", 5),
        ("ArrowLeft", 4),
        ("End", 9),
        ("ArrowRight", 9),
        ("Home", 1),
    ):
        page.keyboard.press(key)
        assert value_now(page) == expected, key
    field(page, "padding").focus()
    page.keyboard.press("ArrowUp")
    assert part(page, "size").inner_text().splitlines()[0] == "(5 + 2·1 − 3)/1 + 1 = 5"
    assert field(page, "padding", 1).input_value() == "1", "linked"
    page.locator('[data-link="padding"]').focus()
    page.keyboard.press("Enter")
    assert page.locator('[data-link="padding"]').get_attribute("aria-pressed") == "false"
    field(page, "padding").focus()
    page.keyboard.press("ArrowDown")
    assert [field(page, "padding", axis).input_value() for axis in (0, 1)] == ["0", "1"]
    assert "H: (5 − 3)/1 + 1 = 3" in part(page, "size").inner_text()


def test_focus_is_seen(opened):
    page = opened({})
    page.keyboard.press("Tab")
    assert page.locator("conv-explorer :focus").evaluate("e => getComputedStyle(e).outlineWidth") == "2px"


def test_pointer(opened):
    page = opened({})
    page.mouse.click(*place(page, "small", 1, 2))
    assert says(page).startswith("Window 6 of 9 reads 9 cells, rows 2–4, columns 3–5")
    page.mouse.click(*place(page, "big", 0, 1))
    assert says(page) == "Input pixel row 1, column 2 feeds 2 output cells: row 1, columns 1–2."
    page.mouse.click(*place(page, "small", 0, 0))
    page.mouse.move(*place(page, "big", 0, 0))
    page.mouse.down()
    page.mouse.move(*place(page, "big", 1, 1), steps=4)
    page.mouse.up()
    assert says(page).startswith("Window 5 of 9")
    part(page, "preset").select_option("1.0")
    assert page.locator("code").inner_text() == "torch.nn.Conv2d(3, 96, kernel_size=11, stride=4)"
    page.mouse.move(*place(page, "big", 5, 5))
    page.mouse.down()
    page.mouse.move(*place(page, "big", 500, 500), steps=4)
    page.mouse.up()
    page.locator('[data-step="-1"]').click()
    assert page.locator(".count").inner_text().endswith("/ 3,025")


def test_a_pixel_is_followed_by_keyboard(opened):
    page = opened({"input_size": (6, 8), "stride": 2})
    page.locator('[name="follow"][value="pixel"]').check()
    page.locator("canvas").focus()
    page.keyboard.press("End")
    assert says(page) == "Input pixel row 6, column 8 feeds no output cell: no window reads it."
    assert page.locator("canvas").get_attribute("aria-valuetext") == says(page)


def test_transposed(opened):
    page = opened(TRANSPOSED)
    assert (
        says(page)
        == "Input pixel 1 of 16 (row 1, column 1) writes 9 cells: rows 0–2, columns 0–2; 5 of them are cut off."
    )
    page.mouse.click(*place(page, "big", 1, 1))
    assert says(page) == "Output cell row 2, column 2 is fed by 4 input pixels: rows 1–2, columns 1–2."
    assert page.locator("code").inner_text().startswith("torch.nn.ConvTranspose2d(1, 1, kernel_size=3, stride=2")


def test_play_pause_and_the_end(opened):
    page = opened({})
    part(page, "speed").select_option("60")
    part(page, "play").click()
    assert part(page, "play").inner_text() == "Pause"
    page.wait_for_function("document.querySelector('conv-explorer').number === 8")
    page.wait_for_function(
        "document.querySelector('conv-explorer').shadowRoot.querySelector('[data-part=play]').textContent === 'Play'"
    )
    part(page, "speed").select_option("1")
    part(page, "play").click()
    assert value_now(page) == 1, "at the end it begins anew"
    part(page, "play").click()
    assert part(page, "play").inner_text() == "Play"


def test_reduced_motion_leaves_stepping_only(opened):
    page = opened({}, reduced_motion="reduce")
    assert not part(page, "play").is_visible() and not part(page, "speed").is_visible()
    page.evaluate("document.querySelector('conv-explorer').play()")
    page.locator('[data-step="1"]').click()
    assert value_now(page) == 2


def test_what_happens_is_announced(opened):
    page = opened({})
    status = page.locator('[role="status"]')
    field(page, "stride").fill("2")
    status.filter(has_text="Output 2 × 2, 10 parameters.").wait_for(state="attached")
    page.locator('[data-step="1"]').click()
    status.filter(has_text="Window 2 of 4").wait_for(state="attached")


# Refused


@pytest.mark.parametrize(
    ("case", "name", "typed", "words", "mend"),
    [
        ({}, "kernel_size", "7", "the window does not fit: it spans 7, the padded input has only 5", "padding = 1"),
        ({}, "groups", "3", "groups=3 must divide in_channels=1", "groups = 1"),
        ({}, "stride", "", "stride must be a whole number from 1 to 16", "stride = 1"),
        ({}, "stride", "2.5", "stride must be a whole number from 1 to 16", "stride = 3"),
        ({}, "input_size", "9999", "input_size must be a whole number from 1 to 512", "input_size = 512"),
        ({"mode": "pooling"}, "padding", "2", "padding=2 must be at most half of kernel_size=3", "kernel_size = 4"),
        ({"mode": "transposed"}, "output_padding", "1", "output_padding=1 must be smaller than stride=1", "stride = 2"),
        ({"mode": "transposed", "input_size": 1}, "padding", "2", "leaves no output", "padding = 1"),
    ],
)
def test_a_refused_case_says_why_and_what_would_mend_it(opened, case, name, typed, words, mend):
    page = opened(case)
    field(page, name).fill(typed)
    refusal = page.locator(".refusal")
    assert words in refusal.inner_text()
    assert not part(page, "size").is_visible(), "numbers of another case"
    page.locator('[role="status"]').filter(has_text=words).wait_for(state="attached")
    assert field(page, name).input_value() == typed, "what is typed stays"
    page.locator("canvas").focus()
    page.keyboard.press("ArrowRight")
    refusal.get_by_role("button", name=mend, exact=True).first.click()
    while refusal.is_visible():
        refusal.get_by_role("button").first.click()
    assert part(page, "size").is_visible()


# Copied, linked


@pytest.mark.parametrize("allowed", [True, False])
def test_the_line_is_copied_or_at_least_selected(opened, allowed):
    page = opened({}, **({"permissions": ["clipboard-read", "clipboard-write"]} if allowed else {}))
    if not allowed:
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    part(page, "copy").click()
    button = part(page, "copy").filter(has_text="Copied" if allowed else "Selected")
    button.wait_for()
    read = "navigator.clipboard.readText()" if allowed else "getSelection().toString()"
    assert page.evaluate(read) == "torch.nn.Conv2d(1, 1, kernel_size=3)"


def test_a_link_restores_the_state(opened):
    page = opened({}, {})
    second = page.locator("conv-explorer").nth(1)
    second.locator('[data-part="preset"]').select_option("0.5")
    link = second.locator('[data-part="link"]').get_attribute("href")
    assert link.startswith("#explorer-2&mode=convolution&input_size=4x6&kernel_size=3x2")
    again = opened({}, {}, fragment=link)
    lines = [line.inner_text() for line in again.locator("code").all()]
    assert lines == [
        "torch.nn.Conv2d(1, 1, kernel_size=3)",
        "torch.nn.Conv2d(1, 1, kernel_size=(3, 2), stride=(1, 2), padding=(1, 0))",
    ]
    again.evaluate("location.hash = '#explorer-1&stride=2x2'")
    again.locator("code").first.filter(has_text="stride=2").wait_for()


def test_a_link_restores_the_place(opened):
    page = opened({"input_size": (5, 6)})
    page.evaluate("document.querySelector('conv-explorer').step(6)")
    window = part(page, "link").get_attribute("href")
    page.evaluate("document.querySelector('conv-explorer').follow([3, 4])")
    pixel = part(page, "link").get_attribute("href")
    said = "document.querySelector('conv-explorer').shadowRoot.querySelector('.count').textContent"
    again = opened({}, fragment=window)
    assert again.evaluate(said) == "7 / 12" and again.locator('[value="window"]').is_checked()
    again.evaluate(f"location.hash = '{pixel}'")
    again.locator(".count").filter(has_text="23 / 30").wait_for()
    assert again.locator('[value="pixel"]').is_checked()


@pytest.mark.parametrize("place", ["window=9999x9999", "pixel=9999x0", "window=-1x2", "window=1", "pixel=x", "window="])
@pytest.mark.parametrize("state", ["input_size=7x7", "input_size=2x2&kernel_size=3x3"])
def test_a_place_that_is_none_does_no_harm(opened, state, place):
    page = opened({})
    page.evaluate(f"location.hash = '#explorer-1&{state}&{place}'")
    page.locator(".refusal:not([hidden])" if "2x2" in state else ".row code").first.wait_for()
    page.evaluate("document.querySelector('conv-explorer').step(1)")
    assert page.evaluate(
        "(e => [...(e.pixel ?? e.position)].every((at) => at >= 0 && at < 7))(document.querySelector('conv-explorer'))"
    )


def test_a_damaged_link_keeps_the_explorers_own_case(opened):
    page = opened(ALEXNET, fragment="#explorer-1&mode=convolution&input_size=22x&stride=1.5x2&out_channels=64")
    line = page.locator("code").inner_text()
    assert line == "torch.nn.Conv2d(3, 64, kernel_size=11, stride=4)"
    page.evaluate("location.hash = '#explorer-1&stride=2x2'")
    page.locator("code").filter(has_text="stride=2").wait_for()
    page.evaluate("location.hash = ''")  # as going back does
    page.locator("code").filter(has_text="torch.nn.Conv2d(3, 96, kernel_size=11, stride=4)").wait_for()


def test_a_pixel_is_followed_once_a_refused_link_is_mended(opened):
    page = opened({}, fragment="#explorer-1&input_size=2x2&pixel=1x1")
    page.locator(".refusal button").first.click()
    assert page.locator('[value="pixel"]').is_checked()
    page.locator("label").filter(has_text=re.compile("^window$")).click()
    assert says(page).startswith("Window 1")


def test_the_page_stays_where_it_is_when_its_own_link_is_followed(opened):
    page = opened({}, {}, {}, viewport={"width": 390, "height": 500})
    link = page.locator("conv-explorer").nth(1).locator('[data-part="link"]')
    link.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    link.click()
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") == before > 0
    page.evaluate("location.hash = '#explorer-3&stride=2x2'")
    page.locator("conv-explorer").nth(2).locator("code").filter(has_text="stride=2").wait_for()
    assert page.evaluate("document.querySelectorAll('conv-explorer')[2].getBoundingClientRect().top < innerHeight")


def test_output_sizes_stand_out_where_they_changed(opened):
    page = opened({"input_size": 8, "padding": 1, "in_channels": 4, "out_channels": 8})
    page.locator('[data-name="bias"]').click()
    assert page.locator(".changed").all_inner_texts() == ["288"]
    field(page, "padding").fill("0")
    assert part(page, "macs").locator(".changed").all_inner_texts() == ["6", "6", "10,368"]


def test_nothing_in_a_link_is_markup(opened):
    page = opened(
        {}, fragment="#explorer-1&mode=<img src=x onerror=alert(1)>&stride=%3Cb%3E&__proto__=1&kernel_size=9x9&=&&"
    )
    assert "does not fit" in page.locator(".refusal").inner_text()
    assert page.evaluate("document.querySelector('conv-explorer').shadowRoot.querySelector('img, b.x')") is None


def test_taken_out_and_put_back(opened):
    """JupyterLab moves outputs about."""
    page = opened({})
    page.evaluate(
        """() => {
          const element = document.querySelector("conv-explorer"), home = element.parentNode;
          element.remove();
          home.append(element);
        }"""
    )
    page.locator('[data-step="1"]').click()
    assert value_now(page) == 2


# For everyone


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_overflows(opened, theme, width):
    options = {"color_scheme": theme, "viewport": {"width": WIDTHS[width], "height": 900}}
    page = opened({"input_size": (6, 8), "stride": 2}, ALEXNET, POOLING, TRANSPOSED, {}, **options)
    page.evaluate(
        "document.body.style.background = matchMedia('(prefers-color-scheme: dark)').matches ? '#14181e' : ''"
    )
    page.evaluate("document.querySelector('h1').style.color = '#888'")
    page.locator("conv-explorer").last.locator('[data-name="kernel_size"][data-axis="0"]').fill("9")
    field(page.locator("conv-explorer").first, "stride").fill("3")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wider = """all => all.flatMap(e => [...e.shadowRoot.querySelectorAll(".box *")].filter(
      c => c.clientWidth && c.scrollWidth > c.clientWidth + 1 && !c.matches(".hush, input")).map(c => c.outerHTML))"""
    assert page.locator("conv-explorer").evaluate_all(wider) == []
    found = Axe().run(page, options={"preload": False}).response["violations"]
    assert [(violation["id"], node["html"]) for violation in found for node in violation["nodes"]] == []


@pytest.mark.parametrize(
    ("theme", "scheme", "dark"),
    [
        (' data-theme="dark"', "light", True),
        (' data-theme="light"', "dark", False),
        ("", "dark", True),
        ("", "light", False),
    ],
)
def test_theme(opened, theme, scheme, dark):
    page = opened({}, theme=theme, color_scheme=scheme)
    background = "document.querySelector('conv-explorer').shadowRoot.querySelector('.box')"
    shown = f"getComputedStyle({background}).backgroundColor"
    assert page.evaluate(shown) == ("rgb(20, 24, 30)" if dark else "rgb(255, 255, 255)")
    page.evaluate("document.documentElement.dataset.theme = ''")
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.wait_for_function(f"{shown} === 'rgb(20, 24, 30)'")
