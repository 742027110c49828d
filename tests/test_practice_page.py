"""Practice in a real browser: the same verdicts as in Python, progress that is kept, and nothing taken for markup."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import WIDTHS, complaints, skip_without_chromium

from convlib import practice
from convlib.practice.bank import catalogue, encode_part
from convlib.practice.exercises import exercises, exercises_of_chapters
from convlib.practice.reading import read_answer

skip_without_chromium()

TYPED = [
    "34,944",
    "34 944",
    " 7 ",
    "5.61",
    "−7",
    "1,2",
    "",
    "1e5",
    "55x54",
    "(55, 54)",
    "55 × 54",
    "55",
    "<b>1</b>",
    "5 5 5",
]
TYPED += [
    "34\u202f944",
    "1_000",
    "007",
    "1,0000",
    "55 by 54",
    "[1; 2]",
    "9" * 300,
    "1,079 × 1,919",
    "1,079",
    "224,224",
    "26 × 26",
    "26 × 27",
    "0x10",
    "Infinity",
    "NaN",
    "--1",
    "(",
    ")",
]
KEY = "counting-convolutions"


@pytest.fixture(scope="module")
def trainer(tmp_path_factory):
    """A page that holds the trainer alone, as a notebook's output is."""
    path = tmp_path_factory.mktemp("practice") / "trainer.html"
    html = practice.trainer()._repr_html_()
    path.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><main><h1>t</h1>{html}</main>', "utf-8"
    )
    return path.as_uri()


def keep(page, stored):
    """Have ``stored`` as the progress, and an entry of another page's, before the page runs."""
    entries = json.dumps({KEY: stored, "other": "kept"})
    page.add_init_script(f"Object.assign(localStorage, {entries})")


def reload(page):
    """Load the page anew, when the browser has had the time to write down what it keeps."""
    page.wait_for_timeout(300)
    page.reload()


def verdicts_in_python(part):
    """The verdict on each number that the key knows, and on some that it does not."""
    count = len(part.key.right)
    answers = [tuple(min(right) for right in part.key.right), (10**9 + 7,) * count]
    answers += [tuple(map(int, numbers)) for numbers in part.key.whole]
    answers.append(tuple(number + 0.5 for number in answers[0]))
    gives = [*part.key.gives]
    answers += [(number,) for number in [*gives[:40], *gives[40::50], *(gives and [gives[0] - 1, gives[-1] + 1])]]
    for axis, wrong in enumerate(part.key.wrong):
        for value in wrong:
            numbers = [min(right) for right in part.key.right]
            numbers[axis] = value
            answers += [tuple(numbers), (value,) * count]
    for numbers in answers:
        found = part.diagnose(numbers if count > 1 else numbers[0])
        yield [list(numbers), found.correct, list(found.mistakes), found.message]


JUDGED = """([parts, catalogue]) => parts.flatMap(([part, verdicts], position) =>
  verdicts.flatMap(([numbers, correct, mistakes, message]) => {
    const found = convPractice.judge(part, numbers, catalogue);
    const same = found.correct === correct && found.message === message && String(found.mistakes) === String(mistakes);
    return same ? [] : [[position, numbers, found, message]];
  }))"""


def test_the_page_judges_as_python_does(trainer, new_page):
    page = new_page()
    page.goto(trainer)
    drills = [
        practice.draw(quantity, seed, level)
        for quantity in practice.QUANTITIES
        for level in (1, 2, 3)
        for seed in range(6 if quantity == "network" else 16)
    ]
    parts = [part for drill in drills for part in drill.parts]
    parts += [part for parts in exercises().values() for part in parts]
    compared = [[encode_part(part), list(verdicts_in_python(part))] for part in parts]
    assert sum(len(verdicts) for _, verdicts in compared) > 20_000
    assert page.evaluate(JUDGED, [compared, catalogue()]) == []


def test_the_page_reads_numbers_as_python_does(trainer, new_page):
    page = new_page()
    page.goto(trainer)
    for count in (1, 2, 3):
        found = page.evaluate("([texts, n]) => texts.map((text) => convPractice.readAnswer(text, n))", [TYPED, count])
        expected = [read_answer(text, count) for text in TYPED]
        assert found == [None if numbers is None else list(numbers) for numbers in expected]


@pytest.mark.parametrize("chapter", exercises_of_chapters())
def test_an_exercise_is_answered_on_the_page(chapter, book, new_page):
    page = new_page()
    wrong = complaints(page)
    page.goto((book / "chapters" / f"{chapter}.html").as_uri())
    labels = exercises_of_chapters()[chapter]
    assert page.locator("conv-answer").count() == len(labels)
    assert f"0 of {len(labels)} solved" in page.locator("conv-progress").inner_text()
    for label in labels:
        element = page.locator(f"#{label} conv-answer")
        for position, part in enumerate(exercises()[label]):
            form = element.locator("form").nth(position)
            if len(part.key.right) == 1:
                mistake = next(iter(part.key.wrong[0]))
                form.locator("input").fill(str(mistake))
                form.locator("input").press("Enter")
                assert part.diagnose(mistake).message in form.locator(".practice-reply").inner_text()
            form.get_by_role("button", name="Hint").click()
            assert part.hint in form.locator(".practice-more").inner_text()
            answer = part.answer if isinstance(part.answer, tuple) else (part.answer,)
            form.locator("input").fill(" × ".join(map(str, answer)))
            form.get_by_role("button", name="Check").click()
            assert "✓ Right." in form.locator(".practice-reply").inner_text()
            form.get_by_role("button", name="Solution").click()
            assert part.working in form.locator(".practice-more").inner_text()
    reload(page)
    assert f"{len(labels)} of {len(labels)} solved" in page.locator("conv-progress").inner_text()
    assert wrong == []


def answer_of(page):
    """The right answer to the question that the trainer shows, from its own data."""
    return page.evaluate(
        "document.querySelector('conv-practice').drill.parts.map((part) => part.right.map((right) => right[0]).join('x'))"
    )


def solve(page, wrong_first=False):
    for position, answer in enumerate(answer_of(page)):
        form = page.locator("conv-practice form").nth(position)
        if wrong_first:
            form.locator("input").fill("123456789")
            form.locator("input").press("Enter")
        form.locator("input").fill(answer)
        form.locator("input").press("Enter")


def test_streak_review_and_aim(trainer, new_page):
    page = new_page()
    page.goto(trainer)
    page.get_by_label("What").select_option("conv_parameters")
    for _ in range(3):
        solve(page)
        page.get_by_role("button", name="Next question").click()
    assert "in a row: 3. Longest row: 3. Questions done: 3." in page.locator(".practice-score").inner_text()
    table = page.evaluate("document.querySelector('conv-practice').drill.parts[0].wrong[0]")
    page.locator("conv-practice form input").fill(table.split(":")[0])
    page.locator("conv-practice form input").press("Enter")
    progress = json.loads(page.evaluate(f"localStorage['{KEY}']"))
    slug = next(iter(progress["mistakes"]))
    assert progress["mistakes"][slug] == {"count": 1, "gap": 2, "due": 5}
    assert page.locator(".practice-review li").first.inner_text().startswith("1 × ")
    solve(page)
    assert "in a row: 0. Longest row: 3. Questions done: 4." in page.locator(".practice-score").inner_text()
    page.get_by_role("button", name="Next question").click()
    assert page.evaluate("document.querySelector('conv-practice').aim") is None  # not due yet
    solve(page)
    page.get_by_role("button", name="Next question").click()
    assert page.evaluate("document.querySelector('conv-practice').aim") == slug
    solve(page)  # mastered once: it comes back after twice as many questions
    progress = json.loads(page.evaluate(f"localStorage['{KEY}']"))
    assert progress["mistakes"][slug] == {"count": 1, "gap": 4, "due": 10}
    page.get_by_role("button", name="Practise this").first.click()
    assert page.evaluate("document.querySelector('conv-practice').aim") == slug
    reload(page)
    assert "Longest row: 3. Questions done: 6." in page.locator(".practice-score").inner_text()


def test_a_question_given_up_counts_and_a_mistake_is_booked_once(trainer, new_page):
    page = new_page()
    page.goto(trainer)
    page.get_by_label("What").select_option("conv_parameters")
    table = page.evaluate("document.querySelector('conv-practice').drill.parts[0].wrong[0]")
    for _ in range(2):
        page.locator("conv-practice form input").fill(table.split(":")[0])
        page.locator("conv-practice form input").press("Enter")
    page.get_by_role("button", name="Next question").click()
    progress = json.loads(page.evaluate(f"localStorage['{KEY}']"))
    assert (progress["done"], progress["streak"]) == (1, 0)
    assert [seen["count"] for seen in progress["mistakes"].values()] == [1]
    page.get_by_role("button", name="Next question").click()  # not tried: it counts for nothing
    assert json.loads(page.evaluate(f"localStorage['{KEY}']"))["done"] == 1


def test_a_mistake_is_practised_whatever_is_chosen(trainer, new_page):
    page = new_page()
    seen = {"jump-ignored": {"count": 1, "gap": 2, "due": 99}}
    keep(page, json.dumps({"version": 1, "solved": {}, "done": 9, "streak": 0, "best": 0, "mistakes": seen}))
    page.goto(trainer)
    page.get_by_label("What").select_option("linear_parameters")
    page.get_by_role("button", name="Practise this").click()
    assert page.get_by_label("What").input_value() == "any"
    assert page.evaluate("document.querySelector('conv-practice').aim") == "jump-ignored"


BROKEN = ["", "nonsense", "null", "[]", '{"version":99}', '{"version":1}', '{"version":1,"solved":[],"mistakes":{}}']
BROKEN += ['{"version":1,"solved":{},"mistakes":{},"done":-1,"streak":0,"best":0}', '"text"', "{", "1e999"]


@pytest.mark.parametrize("stored", BROKEN)
def test_a_store_that_cannot_be_read_does_no_harm_and_is_set_aside(stored, trainer, new_page):
    page = new_page()
    wrong = complaints(page)
    keep(page, stored)
    page.goto(trainer)
    solve(page)
    assert "Questions done: 1." in page.locator(".practice-score").inner_text()
    assert page.evaluate("localStorage.other") == "kept"
    assert page.evaluate(f"localStorage['{KEY}-unreadable']") == stored
    assert wrong == []


def test_foreign_entries_are_dropped_and_shown_to_nobody(trainer, new_page):
    page = new_page()
    stored = {
        "version": 1,
        "done": 2,
        "streak": 1,
        "best": 1,
        "solved": {"__proto__": [True], "x": "y", "output-size-lenet": [True, True]},
        "mistakes": {
            "<img src=x onerror=alert(1)>": {"count": 1, "gap": 2, "due": 0},
            "bias-forgotten": {"count": "many"},
        },
    }
    keep(page, json.dumps(stored))
    page.goto(trainer)
    assert "Nothing yet." in page.locator(".practice-review").inner_text()
    assert "How big is the output?: 1 of 11" in page.locator("conv-practice").inner_text()
    assert page.locator("conv-practice img").count() == 0


def test_export_reset_import(trainer, new_page, tmp_path):
    page = new_page(accept_downloads=True)
    page.goto(trainer)
    solve(page, wrong_first=True)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    file = tmp_path / "progress.json"
    download.value.save_as(file)
    assert json.loads(file.read_text("utf-8"))["done"] == 1
    page.get_by_role("button", name="Reset").click()
    assert "Questions done: 1." in page.locator(".practice-score").inner_text()  # it asks first
    page.get_by_role("button", name="Reset: yes, forget all").click()
    assert "Questions done: 0." in page.locator(".practice-score").inner_text()
    foreign = tmp_path / "foreign.json"
    foreign.write_text('{"version": 1, "solved": 3}', "utf-8")
    page.locator("input[type=file]").set_input_files(foreign)
    page.get_by_text("Nothing was changed.").wait_for()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("Your progress was read.").wait_for()
    assert "Questions done: 1." in page.locator(".practice-score").inner_text()


@pytest.mark.parametrize(
    "typed", ["<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "javascript:alert(1)"]
)
def test_nothing_typed_is_markup(typed, trainer, new_page):
    page = new_page()
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    page.goto(trainer)
    page.locator("conv-practice form input").first.fill(typed)
    page.locator("conv-practice form input").first.press("Enter")
    assert page.locator("conv-practice img, conv-practice form script").count() == 0
    assert "Write" in page.locator(".practice-reply").first.inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_while_a_reader_practises(theme, width, book, new_page):
    page = new_page(color_scheme=theme, viewport={"width": WIDTHS[width], "height": 900})
    page.goto((book / "chapters" / "practice.html").as_uri(), wait_until="networkidle")
    page.get_by_label("What").select_option("network")
    solve(page, wrong_first=True)
    for name in ("Hint", "Solution"):
        page.locator("conv-practice form").first.get_by_role("button", name=name).click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page, context="conv-practice", options={"preload": False}).response["violations"]
    assert [(violation["id"], node["html"]) for violation in found for node in violation["nodes"]] == []


def test_by_keyboard_alone(trainer, new_page):
    page = new_page()
    page.goto(trainer)
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.textContent.trim().slice(0, 13) || document.activeElement.tagName")
        )
    assert [name for name in reached if name in ("INPUT", "Check", "Hint", "Next question")][:4] == [
        "INPUT",
        "Check",
        "Hint",
        "Next question",
    ]


def test_without_javascript_there_are_questions_with_hidden_solutions(trainer, new_page):
    page = new_page(java_script_enabled=False)
    page.goto(trainer)
    assert page.locator("conv-practice details").count() >= 10
    assert page.locator("conv-practice details[open]").count() == 0
