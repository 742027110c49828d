"""The worked lines, by type of layer. A new type is one entry in ``SIZES`` or ``PARAMETERS`` and its test.

An entry takes the layer and gives what is needed to write its line later: a formula of ``convlib.formulas`` with its
arguments, or a list of lines, one for each axis. A formula's line is shown only if its value is what really came out.
"""

from functools import lru_cache

from torch import nn

from convlib.formulas import (
    batch_norm_parameters,
    conv_parameters,
    linear_parameters,
    output_size,
    pool_output_size,
    transposed_output_size,
)
from convlib.formulas.expression import grouped
from convlib.formulas.formula import AXES


def size_working(module, input_shape, output_shape):
    """What the size's line is written from, or None; input and output are the shapes of single tensors."""
    single = _is_one(input_shape) and _is_one(output_shape)
    entry = _entry(SIZES if single else _RECURRENT, module)
    if entry is None:
        return "unchanged" if single and input_shape == output_shape else None
    try:
        return entry(module, input_shape, output_shape)
    except (AttributeError, IndexError, TypeError, ValueError):  # a subclass that went its own way
        return None


def size_line(working):
    """The worked line of an output size, "" if there is none."""
    if working is None or isinstance(working, str):
        return working or ""
    formula, arguments, expected = working
    try:
        return _line(formula, tuple(arguments.items()), expected)
    except TypeError:  # a setting that cannot be hashed: a list
        return _line.__wrapped__(formula, tuple(arguments.items()), expected)


def parameter_formula(module):
    """A formula and its arguments for all the parameters of a layer, or None."""
    entry = _entry(PARAMETERS, module)
    try:
        return entry(module) if entry else None
    except AttributeError:  # a subclass that went its own way
        return None


def parameter_line(formula, terms, expected):
    """The worked line of a count: the formula's if it gives this very count, else the sum of the tensors' sizes.

    Args:
        formula: what ``parameter_formula`` gave.
        terms: the factors of each tensor, such as ``[(4, 128, 64), (128,)]``.
        expected: the number of values in all the tensors.
    """
    if formula is not None:
        function, arguments, part = formula
        line = _counted_line(function, tuple(arguments.items()), part, expected)
        if line:
            return line
    products = ["·".join(map(grouped, factors)) if factors else "1" for factors in terms]
    distinct = {product: products.count(product) for product in products} if len(products) > 4 else {}
    if len(distinct) < len(products) and distinct:
        products = [text if n == 1 else f"{n}·{text}" for text, n in distinct.items()]
    total = " + ".join(products)
    return total if total == grouped(expected) else f"{total} = {grouped(expected)}"


def factors(module, tensor):
    """A tensor's size as factors; the gates of a recurrent layer stand apart: 4·128·64, not 512·64."""
    gates = next((n for cls, n in _GATES.items() if isinstance(module, cls)), 1)
    first, *rest = tensor.shape or (1,)
    if gates > 1 and first == gates * module.hidden_size:
        return gates, first // gates, *rest
    return first, *rest


_GATES = {nn.LSTM: 4, nn.LSTMCell: 4, nn.GRU: 3, nn.GRUCell: 3}


def _is_one(shape):
    return isinstance(shape, tuple) and bool(shape) and isinstance(shape[0], int)


@lru_cache(maxsize=4096)
def _line(formula, arguments, expected):
    """A formula's worked line, "" if its value is not what came out. Deep models repeat their layers: remembered."""
    arguments = dict(arguments)
    try:
        return formula.worked(**arguments) if formula(**arguments) == expected else ""
    except (TypeError, ValueError):
        return ""


@lru_cache(maxsize=4096)
def _counted_line(function, arguments, part, expected):
    arguments = dict(arguments)
    try:
        return function.worked(**arguments) if getattr(function(**arguments), part) == expected else ""
    except (TypeError, ValueError):
        return ""


def _entry(table, module):
    for cls in type(module).__mro__:
        if cls in table:
            return table[cls]
    return None


def _spatial(shape, rank):
    return shape[-1] if rank == 1 else shape[-rank:]


def _by_axis(lines):
    """One line for axes that agree; else each with its name."""
    if len(set(lines)) == 1:
        return lines[0]
    return ", ".join(f"{axis}: {line}" for axis, line in zip(AXES[len(lines)], lines, strict=True))


def _conv(module, before, after):
    rank = len(module.kernel_size)
    settings = {name: getattr(module, name) for name in ("kernel_size", "stride", "padding", "dilation")}
    return output_size, {"input_size": _spatial(before, rank), **_for_rank(settings, rank)}, _spatial(after, rank)


def _for_rank(settings, rank):
    """A layer on one axis keeps its settings as tuples of one."""
    if rank > 1:
        return settings
    return {name: v[0] if isinstance(v, tuple) else v for name, v in settings.items()}


def _transposed(module, before, after):
    rank = len(module.kernel_size)
    names = ("kernel_size", "stride", "padding", "dilation")
    settings = {"input_size": _spatial(before, rank), **{name: getattr(module, name) for name in names}}
    settings = _for_rank(settings, rank)
    outcome = _spatial(after, rank)
    plain = transposed_output_size(**settings)  # what is above it is output_padding, the layer's or the call's
    extra = outcome - plain if rank == 1 else tuple(o - p for o, p in zip(outcome, plain, strict=True))
    return transposed_output_size, {**settings, "output_padding": extra}, outcome


def _pool(rank):
    def entry(module, before, after):
        settings = {"input_size": _spatial(before, rank)}
        for name in ("kernel_size", "stride", "padding", "dilation", "ceil_mode"):
            if hasattr(module, name):
                settings[name] = getattr(module, name)
        return pool_output_size, _for_rank(settings, rank), _spatial(after, rank)

    return entry


def _asked_for(rank):
    def entry(module, before, after):
        return _by_axis([f"{grouped(n)}, as asked for" for n in after[-rank:]])

    return entry


def _linear(module, before, after):
    return f"{grouped(before[-1])} → {grouped(after[-1])}"


def _embedding(module, before, after):
    return f"{grouped(after[-1])} for each index"


def _flatten(module, before, after):
    first = module.start_dim % len(before)
    last = module.end_dim % len(before)
    return f"{'·'.join(map(grouped, before[first : last + 1]))} = {grouped(after[first])}"


def _unflatten(module, before, after):
    place = module.dim % len(before) if isinstance(module.dim, int) else None
    if place is None:
        return None
    parts = after[place : len(after) - (len(before) - place - 1)]
    return f"{grouped(before[place])} = {'·'.join(map(grouped, parts))}"


def _upsample(module, before, after):
    lines = []
    for n, m in zip(before[2:], after[2:], strict=True):
        lines.append(f"{m // n}·{grouped(n)} = {grouped(m)}" if m % n == 0 else f"{grouped(n)} → {grouped(m)}")
    return _by_axis(lines)


def _pad(rank):
    def entry(module, before, after):
        pads = module.padding  # the last axis first: left, right, top, bottom, …
        lines = []
        for axis in range(rank):
            ends = pads[2 * (rank - 1 - axis) : 2 * (rank - axis)]
            terms = [grouped(before[axis - rank]), *(grouped(p) for p in ends if p)]
            lines.append(" + ".join(terms).replace("+ −", "− ") + f" = {grouped(after[axis - rank])}")
        return _by_axis(lines)

    return entry


def _shuffle(module, before, after):
    r = module.upscale_factor
    sizes = _by_axis([f"{grouped(n)}·{r} = {grouped(m)}" for n, m in zip(before[-2:], after[-2:], strict=True)])
    return f"{sizes}; channels {grouped(before[-3])}/{r * r} = {grouped(after[-3])}"


def _recurrent(module, before, after):
    hidden = getattr(module, "proj_size", 0) or module.hidden_size
    return f"2·{grouped(hidden)} = {grouped(2 * hidden)}" if module.bidirectional else grouped(hidden)


_RANKS = (1, 2, 3)
_RECURRENT = {nn.RNNBase: _recurrent}

SIZES = {
    **{getattr(nn, f"Conv{rank}d"): _conv for rank in _RANKS},
    **{getattr(nn, f"ConvTranspose{rank}d"): _transposed for rank in _RANKS},
    **{getattr(nn, f"{pool}{rank}d"): _pool(rank) for pool in ("MaxPool", "AvgPool", "LPPool") for rank in _RANKS},
    **{getattr(nn, f"Adaptive{kind}Pool{rank}d"): _asked_for(rank) for kind in ("Avg", "Max") for rank in _RANKS},
    **{
        getattr(nn, f"{kind}Pad{rank}d"): _pad(rank)
        for kind in ("Constant", "Zero", "Reflection", "Replication", "Circular")
        for rank in _RANKS
    },
    nn.Linear: _linear,
    nn.Embedding: _embedding,
    nn.Flatten: _flatten,
    nn.Unflatten: _unflatten,
    nn.Upsample: _upsample,
    nn.PixelShuffle: _shuffle,
}


def _conv_parameters(module):
    arguments = {name: getattr(module, name) for name in ("in_channels", "out_channels", "kernel_size", "groups")}
    return conv_parameters, {**arguments, "bias": module._parameters.get("bias") is not None}, "total"


def _linear_parameters(module):
    arguments = {"in_features": module.in_features, "out_features": module.out_features}
    return linear_parameters, {**arguments, "bias": module._parameters.get("bias") is not None}, "total"


def _batch_norm_parameters(module):
    return batch_norm_parameters, {"num_features": module.num_features, "affine": module.affine}, "trainable"


PARAMETERS = {
    **{getattr(nn, f"Conv{rank}d"): _conv_parameters for rank in _RANKS},
    **{getattr(nn, f"ConvTranspose{rank}d"): _conv_parameters for rank in _RANKS},
    nn.Linear: _linear_parameters,
    **{getattr(nn, f"BatchNorm{rank}d"): _batch_norm_parameters for rank in _RANKS},
    nn.SyncBatchNorm: _batch_norm_parameters,
    **{getattr(nn, f"InstanceNorm{rank}d"): _batch_norm_parameters for rank in _RANKS},
}
