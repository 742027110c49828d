"""A part of a question: what is asked for, and what is needed to judge an answer."""

from dataclasses import dataclass, field, replace

from convlib.practice.diagnosis import as_numbers, facts_of, judge
from convlib.practice.key import Key, key_of, key_of_number, key_of_unknown, with_mistakes
from convlib.practice.laws import LAWS, right_value, working


@dataclass(frozen=True)
class Part:
    """One number (or one number an axis) that a question asks for."""

    label: str
    key: Key
    hint: str
    working: str
    facts: dict = field(default_factory=dict)

    @property
    def answer(self):
        """The right answer: a number, or a tuple with one number an axis; the smallest, if several are right."""
        numbers = tuple(min(right) for right in self.key.right)
        return numbers if len(numbers) > 1 else numbers[0]

    def diagnose(self, answer):
        """The ``Diagnosis`` of an answer; TypeError or ValueError if it is none."""
        return judge(self.key, as_numbers(answer, len(self.key.right)), self.hint, self.working, self.facts)


def asked(label, quantity, *, also=None, **inputs):
    """What ``quantity`` is for ``inputs``, the arguments of convlib's function of that name.

    ``also`` holds mistakes that go beyond the layer itself, such as a wrong map: slug → the wrong value, or a tuple.
    """
    key = key_of(quantity, inputs)
    if also:
        key = with_mistakes(key, also)
    return Part(label, key, LAWS[quantity].hint, working(quantity, inputs), facts_of(inputs))


def which(label, quantity, argument, values, *, also=None, **inputs):
    """Which ``argument`` gives what ``inputs`` give: all of ``values`` are tried, and each right one is accepted.

    ``also`` holds further mistakes, as for ``asked``.
    """
    target = right_value(quantity, inputs)
    key = with_mistakes(key_of_unknown(quantity, inputs, argument, values, target), also or {})
    lines = [f"{argument}={value}: {working(quantity, {**inputs, argument: value})}" for value in key.right[0]]
    return Part(label, key, LAWS[quantity].hint, "; ".join(lines))


def number(label, right, hint, worked, mistakes, *, fraction="not-rounded", tolerance=0):
    """Any other number, of which the mistakes are given: a dict of slug → the wrong value, or a tuple of them.

    ``fraction`` is the mistake of an answer that is right but for its fraction, ``tolerance`` how far an answer may lie
    from a right one that was rounded.
    """
    key = replace(key_of_number(right, mistakes), fraction=fraction, tolerance=tolerance)
    return Part(label, key, hint, f"{worked} = {right:,}" if worked else f"{right:,}")
