"""The receptive field: a case holds the chain of layers along one axis."""

from convlib.formulas.arguments import common_rank, per_axis
from convlib.formulas.sizes import reach


def field_cases(layers):
    layers = [list(layer) for layer in layers]
    rank = common_rank(None, **{f"{i} {j}": entry for i, layer in enumerate(layers) for j, entry in enumerate(layer)})
    cases = []
    for axis in range(rank or 1):
        chain = []
        for layer in layers:
            f, s, _, d = [*layer, *(0, 1)[len(layer) - 2 :]]
            chain.append(tuple(per_axis("layers", entry, 1, rank or 1)[axis] for entry in (f, s, d)))
        cases.append({"layers": chain, "start": 1, "less": 1, "own": False, "what": "size"})
    return cases


def field(case):
    size, jump = case["start"], 1
    for f, s, d in case["layers"]:
        if case["own"]:
            jump *= s
        added = (reach(f, d) - case["less"]) * jump
        size = size * reach(f, d) if case["what"] == "product" else size + added
        if not case["own"]:
            jump *= s
    if case["what"] == "sum":
        return sum(reach(f, d) for f, _, d in case["layers"])
    return jump if case["what"] == "jump" else size


FIELD = {
    "kernels-added": lambda case: {"what": "sum"},
    "jump-ignored": lambda case: {"layers": [(f, 1, d) for f, _, d in case["layers"]]},
    "own-stride-first": lambda case: {"own": True},
    "kernel-not-less-one": lambda case: {"less": 0},
    "start-forgotten": lambda case: {"start": 0} if case["what"] == "size" else {},
    "dilation-ignored": lambda case: {"layers": [(f, s, 1) for f, s, _ in case["layers"]]},
    "dilation-times-kernel": lambda case: {"layers": [(f * d, s, 1) for f, s, d in case["layers"]]},
    "dilation-as-gap": lambda case: {"layers": [(f, s, d + (d > 1)) for f, s, d in case["layers"]]},
    "jump-for-size": lambda case: {"what": "jump"},
    "kernels-multiplied": lambda case: {"what": "product"},
}


def working(layers):
    """The field layer by layer, one line an axis: the size after each layer, and the jump behind it."""
    lines = []
    for case in field_cases(layers):
        size, jump, steps = 1, 1, []
        for f, s, d in case["layers"]:
            steps.append(f"{size} + {reach(f, d) - 1}·{jump} = {size + (reach(f, d) - 1) * jump}")
            size, jump = size + (reach(f, d) - 1) * jump, jump * s
        lines.append(", ".join(steps))
    return lines[0] if len(set(lines)) == 1 else "; ".join(lines)
