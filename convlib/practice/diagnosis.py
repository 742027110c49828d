"""What is wrong with an answer, and what to do next."""

import re
from dataclasses import dataclass
from math import isfinite
from operator import index

from convlib.formulas.expression import grouped
from convlib.formulas.formula import AXES
from convlib.practice.key import key_of
from convlib.practice.laws import LAWS, working
from convlib.practice.mistakes import MISTAKES

CORRECT = "Right."
UNKNOWN = "That is not it, and it is none of the mistakes known here. Write the formula down, then put the numbers in."
GIVES = "Your number gives {result}."
TOGETHER = "Two things at once."
OR = "Or:"


@dataclass(frozen=True)
class Diagnosis:
    """What an answer tells.

    ``correct`` says whether it is right. ``mistakes`` holds the slugs of the mistakes that lead to it, the likeliest
    first; empty if it is right or not known. ``message`` is a sentence or two that lead to the next step and do not
    hold the right number, ``hint`` the formula, ``working`` the right answer with its working.
    """

    correct: bool
    mistakes: tuple
    message: str
    hint: str
    working: str

    def __str__(self):
        return self.message

    def _repr_html_(self):
        # The sentences come from this package, never from the reader.
        return f'<p role="status"><strong>{"✓" if self.correct else "✗"}</strong> {self.message}</p>'


def diagnose(quantity, answer, **inputs):
    """Find out which mistake leads to an answer.

    Args:
        quantity: one of 'output_size', 'pool_output_size', 'transposed_output_size', 'conv_parameters',
            'linear_parameters', 'batch_norm_parameters', 'conv_macs', 'receptive_field'.
        answer: an int, or a tuple with one int an axis. For counts the total, for batch normalisation the trainable
            count, for the receptive field its size. One int stands for all axes.
        **inputs: the arguments of convlib's function of that name.

    Returns:
        A ``Diagnosis``.

    Raises:
        TypeError: ``answer`` or an input is of the wrong type.
        ValueError: ``quantity`` is not known, ``answer`` has the wrong number of axes, or an input is out of range.
    """
    if quantity not in LAWS:
        raise ValueError(f"quantity={quantity!r} must be one of {', '.join(LAWS)}")
    if hasattr(inputs.get("layers"), "__next__"):  # it is gone through more than once
        inputs["layers"] = list(inputs["layers"])
    key = key_of(quantity, inputs)
    numbers = as_numbers(answer, len(key.right))
    return judge(key, numbers, LAWS[quantity].hint, working(quantity, inputs), facts_of(inputs))


def judge(key, numbers, hint, worked, facts=None):
    """The ``Diagnosis`` of ``numbers`` (one an axis) by a key; ``facts`` are put into the sentences."""
    if key.is_right(numbers):
        return Diagnosis(True, (), CORRECT, hint, worked)
    explanations = key.explain(numbers)
    if not explanations and (apart := key.explain_apart(numbers)):
        return Diagnosis(False, _slugs(e for _, e in apart), _apart(apart, numbers, facts or {}, key), hint, worked)
    explanations = explanations or key.unrounded(numbers)
    result = key.gives.get(numbers[0])
    gives = "" if result is None else GIVES.format(result=grouped(result))
    if not explanations:
        return Diagnosis(False, (), gives or UNKNOWN, hint, worked)
    shown = explanations[:2] if max(map(len, explanations[:2])) == 1 else explanations[:1]
    sentences = [_sentences(explanation, facts or {}, key) for explanation in shown]
    message = _where(key, numbers) + f" {OR} ".join(sentences)
    return Diagnosis(False, _slugs(explanations), f"{gives} {message}".strip(), hint, worked)


def _slugs(explanations):
    return tuple(dict.fromkeys(slug for explanation in explanations for slug in explanation))


def _apart(explanations, numbers, facts, key):
    """A mistake for each wrong axis."""
    names = AXES[len(numbers)]
    return " ".join(f"Along {names[axis]}: {_sentences(found, facts, key)}" for axis, found in explanations)


def facts_of(inputs):
    """The numbers of a question that the sentences may name."""
    out = inputs.get("out_channels", inputs.get("out_features"))
    return {} if out in (None, 1) else {"out": out}


def as_numbers(answer, count):
    """``answer`` as a tuple of ``count`` numbers; a single number stands for each of them."""
    given = answer if isinstance(answer, (tuple, list)) else (answer,) * count
    if len(given) != count:
        raise ValueError(f"answer={answer!r} has {len(given)} numbers; {count} are asked for")
    return tuple(_number(answer, number) for number in given)


def _number(answer, number):
    if isinstance(number, float) and isfinite(number):
        return int(number) if number.is_integer() else number
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise TypeError(f"answer={answer!r} must be a number or a tuple of numbers")
    return index(number)


def _where(key, numbers):
    """The axes that are wrong, if others are right."""
    names = AXES[len(numbers)]
    rows = zip(names, numbers, key.right, strict=True)
    wrong = [name for name, number, right in rows if number not in right]
    return "" if len(wrong) == len(names) else f"Along {' and '.join(wrong)}: "


def _sentences(explanation, facts, key):
    told = " ".join(_filled(MISTAKES[slug], facts, key) for slug in explanation)
    return f"{TOGETHER} {told}" if len(explanation) > 1 else told


def _filled(sentence, facts, key):
    """The sentence with the question's numbers; a number that is the answer as well is left out."""

    def number(match):
        value = facts.get(match[1])
        known = value is None or any(value in right for right in key.right)
        return "" if known else f"{grouped(value)} "

    return re.sub(r"\{(\w+)\} ", number, sentence)
