"""Counts of parameters and of work: weights, times the positions they work at, and biases."""

from math import prod

from convlib.formulas.arguments import common_rank, per_axis

AREA = {
    "side-for-area": (
        lambda case: {"kernel": case["kernel"][:1]} if len(case["kernel"]) > 1 else {},
        lambda case: {"kernel": case["kernel"][1:]} if len(case["kernel"]) > 1 else {},
    ),
    "side-squared": (
        lambda case: {"kernel": case["kernel"][:1] * len(case["kernel"])},
        lambda case: {"kernel": case["kernel"][-1:] * len(case["kernel"])},
    ),
    "axis-too-many": lambda case: {"kernel": case["kernel"] * 2} if len(case["kernel"]) == 1 else {},
    "area-forgotten": lambda case: {"kernel": ()},
    "groups-ignored": lambda case: {"depth": case["in"]},
    "one-group": lambda case: {"filters": case["out"] // case["groups"]},
}


def count(case):
    weights = prod(case["kernel"]) * case["depth"] * case["filters"]
    return weights * prod(case["positions"]) * case["factor"] + case["bias"]


def _conv_case(in_channels, out_channels, kernel_size, groups, bias, positions):
    rank = common_rank(2, kernel_size=kernel_size, output_size=positions)
    return {
        "kernel": per_axis("kernel_size", kernel_size, 1, rank),
        "in": in_channels,
        "out": out_channels,
        "depth": in_channels // groups,
        "filters": out_channels,
        "groups": groups,
        "positions": per_axis("output_size", positions, 1, rank) if positions else (),
        "factor": 1,
        "bias": out_channels if bias else 0,
        "has_bias": bias,
    }


def conv_cases(in_channels, out_channels, kernel_size, groups=1, bias=True):
    return [_conv_case(in_channels, out_channels, kernel_size, groups, bias, None)]


def _with_bias(change):
    return lambda case: change(case) if case["has_bias"] else {}


CONV = {
    "bias-forgotten": lambda case: {"bias": 0},
    "depth-forgotten": lambda case: {"depth": 1},
    "bias-per-input": _with_bias(lambda case: {"bias": case["in"]}),
    **AREA,
    "bias-not-there": (
        lambda case: {} if case["has_bias"] else {"bias": case["out"]},
        lambda case: {} if case["has_bias"] else {"bias": 1},
    ),
    "one-bias": _with_bias(lambda case: {"bias": 1}),
    "biases-divided": _with_bias(lambda case: {"bias": case["out"] // case["groups"]}),
    "bias-per-sheet": _with_bias(lambda case: {"bias": case["depth"] * case["out"]}),
    "one-filter": lambda case: {"filters": 1, "bias": min(case["bias"], 1)},
}


def linear_cases(in_features, out_features, bias=True):
    return [_conv_case(in_features, out_features, (1,), 1, bias, None)]


LINEAR = {
    "bias-forgotten": lambda case: {"bias": 0},
    "bias-per-input": _with_bias(lambda case: {"bias": case["in"]}),
    "bias-not-there": CONV["bias-not-there"],
    "one-bias": CONV["one-bias"],
    "features-added": (
        lambda case: {"depth": 1, "filters": case["in"] + case["out"]},
        lambda case: {"depth": 1, "filters": case["in"] + case["out"], "bias": 0},
    ),
}


def macs_cases(in_channels, out_channels, kernel_size, output_size, groups=1):
    return [_conv_case(in_channels, out_channels, kernel_size, groups, False, output_size)]


MACS = {
    "weights-for-macs": lambda case: {"positions": ()},
    "parameters-for-macs": lambda case: {"positions": (), "bias": case["out"]},
    "biases-counted": lambda case: {"bias": case["out"] * prod(case["positions"])},
    "flops-for-macs": lambda case: {"factor": 2},
    "depth-forgotten": lambda case: {"depth": 1},
    **AREA,
    "one-side-of-output": (
        lambda case: {"positions": case["positions"][:1]},
        lambda case: {"positions": case["positions"][-1:]},
    ),
    "one-filter": lambda case: {"filters": 1},
}


def norm_cases(num_features, affine=True, track_running_stats=True):
    learned, running = (2 if affine else 0), (2 if track_running_stats else 0)
    return [
        {
            "channels": num_features,
            "learned": learned,
            "running": running,
            "counter": min(1, running),
            "a_channel": learned,
            "more": 0,
        }
    ]


def _tracked(change):
    return lambda case: change(case) if case["running"] else {}


NORM = {
    "affine-ignored": lambda case: {"a_channel": 2},
    "running-counted": _tracked(lambda case: {"a_channel": case["learned"] + 2}),
    "running-not-there": lambda case: {} if case["running"] else {"a_channel": case["learned"] + 2},
    "counter-not-there": lambda case: {} if case["running"] else {"more": 1},
    "switches-exchanged": lambda case: {} if case["running"] else {"a_channel": 0},
    "one-number-a-channel": lambda case: {"a_channel": min(1, case["learned"])},
    "buffers-for-parameters": _tracked(lambda case: {"a_channel": case["running"], "more": case["counter"]}),
    "state-for-parameters": _tracked(
        lambda case: {"a_channel": case["learned"] + case["running"], "more": case["counter"]}
    ),
}


def learned(case):
    """The trainable numbers of a batch normalisation, or what is taken for them."""
    return case["a_channel"] * case["channels"] + case["more"]
