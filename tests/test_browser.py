"""The built book in a real browser: nothing fetched from elsewhere, nothing on the console, readable by everyone."""

import functools
import re
import threading
from http.server import ThreadingHTTPServer

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import WIDTHS, complaints, skip_without_chromium

from page_weight import Quiet, Slow, served, watch, weigh

skip_without_chromium()

BOUND = 1_000_000  # bytes that a page loads, the figures aside
MOST_SHIFT = 0.01
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
        # those that load late, and the stills, too
        loaded = "all => Promise.allSettled(all.map(image => { image.loading = 'eager'; return image.decode() }))"
        page.eval_on_selector_all("img", loaded)
        broken = page.eval_on_selector_all("img", "all => all.filter(i => !i.naturalWidth).map(i => i.src)")
        assert broken == [], name


def test_formulas_stand_without_javascript(origins, names, new_page):
    page = new_page(java_script_enabled=False)
    formulas = 0
    for name in names:
        page.goto(f"{origins['file']}/{name}")
        for solution in page.locator("details.solution").all():
            assert not solution.locator("section").is_visible()
            solution.locator("summary").click()
            solution.locator("section").wait_for()
        for formula in page.locator("article .katex-html:not(details:not([open]) *)").all():
            box = formula.bounding_box()
            assert box and box["width"] > 0 and box["height"] > 0, f"{name}: {formula.inner_text()}"
            formulas += 1
    assert formulas


# Of the pieces of formulas that have the same letters in the same font, the first is marked.
MARK = """() => {
  const seen = new Set();
  for (const piece of document.querySelectorAll("article .katex-html :not(:has(*))")) {
    const { fontFamily, fontWeight, fontStyle } = getComputedStyle(piece);
    const kind = [fontFamily, fontWeight, fontStyle, piece.textContent].join();
    if (/[^\\s\\u200b]/.test(piece.textContent) && !seen.has(kind)) piece.dataset.first = "";
    seen.add(kind);
  }
}"""


def test_formulas_are_drawn_in_their_own_fonts(origins, names, new_page):
    page = new_page()
    browser_side = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        browser_side.send(f"{domain}.enable")
    pieces = 0
    for name in names:
        page.goto(f"{origins['http']}/{name}", wait_until="networkidle")
        page.add_style_tag(content="section { content-visibility: visible !important }")
        page.evaluate("document.querySelectorAll('details').forEach((solution) => (solution.open = true))")
        page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        page.evaluate(MARK)
        root = browser_side.send("DOM.getDocument")["root"]["nodeId"]
        found = browser_side.send("DOM.querySelectorAll", {"nodeId": root, "selector": "[data-first]"})
        for node in found["nodeIds"]:
            fonts = browser_side.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            html = browser_side.send("DOM.getOuterHTML", {"nodeId": node})["outerHTML"]
            assert fonts and all(font["isCustomFont"] for font in fonts), f"{name}: {fonts} {html}"
            pieces += 1
    assert pieces > 200


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


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_while_something_is_open(theme, width, origins, new_page):
    page = new_page(color_scheme=theme, viewport={"width": WIDTHS[width], "height": 900})
    page.goto(f"{origins['http']}/chapters/output_size.html", wait_until="networkidle")

    def found():
        page.wait_for_timeout(400)  # what opens fades in
        violations = Axe().run(page, options={"preload": False}).response["violations"]
        return [(violation["id"], node["html"]) for violation in violations for node in violation["nodes"]]

    page.keyboard.press("Control+k")
    page.locator("#pst-search-dialog[open]").wait_for()
    assert found() == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Download this page").click()
    page.get_by_role("link", name=".ipynb").wait_for()
    assert found() == []
    page.keyboard.press("Escape")
    page.locator("details.solution summary").first.click()
    assert found() == []
    if width == "phone":
        for name in ("primary", "secondary"):
            page.locator(f"button.{name}-toggle").first.click()
            page.locator(f"#pst-{name}-sidebar-modal[open]").wait_for()
            assert found() == []
            page.keyboard.press("Escape")


def test_the_keyboard_reaches_the_page_in_its_order(origins, new_page):
    page = new_page()
    page.goto(f"{origins['file']}/chapters/output_size.html", wait_until="networkidle")
    parts = []
    for _ in range(60):
        page.keyboard.press("Tab")
        place = page.evaluate("""(() => {
          const at = (selector) => document.activeElement.closest(selector);
          return at("#pst-skip-link") ? "skip link" : at(".bd-sidebar-primary") ? "contents of the book"
            : at(".bd-header-article") ? "buttons" : at("article") ? "text" : at(".bd-sidebar-secondary") ? "on this page"
            : at(".navbar-brand") ? "home" : document.activeElement.id || document.activeElement.tagName;
        })()""")
        if not parts or parts[-1] != place:
            parts.append(place)
    order = [part for part in ("skip link", "contents of the book", "buttons", "text") if part in parts]
    assert order == ["skip link", "contents of the book", "buttons", "text"] == [p for p in parts if p in order]


def test_readers_who_ask_for_reduced_motion_get_stills(origins, names, new_page):
    for motion, shown, hidden in (("no-preference", "animation", "still"), ("reduce", "still", "animation")):
        page = new_page(reduced_motion=motion)
        for name in names:
            page.goto(f"{origins['file']}/{name}")
            displayed = "all => all.map(image => getComputedStyle(image).display)"
            assert set(page.eval_on_selector_all(f"img.{shown}", displayed)) <= {"block"}, name
            assert set(page.eval_on_selector_all(f"img.{hidden}", displayed)) <= {"none"}, name


def test_a_page_is_light(origins, names, browser):
    for name in names:
        weight = weigh(browser, f"{origins['http']}/{name}")
        total = weight.total() - weight["figures"]
        assert total <= BOUND, f"{name} loads {total:,} bytes: {dict(weight)}"


def test_pictures_below_the_first_screen_load_when_the_reader_comes_near(origins, names, new_page):
    page = new_page(viewport={"width": 1280, "height": 900})
    pictures = 0
    for name in names:
        page.goto(f"{origins['file']}/{name}")
        for picture in page.query_selector_all("article img"):
            assert picture.get_attribute("width") and picture.get_attribute("height"), picture.get_attribute("src")
            below = not picture.bounding_box() or picture.bounding_box()["y"] > 900
            assert not below or picture.get_attribute("loading") == "lazy", picture.get_attribute("src")
            pictures += 1
    assert pictures


def test_the_letters_of_pictures_can_be_read_on_a_phone(book, origins, names, new_page):
    page = new_page(viewport={"width": WIDTHS["phone"], "height": 900})
    read = 0
    for name in names:
        page.goto(f"{origins['file']}/{name}")
        for picture in page.query_selector_all("article img[src$='.svg']:not(.still)"):
            drawing = (book / name).parent.joinpath(picture.get_attribute("src")).read_text("utf-8")
            letters = [float(size) for size in re.findall(r"\bfont(?:-size)?: ?[\w ]*?([\d.]+)px", drawing)]
            units = float(re.search(r'viewBox="\S+ \S+ (\S+)', drawing)[1])
            picture.scroll_into_view_if_needed()
            size = min(letters) * picture.bounding_box()["width"] / units
            assert size >= 6.5, f"{name}: {picture.get_attribute('alt')[:60]}: {size:.1f} pixels"
            read += 1
    assert read > 20


@pytest.mark.parametrize("width", WIDTHS)
def test_the_text_stays_where_it_is_while_a_page_loads(width, book, names, browser):
    with served(book, Slow) as address:
        shifts = {name: watch(browser, f"{address}/{name}", WIDTHS[width], scroll=True)[0] for name in names}
    assert {name: shift for name, shift in shifts.items() if shift > MOST_SHIFT} == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_the_room_of_an_explorer_is_kept_until_its_script_is_there(width, origins, new_page):
    page = new_page(viewport={"width": WIDTHS[width], "height": 900})
    held = []
    page.route("**/explorer.js*", lambda route: held.append(route))
    page.goto(f"{origins['http']}/chapters/alexnet.html", wait_until="commit")
    page.wait_for_selector("conv-explorer:not(:defined) img")
    height = "document.querySelector('conv-explorer').offsetHeight"
    while not held:
        page.wait_for_timeout(50)
    before = page.evaluate(height)
    held.pop().continue_()
    page.wait_for_selector("conv-explorer:defined canvas")
    assert abs(page.evaluate(height) - before) < 0.2 * before


def test_a_page_prints_as_its_reader_left_it(origins, new_page, tmp_path):
    page = new_page()
    page.goto(f"{origins['file']}/chapters/output_size.html", wait_until="networkidle")
    first, second = page.locator("details.solution").all()[:2]
    first.locator("summary").click()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".bd-article h1").is_visible()
    assert first.locator("section").is_visible()
    assert not second.locator("section").is_visible()
    for away in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article", ".prev-next-footer", ".copybtn"):
        assert not page.locator(away).first.is_visible(), away
    assert {image.is_visible() for image in page.locator("figure img.still").all()} == {True}
    assert {image.is_visible() for image in page.locator("figure img.animation").all()} == {False}
    # the stills were hidden until now; what is on paper is a picture, not a gap
    images = pypdfium2.PdfDocument(page.pdf())
    assert len(images) > 5
    stills = page.eval_on_selector_all("img.still", "all => all.map(image => image.complete && image.naturalWidth > 0)")
    assert stills and all(stills)


def test_a_page_is_printed_in_its_light_colours(origins, new_page):
    page = new_page(color_scheme="dark")
    page.goto(f"{origins['http']}/chapters/output_size.html", wait_until="networkidle")
    token = "getComputedStyle(document.querySelector('article .highlight .kn')).color"
    dark = page.evaluate(token)
    page.emulate_media(media="print")
    page.wait_for_function("document.documentElement.dataset.theme === 'light'")
    assert page.evaluate(token) != dark and not page.evaluate("document.querySelector('conv-explorer').dark")
    page.emulate_media(media="screen")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    assert page.evaluate(token) == dark


def test_a_page_has_its_colours_without_javascript(origins, new_page):
    page = new_page(java_script_enabled=False)
    page.goto(f"{origins['file']}/chapters/parameters.html")
    assert page.locator("html").get_attribute("data-theme") == "light"


@pytest.mark.parametrize("width", WIDTHS)
def test_a_reader_who_comes_back_finds_the_place(width, origins, new_page):
    page = new_page(viewport={"width": WIDTHS[width], "height": 900})
    page.goto(f"{origins['http']}/chapters/alexnet.html#exercises", wait_until="networkidle")
    page.mouse.wheel(0, 400)
    top = "Math.round(document.querySelector('#exercises').getBoundingClientRect().top)"
    page.wait_for_function(f"{top} < -200")
    page.wait_for_timeout(300)
    before = page.evaluate(top)
    page.reload(wait_until="networkidle")
    page.wait_for_timeout(300)
    assert abs(page.evaluate(top) - before) <= 2


def test_a_link_in_the_drawer_closes_it(origins, new_page):
    page = new_page(viewport={"width": WIDTHS["phone"], "height": 844})
    page.goto(f"{origins['http']}/chapters/parameters.html", wait_until="networkidle")
    page.locator("button.secondary-toggle:visible").click()
    page.locator('dialog[open] a[href="#exercises"]').click()
    page.locator("dialog[open]").wait_for(state="detached")
    page.wait_for_function("Math.abs(document.querySelector('#exercises').getBoundingClientRect().top) < 200")


def test_the_keyboards_place_can_be_seen(origins, new_page):
    page = new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{origins['http']}/chapters/parameters.html", wait_until="networkidle")
    for _ in range(40):
        page.keyboard.press("Tab")
        ring = page.evaluate(
            "(e => { const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(e);"
            " return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none'; })"
            "(document.activeElement)"
        )
        assert ring, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_the_formula_sheet_prints_on_one_page(origins, new_page):
    page = new_page()
    page.goto(f"{origins['file']}/chapters/formula_sheet.html", wait_until="networkidle")
    printed = pypdfium2.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True))
    assert len(printed) == 1
    text = printed[0].get_textpage().get_text_range()
    assert "Formula sheet" in text and "multiply-accumulates" in text and "Before you write a number down" in text


@pytest.mark.parametrize("scheme", ["http", "file"])
@pytest.mark.parametrize(
    ("words", "page_name"),
    [
        ("conv_parameters", "parameters"),
        ("F_H", "output_size"),
        ("H_out", "output_size"),
        ("output_size", "output_size"),
        ("stride", "output_size"),
        ("running_mean", "batch_norm"),
        ("62,378,344", "alexnet"),
        ("62378344", "alexnet"),
    ],
)
def test_search_finds_symbols_names_and_numbers(scheme, words, page_name, origins, new_page):
    page = new_page()
    page.goto(f"{origins[scheme]}/index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results p.search-summary:has-text('found')", timeout=10_000)
    found = page.eval_on_selector_all("#search-results li a", "all => all.map(link => link.href)")
    assert any(f"/{page_name}.html" in link for link in found), found


def test_what_a_search_finds_is_shown_with_each_formula_once(origins, new_page):
    page = new_page()
    page.goto(f"{origins['http']}/search.html?q=dilation", wait_until="networkidle")
    excerpts = " ".join(page.locator("#search-results p.context").all_inner_texts())
    assert "D dilation: distance" in excerpts and "\\" not in excerpts
    field = page.locator("article input[type=search], main input[type=search]").first
    letters = field.evaluate("(e) => e.getBoundingClientRect().left + parseFloat(getComputedStyle(e).paddingLeft)")
    icon = page.locator("main .bd-search .fa-magnifying-glass").first.bounding_box()
    assert icon["x"] + icon["width"] <= letters


def test_a_wrong_address_of_any_depth_leads_back(book, new_page):
    """As a host serves it that has the book in a folder: its 404.html for each address that is not there."""

    class Host(Quiet):
        def translate_path(self, path):
            return super().translate_path(path.removeprefix("/some/book")) if path.startswith("/some/book/") else ""

        def send_error(self, code, message=None, explain=None):
            body = (book / "404.html").read_bytes()
            self.send_response(404)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Host, directory=str(book)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = new_page()
    for wrong in ("nothing", "chapters/nothing.html", "a/b/c/nothing.html"):
        root = f"http://127.0.0.1:{server.server_port}/some/book/"
        assert page.goto(root + wrong, wait_until="networkidle").status == 404
        page.get_by_role("link", name="start of the book").click()
        assert page.url == f"{root}index.html"
        page.go_back(wait_until="networkidle")
        page.get_by_role("searchbox").fill("stride")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{root}search.html?q=stride")
    server.shutdown()


def test_code_is_copied_by_a_button(origins, new_page):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{origins['http']}/chapters/output_size.html", wait_until="networkidle")
    cell = page.locator(".cell_input").first
    cell.hover()
    cell.locator(".copybtn").click()
    assert page.evaluate("navigator.clipboard.readText()").strip() == cell.locator("pre").inner_text().strip()


def test_a_page_offers_its_notebook_and_its_neighbours(origins, book, new_page):
    page = new_page(accept_downloads=True)
    page.goto(f"{origins['file']}/chapters/parameters.html", wait_until="networkidle")
    page.get_by_role("button", name="Download this page").click()
    notebook = page.get_by_role("link", name=".ipynb")
    assert notebook.is_visible()
    link = page.evaluate("link => link.href", notebook.element_handle())
    assert link == (book / "_sources" / "chapters" / "parameters.ipynb").as_uri()
    page.locator(".prev-next-footer a.right-next").click()
    assert page.url.endswith("/batch_norm.html")
    page.locator(".prev-next-footer a.left-prev").click()
    assert page.url.endswith("/parameters.html")


def test_a_citation_tells_its_reference(origins, names, new_page):
    page = new_page()
    citations = 0
    for name in names:
        page.goto(f"{origins['file']}/{name}")
        for link in page.locator("span.bibtex-citation a, a.bibtex").all():
            assert len(link.get_attribute("title")) > 20
            citations += 1
    assert citations
