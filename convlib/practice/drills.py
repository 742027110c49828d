"""Fresh questions with sensible numbers, as many as you like: the same seed gives the same question."""

from dataclasses import dataclass
from random import Random

from convlib.formulas.arguments import integer
from convlib.practice.laws import LAWS, right_value
from convlib.practice.networks import draw_network
from convlib.practice.part import asked, which
from convlib.practice.wording import question

LEVELS = (1, 2, 3)
MOST_RIGHT = 4  # a question with more right answers than this is drawn again


@dataclass(frozen=True)
class Drill:
    """A question. ``parts`` holds what it asks for: one part, or for a network one for each field of its table.

    ``inputs`` are the arguments of the function of convlib that answers a question of one part; the one that is asked
    for is None.
    """

    quantity: str
    seed: int
    level: int
    text: str
    inputs: dict
    parts: tuple

    @property
    def answer(self):
        """The right answer of a question with one part; a tuple of answers for a network."""
        return self.parts[0].answer if len(self.parts) == 1 else tuple(part.answer for part in self.parts)

    def diagnose(self, answer):
        """The ``Diagnosis`` of an answer to a question of one part; for a network give a list, and get one."""
        if len(self.parts) == 1:
            return self.parts[0].diagnose(answer)
        if not isinstance(answer, (tuple, list)) or len(answer) != len(self.parts):
            raise ValueError(f"answer={answer!r} must hold {len(self.parts)} answers, one for each part")
        return [part.diagnose(one) for part, one in zip(self.parts, answer, strict=True)]


def draw(quantity, seed, level=1):
    """A question drawn by ``seed``.

    Args:
        quantity: a quantity of ``diagnose``; or 'which_padding', 'which_kernel_size', 'which_stride',
            'which_out_channels' for a question the other way round; or 'network' for a whole small network.
        seed: an int of at least 0.
        level: 1, 2 or 3.

    Returns:
        A ``Drill``. The same arguments give the same question.

    Raises:
        TypeError, ValueError: for an argument of the wrong type or out of range.
    """
    if quantity not in QUANTITIES:
        raise ValueError(f"quantity={quantity!r} must be one of {', '.join(QUANTITIES)}")
    integer("seed", seed, 0)
    if integer("level", level, 1) not in LEVELS:
        raise ValueError(f"level={level!r} must be 1, 2 or 3")
    random = Random(f"{quantity} {seed} {level}")
    if quantity == "network":
        text, parts = draw_network(random, level)
        return Drill(quantity, seed, level, text, {}, tuple(parts))
    if quantity in _UNKNOWN:
        return _draw_unknown(quantity, seed, level, random)
    while True:
        inputs = _INPUTS[quantity](random, level)
        try:
            part = asked("", quantity, **inputs)
        except ValueError:  # a kernel that does not fit: draw again
            continue
        if not _matters(quantity, inputs):
            continue
        return Drill(quantity, seed, level, question(quantity, inputs), inputs, (part,))


def _matters(quantity, inputs):
    """Whether the padding and the rounding of a question make a difference to its answer, where it has them."""
    law = LAWS[quantity]
    cases = law.cases(**inputs)

    def value(slug):
        return [law.value(case | law.mistakes[slug](case)) for case in cases]

    right = [law.value(case) for case in cases]
    padded = quantity in ("output_size", "pool_output_size") and inputs.get("padding")
    if padded and right in (value("padding-one-side"), value("padding-forgotten")):
        return False
    if inputs.get("ceil_mode"):
        return right != value("floor-for-ceiling") or right != value("clamp-forgotten")
    return True


def _draw_unknown(name, seed, level, random):
    quantity, argument, wanted, values = _UNKNOWN[name]
    while True:
        inputs = _INPUTS[quantity](random, min(level, 2))
        if level == 3 and quantity == "output_size":
            inputs["dilation"] = 2
        if any(isinstance(value, tuple) for value in inputs.values()) or inputs[argument] == 0:
            continue
        try:
            target = right_value(quantity, inputs)
        except ValueError:  # a kernel that does not fit: draw again
            continue
        part = which("", quantity, argument, values, **inputs)
        if len(part.key.right[0]) > MOST_RIGHT:
            continue
        text = question(quantity, {**inputs, argument: None}, wanted.format(target=f"{target:,}"))
        return Drill(name, seed, level, text, {**inputs, argument: None}, (part,))


def _output_size(random, level):
    kernel = random.choice([3, 5] if level == 1 else [2, 3, 4, 5, 7, 11])
    inputs = {"input_size": random.randint(8, 64), "kernel_size": kernel}
    inputs["stride"] = random.randint(1, 2) if level == 1 else random.randint(2, 4)
    inputs["padding"] = random.randint(0, kernel // 2)
    if level > 1:
        inputs["input_size"] = random.choice([27, 28, 32, 56, 64, 112, 128, 200, 224, 227])
    if level == 3:
        height, width = random.sample([24, 32, 48, 60, 64, 96, 120, 160, 224, 256], 2)
        inputs |= {"input_size": (height, width), "dilation": random.randint(1, 3)}
        if random.random() < 0.5:
            inputs["kernel_size"] = (kernel, random.choice([1, 3, 5]))
            inputs["padding"] = random.randint(0, 1)
    return inputs


def _pool(random, level):
    inputs = {"input_size": random.randint(10, 60), "kernel_size": random.randint(2, 3)}
    if level > 1:
        inputs["kernel_size"] = random.choice([2, 3, 4])
        inputs |= {"stride": random.randint(1, 3), "padding": random.randint(0, 1)}
    if level == 3:
        inputs |= {"input_size": tuple(random.sample(range(20, 120), 2)), "ceil_mode": random.random() < 0.7}
        inputs["dilation"] = random.randint(1, 2)
    return inputs


def _transposed(random, level):
    inputs = {"input_size": random.randint(4, 32), "kernel_size": random.randint(2, 4), "stride": 2}
    if level > 1:
        inputs |= {"kernel_size": random.randint(3, 5), "stride": random.randint(2, 4), "padding": random.randint(1, 2)}
    if level == 3:
        inputs |= {"input_size": tuple(random.sample(range(4, 40), 2)), "output_padding": 1}
        inputs["dilation"] = random.randint(1, 3)
    return inputs


def _channels(random, level):
    c_in = random.choice([1, 3, 6, 16] if level == 1 else [16, 24, 32, 48, 64, 96, 128, 256])
    c_out = random.choice([6, 8, 16, 32] if level == 1 else [24, 32, 64, 96, 128, 192, 256, 384])
    return {"in_channels": c_in, "out_channels": c_out, "kernel_size": random.choice([1, 3, 5, 7])}


def _grouped(random, inputs, level):
    if level == 3:
        both = [g for g in (2, 4, 8, 16, 32) if inputs["in_channels"] % g == 0 and inputs["out_channels"] % g == 0]
        inputs["groups"] = random.choice(both) if both else 1
    return inputs


def _conv(random, level):
    inputs = _grouped(random, _channels(random, level), level)
    if level > 1:
        inputs["bias"] = random.random() < 0.6
        if random.random() < 0.3:
            inputs["kernel_size"] = tuple(random.sample([1, 3, 5, 7], 2))
    return inputs


def _linear(random, level):
    if level == 1:
        return {"in_features": random.randint(4, 120), "out_features": random.choice([2, 5, 10, 84])}
    sides, channels = random.choice([4, 5, 6, 7]), random.choice([16, 32, 64, 256])
    inputs = {"in_features": sides * sides * channels, "out_features": random.choice([10, 100, 120, 1000, 4096])}
    return inputs if level == 2 else {**inputs, "bias": random.random() < 0.5}


def _batch_norm(random, level):
    inputs = {"num_features": random.choice([8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024])}
    if level > 1:
        inputs["track_running_stats"] = random.random() < 0.5
    if level == 3:
        inputs["affine"] = random.random() < 0.85
    return inputs


def _macs(random, level):
    inputs = _grouped(random, _channels(random, level), level)
    if level == 3 and random.random() < 0.3:
        inputs["kernel_size"] = tuple(random.sample([1, 3, 5, 7], 2))
    side = random.choice([5, 7, 14, 28, 56])
    inputs["output_size"] = side if level == 1 else (side, {5: 8, 7: 10, 14: 20, 28: 40, 56: 72}[side])
    return inputs


def _field(random, level):
    layers = []
    for _ in range(random.randint(2, 3) if level == 1 else random.randint(3, 4)):
        stride = 1 if level == 1 and random.random() < 0.7 else random.randint(1, 2)
        layer = (random.choice([2, 3, 5]), stride)
        layers.append((*layer, 0, random.randint(2, 3)) if level == 3 and random.random() < 0.5 else layer)
    return {"layers": layers}


_INPUTS = {
    "output_size": _output_size,
    "pool_output_size": _pool,
    "transposed_output_size": _transposed,
    "conv_parameters": _conv,
    "linear_parameters": _linear,
    "batch_norm_parameters": _batch_norm,
    "conv_macs": _macs,
    "receptive_field": _field,
}
# name: quantity, the unknown argument, the question, the values that are tried
_UNKNOWN = {
    "which_padding": ("output_size", "padding", "Which padding gives an output of {target}?", range(12)),
    "which_kernel_size": ("output_size", "kernel_size", "Which kernel gives an output of {target}?", range(1, 40)),
    "which_stride": ("output_size", "stride", "Which stride gives an output of {target}?", range(1, 12)),
    "which_out_channels": (
        "conv_parameters",
        "out_channels",
        "It has {target} parameters. How many filters does it have?",
        range(1, 1025),
    ),
}
QUANTITIES = (*_INPUTS, *_UNKNOWN, "network")
