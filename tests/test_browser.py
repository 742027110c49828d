"""The built book in a real browser: nothing fetched from elsewhere, nothing on the console, readable by everyone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import WIDTHS, complaints, served, skip_without_chromium

skip_without_chromium()

# What axe finds and we let stand: (page, rule): the reason.
LET_STAND = {}


@pytest.fixture(scope="module")
def origins(book):
    with served(book) as address:
        yield {"http": address, "file": book.as_uri()}


@pytest.fixture(scope="module")
def names(book):
    return sorted(path.relative_to(book).as_posix() for path in book.rglob("*.html") if "_static" not in path.parts)


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_nothing_is_fetched_from_elsewhere_and_nothing_fails(scheme, origins, names, new_page):
    page = new_page()
    requests, wrong = [], complaints(page)
    page.on("request", lambda request: requests.append(request.url))
    for name in names:
        page.goto(f"{origins[scheme]}/{name}", wait_until="networkidle")
    elsewhere = [url for url in requests if not url.startswith((origins[scheme], "data:"))]
    assert (elsewhere, wrong) == ([], [])


def test_pictures_are_drawn(origins, names, new_page):
    page = new_page()
    for name in names:
        page.goto(f"{origins['http']}/{name}", wait_until="networkidle")
        broken = page.eval_on_selector_all("img", "all => all.filter(i => !i.naturalWidth).map(i => i.src)")
        assert broken == [], name


def test_formulas_stand_without_javascript(origins, names, new_page):
    page = new_page(java_script_enabled=False)
    formulas = 0
    for name in names:
        page.goto(f"{origins['file']}/{name}")
        for formula in page.locator("article .katex-html:not(details *, .toggle *)").all():
            box = formula.bounding_box()
            assert box and box["width"] > 0 and box["height"] > 0, f"{name}: {formula.inner_text()}"
            formulas += 1
    assert formulas


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_overflows(theme, width, origins, names, new_page):
    page = new_page(color_scheme=theme, viewport={"width": WIDTHS[width], "height": 900})
    found = []
    for name in names:
        page.goto(f"{origins['http']}/{name}", wait_until="networkidle")
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the screen"
        found += [
            f"{name}: {violation['id']}: {node['html']}"
            for violation in Axe().run(page, options={"preload": False}).response["violations"]
            if (name, violation["id"]) not in LET_STAND
            for node in violation["nodes"]
        ]
    assert found == []


def test_readers_who_ask_for_reduced_motion_get_stills(origins, names, new_page):
    for motion, shown, hidden in (("no-preference", "animation", "still"), ("reduce", "still", "animation")):
        page = new_page(reduced_motion=motion)
        for name in names:
            page.goto(f"{origins['file']}/{name}")
            displayed = "all => all.map(image => getComputedStyle(image).display)"
            assert set(page.eval_on_selector_all(f"img.{shown}", displayed)) <= {"block"}, name
            assert set(page.eval_on_selector_all(f"img.{hidden}", displayed)) <= {"none"}, name
