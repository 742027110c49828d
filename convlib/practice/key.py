"""The key to a question: its right answers, and what each wrong answer that we can explain comes from.

An explanation is a tuple of slugs: one mistake, or two made together. A key is plain data, so that a page without
Python can look an answer up in it and come to the same verdict.
"""

from dataclasses import dataclass, field, replace
from itertools import combinations
from math import ceil, floor

from convlib.formulas.sizes import reach
from convlib.practice.laws import LAWS, right_value
from convlib.practice.mistakes import SLIPS, slips

AXES_MIXED_UP = ("height-for-width",)
NEVER_WITH_ANOTHER = {"same-taken", "size-before"}
NO_WAY_BACK = ("same-taken",)  # who is asked for the size that stays does not take it by mistake
MOST_PAIRS = 3  # of the pairs of mistakes that give the same number, the likeliest are named


@dataclass(frozen=True)
class Key:
    """``right``: for each number of the answer the accepted values. ``wrong``: for each a dict of value →
    explanations, the likeliest first. ``whole``: explanations of complete wrong answers, by tuple. ``fraction``: the
    mistake of an answer that is right but for its fraction. ``gives``: if the question is which argument gives a
    result, a dict of argument → result. ``tolerance``: how far a rounded answer may lie from the right one."""

    right: tuple
    wrong: tuple
    whole: dict = field(default_factory=dict)
    fraction: str = "not-rounded"
    gives: dict = field(default_factory=dict)
    tolerance: float = 0

    def is_right(self, numbers):
        return all(
            any(abs(number - value) <= self.tolerance for value in right)
            for number, right in zip(numbers, self.right, strict=True)
        )

    def explain(self, numbers):
        """The explanations of a wrong answer as a whole, the likeliest first; an empty list if there is none."""
        whole = self.whole.get(tuple(numbers), [])
        found = []
        for number, right, wrong in zip(numbers, self.right, self.wrong, strict=True):
            if number not in right:
                found.append(wrong.get(number, []))
        if not all(found):
            return whole
        shared = [explanation for explanation in found[0] if all(explanation in other for other in found)]
        # one mistake is likelier than two, and a slip in the arithmetic of an axis likelier than a mix of axes
        shared.sort(key=lambda explanation: (len(explanation), explanation == AXES_MIXED_UP))
        return list(dict.fromkeys([*whole, *shared]))

    def explain_apart(self, numbers):
        """Where each wrong axis has a mistake of its own: pairs of an axis and its likeliest explanation."""
        found = []
        for axis, (number, right, wrong) in enumerate(zip(numbers, self.right, self.wrong, strict=True)):
            if number not in right:
                if number not in wrong:
                    return []
                found.append((axis, wrong[number][0]))
        return found

    def unrounded(self, numbers):
        """The explanation of an answer that is right but for its fraction."""
        whole = all(isinstance(value, int) for right in self.right for value in right)
        rounded = [(floor(number), ceil(number)) for number in numbers]
        near = all(set(pair) & set(right) for pair, right in zip(rounded, self.right, strict=True))
        fraction = any(pair[0] != pair[1] for pair in rounded)
        return [(self.fraction,)] if whole and near and fraction else []


def key_of(quantity, inputs):
    """The key to the question what ``quantity`` is for ``inputs``."""
    law = LAWS[quantity]
    right = right_value(quantity, inputs)
    rights = right if isinstance(right, tuple) else (right,)
    cases = law.cases(**inputs)
    wrong = [_wrong_values(law, case, value) for case, value in zip(cases, rights, strict=True)]
    for position, value in enumerate(rights if len(rights) == 2 else ()):
        for number in _with_the_other_axis(law, cases[position], cases[1 - position]) - {value}:
            wrong[position][number] = [AXES_MIXED_UP, *_singles(wrong[position].get(number, []))]
    return Key(tuple((value,) for value in rights), tuple(wrong), _axes_mixed_up(rights))


def key_of_number(right, mistakes):
    """The key to a number of which the mistakes are given: a dict of slug → wrong value, or a tuple of them."""
    return with_mistakes(Key(((right,),), (_with_slips({}, right),)), mistakes)


def with_mistakes(key, mistakes):
    """A key to one number, with more mistakes, as for ``key_of_number``; they come before a slip and before two
    mistakes made together."""
    (right,), (known,) = key.right, key.wrong
    wrong = dict(known)
    for slug, values in mistakes.items():
        for value in values if isinstance(values, tuple) else (values,):
            if value not in right:
                wrong[value] = [*_singles(wrong.get(value, [])), (slug,)]
    return replace(key, wrong=(wrong,))


def _singles(explanations):
    return [explanation for explanation in explanations if len(explanation) == 1 and explanation[0] not in SLIPS]


def _wrong_values(law, case, right):
    wrong, pairs = {}, {}
    for slug, change in law.ways:
        value = law.value(case | change(case))
        if value not in (None, right) and (slug,) not in wrong.get(value, []):
            wrong.setdefault(value, []).append((slug,))
    for (first, change), (second, then) in combinations(law.ways, 2):
        once = case | change(case)
        twice = once | then(once)
        if once == case or twice == once or twice == case | then(case):  # the one hides the other
            continue
        value = law.value(twice)
        if {first, second} & NEVER_WITH_ANOTHER:
            continue
        if first != second and value not in (None, right) and value not in wrong:
            pairs.setdefault(value, {})[first, second] = True
    wrong = _with_slips(wrong, right)
    for value, explanations in pairs.items():
        wrong.setdefault(value, []).extend(list(explanations)[:MOST_PAIRS])
    return wrong


def _with_slips(wrong, right):
    if isinstance(right, int):
        for value, slug in slips(right).items():
            if value not in wrong:
                wrong[value] = [(slug,)]
    return wrong


def _with_the_other_axis(law, case, other):
    """What comes out with the kernel, the stride, the padding or the dilation of the other axis."""
    taken = [("kernel_size",), ("stride",), ("before", "after"), ("dilation",)]
    changed = [case | {name: other[name] for name in names if name in other} for names in taken]
    return {value for entries in changed if (value := law.value(entries)) is not None}


def _axes_mixed_up(right):
    if len(set(right)) < 2:
        return {}
    same = {(value,) * len(right): [("one-size-for-all-axes",)] for value in right}
    return {tuple(reversed(right)): [AXES_MIXED_UP], **same}


def key_of_unknown(quantity, inputs, argument, values, target):
    """The key to the question which ``argument`` makes ``quantity`` equal ``target``; all of ``values`` are tried.

    A wrong value is explained by the mistake with which it would give ``target``.
    """
    law, gives, cases = LAWS[quantity], {}, {}
    for value in values:
        tried = {**inputs, argument: value}
        try:
            gives[value] = right_value(quantity, tried)
        except ValueError:
            continue
        cases[value] = law.cases(**tried)[0]
    rights = tuple(value for value, result in gives.items() if result == target)
    wrong = {}
    for slug, change in law.ways:
        given = {value: law.value(case | change(case)) for value, case in cases.items()}
        if slug in NO_WAY_BACK or len(set(given.values())) == 1:  # with this mistake the argument plays no part
            continue
        for value, number in given.items():
            if number == target and value not in rights and (slug,) not in wrong.get(value, []):
                wrong.setdefault(value, []).append((slug,))
    fraction = "does-not-divide" if quantity == "conv_parameters" else "not-whole"
    if quantity == "output_size":
        for slug, steps in (("position-for-step", target), ("solved-exactly", target - 1)):
            for value in _solved(argument, law.cases(**{**inputs, argument: 1})[0], steps):
                wrong[value] = [(slug,)]
    return Key((rights,), (wrong,), fraction=fraction, gives=gives)


def _solved(argument, case, steps):
    """The fractions that solve for a division without a remainder that leaves ``steps``, to one, two and three digits."""
    padded, span = case["input_size"] + case["before"] + case["after"], reach(case["kernel_size"], case["dilation"])
    moved = steps * case["stride"]
    over, under = {
        "stride": (padded - span, steps),
        "padding": (moved + span - case["input_size"], 2),
        "kernel_size": (padded - moved - 1 + case["dilation"], case["dilation"]),
    }[argument]
    values = {round(over / under, digits) for digits in (1, 2, 3)} if under > 0 else set()
    return [value for value in values if value > 0 and not value.is_integer()]
