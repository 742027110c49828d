"""Questions and keys as plain data, for pages without Python.

A key becomes a list of right answers and a text of wrong ones, such as ``"54:2;28:0;27:0+2,1+3"``: value, colon,
explanations separated by commas, each a mistake or two joined by a plus. A mistake is its position in ``MISTAKES``.
"""

from convlib.practice import diagnosis
from convlib.practice.drills import LEVELS, QUANTITIES, draw
from convlib.practice.mistakes import MISTAKES

_NUMBER_OF = {slug: number for number, slug in enumerate(MISTAKES)}
WORDS = {
    "correct": diagnosis.CORRECT,
    "unknown": diagnosis.UNKNOWN,
    "gives": diagnosis.GIVES,
    "together": diagnosis.TOGETHER,
    "or": diagnosis.OR,
}


def catalogue():
    """What every key refers to: the mistakes with their sentences, and the words around them."""
    return {"mistakes": list(MISTAKES.items()), "words": WORDS}


def encode_part(part, with_hint=True):
    """A part as plain data."""
    data = {
        "label": part.label,
        "right": [list(right) for right in part.key.right],
        "wrong": [_table(wrong) for wrong in part.key.wrong],
        "working": part.working,
    }
    if with_hint:
        data["hint"] = part.hint
    if part.key.whole:
        data["whole"] = _table({"x".join(map(str, numbers)): found for numbers, found in part.key.whole.items()})
    if part.facts:
        data["facts"] = part.facts
    if part.key.fraction != "not-rounded":
        data["fraction"] = part.key.fraction
    if part.key.tolerance:
        data["tolerance"] = part.key.tolerance
    if part.key.gives:
        data["gives"] = _line(part.key.gives)
    return data


def encode_drill(drill):
    """A drill as plain data."""
    return {
        "quantity": drill.quantity,
        "seed": drill.seed,
        "level": drill.level,
        "text": drill.text,
        "parts": [encode_part(part, drill.quantity == "network") for part in drill.parts],
    }


def bank(questions, networks):
    """The catalogue, and ``questions`` drills of each quantity and level (``networks`` whole networks), no two alike."""
    drills = []
    for quantity in QUANTITIES:
        for level in LEVELS:
            wanted, texts, seed = networks if quantity == "network" else questions, set(), 0
            while len(texts) < wanted and seed < 50 * wanted:
                drill = draw(quantity, seed, level)
                if drill.text not in texts:
                    texts.add(drill.text)
                    drills.append(encode_drill(drill))
                seed += 1
    return {**catalogue(), "drills": drills}


def _line(gives):
    """The results for each argument from the first to the last, None where there is none; if they lie on a straight
    line, the first of them and the step."""
    first, last = min(gives), max(gives)
    results = [gives.get(argument) for argument in range(first, last + 1)]
    if None not in results:
        step = results[1] - results[0] if len(results) > 1 else 0
        if results == [results[0] + step * i for i in range(len(results))]:
            return {"first": first, "last": last, "start": results[0], "step": step}
    return {"first": first, "results": results}


def _table(wrong):
    return ";".join(
        f"{value}:{','.join('+'.join(str(_NUMBER_OF[slug]) for slug in explanation) for explanation in explanations)}"
        for value, explanations in wrong.items()
    )
