"""Which pixels of the input does one cell of a deep layer see?

Source of the recurrences: Araujo, Norris and Sim, "Computing receptive fields of convolutional neural networks"
(Distill, 2019).
"""

from collections import namedtuple

from convlib.formulas.arguments import common_rank, per_axis


class ReceptiveField(namedtuple("ReceptiveField", "size jump start")):
    """``.size`` pixels wide, ``.jump`` pixels from one output cell's field to its neighbour's; the first begins at
    pixel ``.start`` (0 is the first pixel of the image; a negative start lies in the padding)."""

    __slots__ = ()


def receptive_field(layers):
    """The receptive field of one output cell of a chain of convolutions and pools.

    From the input on, each layer with effective kernel F, stride S and padding P makes
    size ← size + (F − 1)·jump, start ← start − P·jump, jump ← jump·S, beginning with size 1, jump 1, start 0.

    Args:
        layers: an iterable of ``(kernel_size, stride[, padding[, dilation]])``, the first layer first. Each entry is
            an int, or one int for each of 1 to 3 axes.

    Returns:
        A tuple with ``.size``, ``.jump`` and ``.start``, in pixels of the input; ints if every entry is an int,
        tuples with one int an axis otherwise.

    Raises:
        TypeError: ``layers`` or an entry is of the wrong type.
        ValueError: an entry is out of range, or a layer has too few or too many entries.
    """
    if isinstance(layers, str) or not hasattr(layers, "__iter__"):
        raise TypeError(f"layers={layers!r} must be an iterable of (kernel_size, stride[, padding[, dilation]])")
    layers = [_named(position, layer) for position, layer in enumerate(layers)]
    entries = {name: value for layer in layers for name, (value, _) in layer.items()}
    rank = common_rank(None, **entries)
    sizes, jumps, starts = ([value] * (rank or 1) for value in (1, 1, 0))
    for layer in layers:
        steps = zip(*(per_axis(name, value, low, rank or 1) for name, (value, low) in layer.items()), strict=True)
        for axis, (f, s, p, d) in enumerate(steps):
            sizes[axis] += d * (f - 1) * jumps[axis]
            starts[axis] -= p * jumps[axis]
            jumps[axis] *= s
    if rank is None:
        return ReceptiveField(sizes[0], jumps[0], starts[0])
    return ReceptiveField(tuple(sizes), tuple(jumps), tuple(starts))


def _named(position, layer):
    """A layer's four entries, each with its name (for a refusal) and its smallest allowed value."""
    if not isinstance(layer, (tuple, list)):
        raise TypeError(f"layers[{position}]={layer!r} must be a tuple (kernel_size, stride[, padding[, dilation]])")
    if len(layer) not in (2, 3, 4):
        raise ValueError(f"layers[{position}]={layer!r} must have 2, 3 or 4 entries, not {len(layer)}")
    names, lowest = ("kernel_size", "stride", "padding", "dilation"), (1, 1, 0, 1)
    values = [*layer, *(0, 1)[len(layer) - 2 :]]
    return {f"layers[{position}] {n}": (v, low) for n, v, low in zip(names, values, lowest, strict=True)}
