"""What goes into the model: sizes or tensors, checked, as the arguments of one call of its forward."""

import inspect
from itertools import chain
from operator import index

import torch

from convlib.bookkeeping.copying import SMALL, has_fraction
from convlib.bookkeeping.shapes import tensors

_ALLOWED = (
    "a size without the batch such as (3, 224, 224), a list of sizes, a dict of names and sizes, or tensors in their "
    "place"
)


class Inputs:
    """``.args`` and ``.kwargs`` of the call. An input given by its size is a meta tensor, one of ``.templates``."""

    def __init__(self, model, given, name, batch_size, dtypes):
        self.batch_size = batch_size
        self.templates = {}  # id -> tensor
        self._held = []  # keeps the ids theirs
        self._open = set()  # ids of the templates whose type nobody gave
        self._name, self._dtypes = name, _Dtypes(dtypes, model)
        if isinstance(given, torch.Tensor) or _is_size(given):
            given = [given]
        if isinstance(given, dict):
            values = {key: self._value(f"{name}[{key!r}]", value, key) for key, value in given.items()}
            self.args, self.kwargs = ((), values) if _takes(model, values) else ((values,), {})
        elif isinstance(given, (list, tuple)):
            if not given:
                raise ValueError(f"{name}={given!r} must not be empty: give {_ALLOWED}")
            self.args = tuple(self._value(f"{name}[{i}]", value) for i, value in enumerate(given))
            self.kwargs = {}
        else:
            raise TypeError(f"{name}={given!r} must be {_ALLOWED}, not {type(given).__name__}")
        self._dtypes.check_used()

    @property
    def single(self):
        """Whether the batch is the ledger's own unit, one input given by its size, and not the caller's choice."""
        return self.batch_size == 1 and bool(self.templates)

    @property
    def bytes(self):
        """The memory of the inputs."""
        used = [self.templates.get(id(tensor), tensor) for tensor in tensors((self.args, self.kwargs))]
        return sum(tensor.numel() * tensor.element_size() for tensor in used)

    def to_integers(self, shape):
        """Make integers of the inputs of this shape whose type was left open. Whether there are any."""
        found = [key for key in self._open if tuple(self.templates[key].shape) == shape]
        for key in found:
            self.templates[key] = _empty(shape, torch.int64)
            self._open.remove(key)
        return bool(found)

    def _value(self, where, value, key=None):
        if isinstance(value, torch.Tensor):
            return value
        if _is_size(value):
            sizes = tuple(_extent(f"{where}[{i}]", n) for i, n in enumerate(value))
            dtype = self._dtypes.next(key)
            made = _empty((self.batch_size, *sizes), dtype or self._dtypes.default)
            self.templates[id(made)] = made
            self._held.append(made)
            if dtype is None:
                self._open.add(id(made))
            return made
        if isinstance(value, dict):
            return {name: self._value(f"{where}[{name!r}]", item, name) for name, item in value.items()}
        if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
            return type(value)(self._value(f"{where}[{i}]", item) for i, item in enumerate(value))
        if isinstance(value, int) and not isinstance(value, bool) and key is None and self._name == "input_size":
            raise TypeError(f"{where}={value!r} must be {_ALLOWED}, not int")
        return value  # a flag, a name, None: handed on as it is


def _empty(shape, dtype):
    """Small integer inputs have values (0), so that a forward can be steered by them."""
    if not has_fraction(dtype) and torch.Size(shape).numel() <= SMALL:
        return torch.zeros(shape, dtype=dtype)
    return torch.empty(shape, dtype=dtype, device="meta")


class _Dtypes:
    """The types of the inputs, in order or by name; None where left open, for the floating type of the model."""

    def __init__(self, dtypes, model):
        self._given, self._taken, self.default = dtypes, 0, _floating_type(model)
        listed = dtypes.values() if isinstance(dtypes, dict) else dtypes if isinstance(dtypes, (list, tuple)) else ()
        for dtype in (dtypes,) if dtypes is not None and listed == () and dtypes != () else listed:
            if not isinstance(dtype, torch.dtype):
                raise TypeError(
                    f"dtypes={dtypes!r} must be a torch.dtype, a list with one for each input, or a dict by name"
                )

    def next(self, key):
        position, self._taken = self._taken, self._taken + 1
        if isinstance(self._given, torch.dtype):
            return self._given
        if isinstance(self._given, dict) and key in self._given:
            return self._given[key]
        if isinstance(self._given, (list, tuple)) and position < len(self._given):
            return self._given[position]
        return None

    def check_used(self):
        if isinstance(self._given, (list, tuple)) and len(self._given) != self._taken:
            raise ValueError(
                f"dtypes={self._given!r} has {len(self._given)} entries, but the input has {self._taken} sizes"
            )


def batch(batch_size):
    """A checked batch size."""
    return _extent("batch_size", batch_size)


def _extent(name, value):
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name}={value!r} must be an int, not {type(value).__name__}")
    if index(value) < 1:
        raise ValueError(f"{name}={value!r} must be at least 1")
    return index(value)


def _is_size(value):
    """() is the size of a number: with the batch, one number an input. An empty list is no size."""
    if isinstance(value, tuple) and not hasattr(value, "_fields") and not value:
        return True
    return isinstance(value, (tuple, list)) and bool(value) and all(_is_number(item) for item in value)


def _is_number(item):
    return isinstance(item, (int, float)) or (hasattr(item, "__index__") and not isinstance(item, torch.Tensor))


def _takes(model, names):
    """Whether the model's forward takes these names as keyword arguments; else the dict is its one argument."""
    try:
        inspect.signature(model.forward).bind(**names)
    except (TypeError, ValueError):
        return False
    return True


def _floating_type(model):
    for tensor in chain(model.parameters(), model.buffers()):
        if tensor.dtype.is_floating_point and tensor.dtype.itemsize > 1:  # fp8 is for storage
            return tensor.dtype
    return torch.get_default_dtype()
