"""What a reader calls in a notebook: ``check`` an answer, ask for a ``hint``, ask for the ``solution``."""

from html import escape

from convlib.practice.exercises import exercises
from convlib.practice.reading import read_answer

_last = None


class Reply:
    """Lines to read, as text and as HTML; each is ``(mark, label, sentence)``."""

    def __init__(self, lines):
        self.lines = lines

    def __repr__(self):
        return "\n".join(
            " ".join(filter(None, [mark, f"{label}:" if label else "", said])) for mark, label, said in self.lines
        )

    def _repr_html_(self):
        rows = (
            f"<li>{escape(mark)} {f'<strong>{escape(label)}:</strong> ' if label else ''}{escape(said)}</li>"
            for mark, label, said in self.lines
        )
        return f'<div role="status"><ul style="list-style: none; padding: 0">{"".join(rows)}</ul></div>'


def check(slug, answer=None):
    """Say whether an answer to an exercise is right, and if not, which mistake leads to it.

    Args:
        slug: the label of the exercise; it stands in the exercise's cell.
        answer: a number (or a text such as "34,944"); a tuple with one number an axis; for an exercise with several
            questions a list with one answer for each, None for those that are still open.

    Returns:
        A ``Reply``, which a notebook shows.

    Raises:
        ValueError: no exercise has this label, or ``answer`` does not have as many answers as there are questions.
        TypeError: an answer is neither a number nor a tuple of numbers nor a text.
    """
    global _last
    parts = _parts(slug)
    _last = slug
    if answer is None:
        answers = [None] * len(parts)
    elif len(parts) == 1 and not isinstance(answer, list):
        answers = [answer]
    else:
        answers = answer
    if not isinstance(answers, list) or len(answers) != len(parts):
        asked = ", ".join(part.label for part in parts)
        raise ValueError(f"answer={answer!r} must be a list of {len(parts)} answers: {asked}")
    return Reply([_judged(part, one) for part, one in zip(parts, answers, strict=True)])


def hint(slug=None):
    """The formula for an exercise; without a label, for the one that was checked last."""
    return Reply([("", part.label, part.hint) for part in _parts(slug)])


def solution(slug=None):
    """The working of an exercise; without a label, of the one that was checked last."""
    return Reply([("", part.label, part.working) for part in _parts(slug)])


def _parts(slug):
    slug = _last if slug is None else slug
    if slug is None:
        raise ValueError("slug=None: check an answer first, or give the label of an exercise")
    if slug not in exercises():
        raise ValueError(f"slug={slug!r} must be one of {', '.join(exercises())}")
    return exercises()[slug]


def _judged(part, answer):
    if answer is None:
        return "–", part.label, "still open. Put your answer in the place of None."
    if isinstance(answer, str):
        numbers = read_answer(answer, len(part.key.right))
        if numbers is None:
            return "–", part.label, "that is not a number that can be read. Write it like 34,944 or 5.61, or 55 × 55."
        answer = numbers
    diagnosis = part.diagnose(answer)
    return "✓" if diagnosis.correct else "✗", part.label, diagnosis.message
