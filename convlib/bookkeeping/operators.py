"""What runs: a mode that sees every operator of a forward pass, counts its multiply-accumulates and knows its output.

Counted are matrix products (attention's too), convolutions and recurrent layers, weights only, by the formulas of
``torch.utils.flop_counter`` (a multiply-accumulate is two of its FLOPs). Not counted: biases, elementwise operators,
normalisation, pooling, interpolation, softmax, sorting, FFTs.

On meta tensors an operator's output depends on nothing but the shapes, strides and types that go in, so it is
remembered: a second layer like the first, or a second ledger of the same model, costs a look in a dictionary.
"""

import torch
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry, sdpa_flop_count

from convlib.bookkeeping import receptive
from convlib.bookkeeping.copying import SMALL, empty_like

aten = torch.ops.aten

_REMEMBERED = {}  # what went into an operator -> (multiply-accumulates, what came out)
_MOST_REMEMBERED = 20_000


def _cpu_attention(query, key, value, *args, **kwargs):
    return sdpa_flop_count(query.shape, key.shape, value.shape)


def _fused_rnn(sequence, weight_input, weight_hidden, *args, **kwargs):
    steps = sequence.shape[0] * sequence.shape[1]
    return 2 * steps * (weight_input.numel() + weight_hidden.numel())


def _vector_product(matrix, vector, *args, **kwargs):
    return 2 * matrix.numel()


_FLOPS = {
    **flop_registry,  # what follows is missing there
    aten._scaled_dot_product_flash_attention_for_cpu: _cpu_attention,
    aten.mkldnn_rnn_layer: _fused_rnn,
    aten.mv: _vector_product,
    aten.dot: _vector_product,
}


class Operators(TorchDispatchMode):
    """Counts into ``count.macs`` and adds the ids of the tensors that operators read to ``touched``.

    ``count`` is set by the one who uses the mode: the record of the module that runs now. With ``meta`` the forward
    runs on meta tensors; without, on data.
    """

    def __init__(self, meta, count):
        super().__init__()
        self.meta, self.count, self.touched = meta, count, set()

    @classmethod
    def _should_skip_dynamo(cls):
        return False  # else the first operator imports the whole compiler

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        key = []
        kinds = self._describe(args, key) | (self._describe(kwargs.values(), key, kwargs) if kwargs else 0)
        if kinds & _LAZY:  # a lazy module makes its parameters, which have no shape yet
            return func(*args, **kwargs)
        if not self.meta:
            return self._run(func, args, kwargs)
        if not kinds & _META:  # on constants of the forward's own
            return self._run(func, args, kwargs) if kinds & _DATA else self._on_numbers(func, args, kwargs)
        if kinds & _DATA or "device" in kwargs:
            return self._mixed(func, args, kwargs)
        key = (func, torch.get_default_dtype(), *key)
        try:
            known = _REMEMBERED.get(key)
        except TypeError:  # an argument that cannot be hashed
            return self._run(func, args, kwargs)
        if known is None:
            before, form = self.count.macs, _form(args)
            out = self._run(func, args, kwargs)
            _remember(key, self.count.macs - before, out, (*args, *kwargs.values()), form)
            return out
        macs, out = known
        self.count.macs += macs
        return _in_place(args) if out is None else _rebuilt(out)

    def _describe(self, values, key, names=()):
        """Append to ``key`` all that an output's shape can depend on; say what kinds of tensors there are."""
        kinds = 0
        key.extend(names)
        for value in values:
            if isinstance(value, torch.Tensor):
                self.touched.add(id(value))
                if isinstance(value, _UNINITIALISED):
                    kinds |= _LAZY
                elif value.is_meta:
                    kinds |= _META
                    key.append((value.shape, value.stride(), value.dtype))
                else:
                    kinds |= _DATA if value.ndim else 0
                    key.append((value.shape, value.dtype))
            elif type(value) in (list, tuple):
                key.append(len(value))
                kinds |= self._describe(value, key)
            else:
                key.append((type(value), value))  # 1, 1.0 and True are equal, but not to an operator
        return kinds

    def _run(self, func, args, kwargs):
        """Run an operator and count it; one that consists of others (linear of addmm) is counted by those."""
        packet = func._overloadpacket
        formula = _FLOPS.get(packet)
        if formula is None:
            if self.meta and packet in _RECURRENT:
                return self._recurrent(packet, func, args)
            with self:
                out = func.decompose(*args, **kwargs)
            if out is not NotImplemented:
                return out
        out = func(*args, **kwargs)
        if args and out is args[0]:
            _in_place(args)
        if formula is not None:
            self.count.macs += formula(*args, **kwargs, out_val=out) // 2
        return out

    def _recurrent(self, packet, func, args):
        """A recurrent layer in one step: each weight meets each position of the sequence once."""
        names = [argument.name for argument in func._schema.arguments]
        given = dict(zip(names, args, strict=False))
        sequence = given.get("input", given.get("data"))
        start = given["hx"] if isinstance(given["hx"], torch.Tensor) else given["hx"][0]
        directions = 2 if given["bidirectional"] else 1
        shape = (*sequence.shape[:-1], directions * start.shape[-1])
        steps = sequence.numel() // sequence.shape[-1]
        self.count.macs += steps * sum(weight.numel() for weight in given["params"] if weight.ndim == 2)
        states = given["hx"] if isinstance(given["hx"], (list, tuple)) else [given["hx"]]
        return (sequence.new_empty(shape), *(torch.empty_like(state) for state in states))

    def _on_numbers(self, func, args, kwargs):
        """Single numbers are computed, and constants made, so that a forward can read them, unless they are large."""
        given = any(True for _ in _flat(args))
        if not given and any(argument.name == "device" for argument in func._schema.arguments):
            shape_only = func(*args, **{**kwargs, "device": "meta"})
            if isinstance(shape_only, torch.Tensor) and shape_only.numel() > SMALL:
                return shape_only
        return func(*args, **kwargs)

    def _mixed(self, func, args, kwargs):
        """Data beside meta tensors: all becomes meta; what was written in place keeps its identity."""
        replaced = _without_data(args)
        named = {name: _without_data([value])[0] for name, value in kwargs.items()}
        if isinstance(named.get("device"), torch.device):
            named["device"] = torch.device("meta")
        out = self._run(func, replaced, named)
        in_place = args and isinstance(out, torch.Tensor) and out is replaced[0]
        return args[0] if in_place else out


_META, _DATA, _LAZY = 1, 2, 4
_UNINITIALISED = (UninitializedParameter, UninitializedBuffer)
_RECURRENT = {aten.lstm, aten.gru, aten.rnn_tanh, aten.rnn_relu}


def _without_data(values):
    replaced = []
    for value in values:
        if isinstance(value, torch.Tensor) and not value.is_meta and value.ndim:
            value = empty_like(value)
        elif type(value) in (list, tuple):
            value = _without_data(value)
        replaced.append(value)
    return replaced


def _remember(key, macs, out, given, form):
    """Remember an operator, unless its output is a view of what went in. ``form`` is what the first argument was."""
    if len(_REMEMBERED) >= _MOST_REMEMBERED:
        _REMEMBERED.clear()
    if given and out is given[0]:
        if form == _form(given):
            _REMEMBERED[key] = macs, None
        return
    outs = out if isinstance(out, (tuple, list)) else (out,)
    if not all(type(item) is torch.Tensor and item.is_meta for item in outs):
        return
    storages = {storage(tensor) for tensor in _flat(given)}
    if any(storage(item) in storages for item in outs):
        return
    described = [(item.shape, item.stride(), item.dtype) for item in outs]
    _REMEMBERED[key] = macs, (type(out), described) if isinstance(out, (tuple, list)) else described[0]


def _form(args):
    """Shape and stride of the first argument, which an operator in place may change."""
    return (args[0].shape, args[0].stride()) if args and isinstance(args[0], torch.Tensor) else None


def _in_place(args):
    """The first argument, written in place; together with another tensor it has seen what both have seen."""
    if sum(1 for _ in _flat(args)) > 1:
        receptive.end(args[0])
    return args[0]


def _rebuilt(out):
    if isinstance(out[0], type):
        return out[0](_rebuilt(item) for item in out[1])
    shape, stride, dtype = out
    return torch.empty_strided(shape, stride, dtype=dtype, device="meta")


def storage(tensor):
    """What tells two tensors' memory apart, while both live."""
    try:
        return tensor.untyped_storage()._cdata
    except NotImplementedError:  # a batch inside vmap
        return id(tensor)


def _flat(values):
    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _flat(value)
