"""The exercises of the chapters: enough of them, and each numeric one with a key that fits its text."""

import re
from pathlib import Path

import nbformat
import pytest

from convlib.practice.exercises import exercises, exercises_of_chapters
from convlib.practice.laws import LAWS
from convlib.practice.mistakes import MISTAKES, SLIPS
from convlib.practice.trainer import TITLES

ROOT = Path(__file__).resolve().parent.parent
FEWEST, FEWEST_A_CHAPTER, FEWEST_MISTAKES = 60, 8, 3


def read(chapter):
    return nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4)


def shown(cell):
    """What a cell says and prints."""
    printed = [
        output.get("text", "") or str(output.get("data", {}).get("text/plain", ""))
        for output in cell.get("outputs", [])
    ]
    return "\n".join([cell.source, *printed])


def blocks(chapter):
    """The cells of each exercise and of each solution: two dicts of label → texts."""
    questions, solutions, place = {}, {}, None
    for cell in read(chapter).cells:
        for kind, found in (("exercise", questions), ("solution", solutions)):
            if start := re.search(rf"\{{{kind}-start\}}(.*)\n(?::label: (.*)\n)?", cell.source):
                place = found.setdefault((start[2] if kind == "exercise" else start[1]).strip(), [])
        if place is not None:
            place.append(cell)
        if re.search(r"\{(exercise|solution)-end\}", cell.source):
            place = None
    return questions, solutions


@pytest.fixture(scope="module", params=exercises_of_chapters())
def chapter(request):
    return request.param


def test_there_are_enough():
    counts = [len(blocks(chapter)[0]) for chapter in exercises_of_chapters()]
    assert sum(counts) >= FEWEST and min(counts) >= FEWEST_A_CHAPTER


def test_each_exercise_has_a_solution(chapter):
    questions, solutions = blocks(chapter)
    assert list(questions) == list(solutions)


def test_there_are_bugs_to_find_and_things_to_explain(chapter):
    titles = " ".join(re.findall(r"\{exercise-start\} (.*)", "\n".join(cell.source for cell in read(chapter).cells)))
    assert "Find the " in titles and "Explain" in titles


def test_each_key_belongs_to_an_exercise_of_its_chapter_and_is_checked_there(chapter):
    questions, _ = blocks(chapter)
    for label in exercises_of_chapters()[chapter]:
        parts = exercises()[label]
        blank = "None" if len(parts) == 1 else f"[{', '.join(['None'] * len(parts))}]"
        cells = [cell for cell in questions[label] if cell.cell_type == "code" and "answer" in cell.metadata.tags]
        assert [cell.source for cell in cells] == [f'from convlib.practice import check\n\ncheck("{label}", {blank})']


def test_each_answer_stands_in_the_solution(chapter):
    _, solutions = blocks(chapter)
    for label in exercises_of_chapters()[chapter]:
        text = "\n".join(map(shown, solutions[label])).replace("{,}", ",").replace("_", ",").replace("−", "-")
        for part in exercises()[label]:
            for number in part.answer if isinstance(part.answer, tuple) else (part.answer,):
                written = rf"(?<![\d.,])(?:{number:,}|{re.escape(str(number))})(?![\d])"
                assert re.search(written, text) or number == 0, (
                    f"{label}, {part.label}: {number} is not in the solution"
                )


def test_each_number_can_be_wrong_in_several_known_ways():
    for label, parts in exercises().items():
        for part in parts:
            known = {slug for wrong in part.key.wrong for found in wrong.values() for e in found for slug in e}
            assert len(known) >= FEWEST_MISTAKES, f"{label}, {part.label}: {known}"
            assert len(known - set(SLIPS)) >= 2, f"{label}, {part.label}: {known}"


def test_each_right_answer_is_right_and_no_wrong_one_is():
    for parts in exercises().values():
        for part in parts:
            assert part.diagnose(part.answer).correct
            for right, wrong in zip(part.key.right, part.key.wrong, strict=True):
                assert not set(right) & set(wrong)


def test_every_mistake_is_used_and_every_one_has_a_sentence():
    used = {slug for law in LAWS.values() for slug in law.mistakes} | {"height-for-width", "one-size-for-all-axes"}
    for parts in exercises().values():
        for part in parts:
            used |= {slug for wrong in part.key.wrong for found in wrong.values() for e in found for slug in e}
            used.add(part.key.fraction)
    assert used == set(MISTAKES)


def test_the_titles_are_the_chapters_titles():
    for chapter, title in TITLES.items():
        assert read(chapter).cells[0].source.splitlines()[0] == f"# {title}"
