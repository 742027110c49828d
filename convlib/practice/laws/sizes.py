"""Sizes: a case holds the numbers of one axis."""

from convlib.formulas import same_padding
from convlib.formulas.arguments import per_axis
from convlib.formulas.sizes import positions, positions_rounded_up, reach, transposed_positions


def _axes(inputs, names):
    """One case an axis, from arguments that are an int for all axes or one int for each."""
    sizes = inputs["input_size"]
    rank = len(sizes) if isinstance(sizes, (tuple, list)) else 1
    columns = {name: per_axis(name, inputs[name], 0, rank) for name in names}
    return [{name: column[axis] for name, column in columns.items()} for axis in range(rank)]


def size(case):
    spanned = reach(case["kernel_size"], case["dilation"]) if case["kernel_size"] else 0
    padded = case["input_size"] + case["before"] + case["after"]
    if case["round_up"]:
        size = positions_rounded_up(padded, spanned, case["stride"], 0).value
    elif spanned <= padded:
        size = positions(padded, spanned, case["stride"], 0)
    else:
        return None
    if case["clamp"] and (size - 1) * case["stride"] >= case["input_size"] + case["before"]:
        size -= 1
    size += case["extra"]
    return size if size >= 1 else None


def _times(case):
    return {"kernel_size": case["kernel_size"] * case["dilation"], "dilation": 1}


DILATION = {
    "dilation-ignored": lambda case: {"dilation": 1},
    "dilation-as-gap": lambda case: {"dilation": case["dilation"] + 1} if case["dilation"] > 1 else {},
}
SLIDING = {
    "plus-one-forgotten": lambda case: {"extra": -1},
    "dilation-times-kernel": _times,
    "padding-one-side": lambda case: {"after": 0},
    "padding-forgotten": lambda case: {"before": 0, "after": 0},
    "ceiling-for-floor": lambda case: {"round_up": True},
    "stride-ignored": lambda case: {"stride": 1},
    **DILATION,
    "kernel-not-subtracted": lambda case: {"kernel_size": 0},
    "same-taken": lambda case: {} if case["before"] or case["stride"] > 1 else {"kernel_size": 1},
}
PLAIN = {"round_up": False, "clamp": False, "extra": 0}


def output_size_cases(**inputs):
    inputs = {"stride": 1, "padding": 0, "dilation": 1, **inputs}
    padding = inputs.pop("padding")
    named = isinstance(padding, str)
    cases = _axes(
        {**inputs, "before": 0 if named else padding}, ["input_size", "kernel_size", "stride", "dilation", "before"]
    )
    for case in cases:
        if padding == "same":
            case["before"], case["after"] = same_padding(case["kernel_size"], case["dilation"])
        else:
            case["after"] = case["before"]
        case |= PLAIN
    return cases


def pool_cases(**inputs):
    inputs = {"stride": None, "padding": 0, "dilation": 1, "ceil_mode": False, **inputs}
    inputs["before"] = inputs["after"] = inputs["padding"]
    default = inputs["stride"] is None
    inputs["stride"] = inputs["kernel_size"] if default else inputs["stride"]
    cases = _axes(inputs, ["input_size", "kernel_size", "stride", "dilation", "before", "after"])
    up = inputs["ceil_mode"]
    return [{**case, **PLAIN, "round_up": up, "clamp": up, "ceil_mode": up, "default": default} for case in cases]


POOLING = {
    "floor-for-ceiling": lambda case: {"round_up": False, "clamp": False} if case["ceil_mode"] else {},
    **SLIDING,
    "stride-ignored": lambda case: {} if case["default"] else {"stride": 1},
    "default-stride-ignored": lambda case: {"stride": 1} if case["default"] else {},
    "clamp-forgotten": lambda case: {"clamp": False},
    "size-before": lambda case: {"kernel_size": 1, "stride": 1, "before": 0, "after": 0},
    "kernel-as-stride": lambda case: (
        {} if case["default"] or not case["kernel_size"] else {"stride": case["kernel_size"]}
    ),
}


def transposed_size(case):
    spanned = reach(case["kernel_size"], case["dilation"]) if case["kernel_size"] else 0
    if case["forward"]:
        padded = case["input_size"] + case["before"] + case["after"]
        return positions(padded, spanned, case["stride"], 0) if spanned <= padded else None
    steps = case["input_size"] + case["extra"]
    cut = case["before"] + case["after"]
    size = transposed_positions(steps, spanned, case["stride"], 0, case["output_padding"]) - cut
    return size if size >= 1 else None


def transposed_cases(**inputs):
    inputs = {"stride": 1, "padding": 0, "output_padding": 0, "dilation": 1, **inputs}
    inputs["before"] = inputs["after"] = inputs["padding"]
    names = ["input_size", "kernel_size", "stride", "dilation", "before", "after", "output_padding"]
    return [{**case, "forward": False, "extra": 0} for case in _axes(inputs, names)]


TRANSPOSED = {
    "convolution-for-transposed": lambda case: {"forward": True},
    "only-scaled": lambda case: {"kernel_size": 0, "before": 0, "after": 0, "output_padding": 0, "extra": 1},
    "dilation-times-kernel": _times,
    "padding-cut-once": lambda case: {"after": 0},
    "padding-added": lambda case: {"before": -case["before"], "after": -case["after"]},
    "padding-not-cut": lambda case: {"before": 0, "after": 0},
    "output-padding-forgotten": lambda case: {"output_padding": 0},
    "minus-one-forgotten": lambda case: {"extra": 1},
    "stride-ignored": lambda case: {"stride": 1},
    **DILATION,
    "output-padding-twice": lambda case: {"output_padding": 2 * case["output_padding"]},
    "kernel-not-added": lambda case: {"kernel_size": 0},
}
