"""Copies of a model on which a forward pass can do as it likes: whatever it changes, it changes in the copy.

A copy keeps every module, hook and plain attribute; only the tensors are exchanged. ``MetaCopier`` gives them shapes
without data (PyTorch's meta device), so that a copy costs no weight memory; ``RealCopier`` clones the data.
"""

import copy
import functools
import types
import weakref
from collections import OrderedDict

import torch
from torch import nn
from torch.nn.parameter import is_lazy

SMALL = 4096  # integer tensors up to this size keep their values: lengths, positions and indices steer a forward

_ATOMIC = (type(None), bool, int, float, complex, str, bytes, type, torch.dtype, torch.device, torch.Size, range)
_ATOMIC = frozenset((*_ATOMIC, types.BuiltinFunctionType, types.ModuleType, type(Ellipsis), type(NotImplemented)))
_CONTAINERS = (list, dict, set, bytearray)
_BUILT_IN = frozenset((dict, OrderedDict, set, list))
_BACKWARD = ("_backward_hooks", "_backward_pre_hooks")
_FORWARD = ("_forward_hooks", "_forward_pre_hooks")


class _Copier:
    def __init__(self):
        self.memo = {}  # id of the original -> its copy; the originals live as long as the model, so ids stay theirs

    def copy(self, value):
        """A copy of anything a module may hold. What cannot be copied (a lock, an open file) is shared."""
        kind = type(value)
        if kind in _ATOMIC:
            return value
        known = self.memo.get(id(value))
        if known is not None:
            return known
        if kind is tuple and all(type(item) in _ATOMIC for item in value):
            return value
        made = self._make(value, kind)
        self.memo[id(value)] = made
        return made

    def _make(self, value, kind):
        if kind in _BUILT_IN and kind is not set:
            return self._container(value)
        if isinstance(value, torch.Tensor):
            return self.tensor(value)
        if isinstance(value, nn.Module):
            return self._module(value)
        if isinstance(value, types.FunctionType):
            return self._function(value)
        if isinstance(value, types.MethodType):
            return types.MethodType(self.copy(value.__func__), self.copy(value.__self__))
        if isinstance(value, tuple):
            items = [self.copy(item) for item in value]
            return kind(*items) if hasattr(value, "_fields") else kind(items)
        if isinstance(value, (dict, list)):
            return self._container(value)
        if isinstance(value, functools.partial):
            keywords = {name: self.copy(item) for name, item in value.keywords.items()}
            return functools.partial(self.copy(value.func), *map(self.copy, value.args), **keywords)
        if isinstance(value, weakref.ref):
            target = value()
            return value if target is None else weakref.ref(self.copy(target))
        return self._object(value, kind)

    def _module(self, module):
        if isinstance(module, torch.jit.ScriptModule):
            return self.script(module)
        made = self.memo[id(module)] = object.__new__(type(module))
        state = made.__dict__
        for name, value in module.__dict__.items():
            if name in _BACKWARD:
                state[name] = type(value)()  # nothing runs backward
            elif type(value) in _ATOMIC:
                state[name] = value
            elif type(value) in _BUILT_IN and not value:  # most of a module's state: the hooks it does not have
                state[name] = type(value)()
            elif name in _FORWARD:
                hooks = state[name] = self.memo[id(value)] = copy.copy(value)
                hooks.update((key, self._hook(hook)) for key, hook in value.items())
            else:
                state[name] = self.copy(value)
        if "_compiled_call_impl" in state:  # model.compile(): the copy runs uncompiled
            state["_compiled_call_impl"] = None
        if type(module).__name__ == "OptimizedModule" and "_orig_mod" in made._modules:  # torch.compile(model)
            state["forward"] = made._modules["_orig_mod"].__call__
        return made

    def _container(self, value):
        made = value.copy() if type(value) in _BUILT_IN else copy.copy(value)
        self.memo[id(value)] = made
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if type(item) not in _ATOMIC:
                made[key] = self.copy(item)
        return made

    def _function(self, function):
        """The function, closed over copies of what it was closed over: a counting hook counts in its copy."""
        if function.__closure__ is None and not function.__defaults__ and not function.__kwdefaults__:
            return function
        cells = tuple(types.CellType() for _ in function.__closure__ or ())
        arguments = (function.__code__, function.__globals__, function.__name__, None, cells or None)
        made = self.memo[id(function)] = types.FunctionType(*arguments)
        made.__dict__.update(function.__dict__)
        made.__qualname__, made.__module__ = function.__qualname__, function.__module__
        made.__defaults__ = self.copy(function.__defaults__)
        made.__kwdefaults__ = self.copy(function.__kwdefaults__)
        for cell, original in zip(cells, function.__closure__ or (), strict=True):
            try:
                cell.cell_contents = self.copy(original.cell_contents)
            except ValueError:  # the variable has no value yet
                continue
        return made

    def _hook(self, function):
        """A hook's copy; plain containers and numbers that it reaches as global variables are copies too."""
        made = self.copy(function)
        if not isinstance(made, types.FunctionType) or made.__module__.startswith("torch."):
            return made
        names = [name for name in made.__code__.co_names if name in made.__globals__]
        apart = {n: self.copy(made.__globals__[n]) for n in names if isinstance(made.__globals__[n], _CONTAINERS)}
        arguments = ({**made.__globals__, **apart}, made.__name__, made.__defaults__, made.__closure__)
        own = types.FunctionType(made.__code__, *arguments)
        own.__kwdefaults__ = made.__kwdefaults__
        return own

    def _object(self, value, kind):
        plain = "__deepcopy__" not in dir(kind) and kind.__reduce_ex__ is object.__reduce_ex__
        if plain and kind.__reduce__ is object.__reduce__ and hasattr(value, "__dict__") and not _has_slots(kind):
            try:
                made = self.memo[id(value)] = object.__new__(kind)
            except TypeError:  # made in C
                return value
            for name, item in vars(value).items():
                made.__dict__[name] = self.copy(item)
            return made
        try:
            return copy.deepcopy(value, self.memo)
        except Exception:
            return value


class MetaCopier(_Copier):
    """Copies whose tensors have shape, stride and type but no data. What steers a forward keeps its values."""

    def tensor(self, value):
        if is_lazy(value):
            return _uninitialised(value, "meta")
        steers = is_small(value) and value.device.type == "cpu"
        made = value.detach().clone() if steers else empty_like(value)
        return nn.Parameter(made, value.requires_grad) if isinstance(value, nn.Parameter) else made

    def given(self, template, device):
        """The tensor for an input given by its size."""
        return template

    def script(self, module):
        raise NotImplementedError("a scripted module has no meta copy")


class RealCopier(_Copier):
    """Copies with clones of the data, for models whose forward needs values. Inputs given by size are filled."""

    def __init__(self):
        super().__init__()
        self._generator = torch.Generator().manual_seed(0)  # the global random state is not touched

    def tensor(self, value):
        if is_lazy(value):
            return _uninitialised(value, value.device)
        made = value.detach().clone()
        return nn.Parameter(made, value.requires_grad) if isinstance(value, nn.Parameter) else made

    def script(self, module):
        return copy.deepcopy(module)

    def given(self, template, device):
        """Values for an input given by its size: in [0, 1) for a floating type, 0 for any other."""
        if not has_fraction(template.dtype):
            return torch.zeros(template.shape, dtype=template.dtype, device=device)
        return torch.rand(template.shape, generator=self._generator).to(device, template.dtype)


def is_small(tensor):
    """Whether a tensor keeps its values in a trace without data."""
    if tensor.layout != torch.strided:
        return False
    return tensor.ndim == 0 or (not has_fraction(tensor.dtype) and tensor.numel() <= SMALL)


def has_fraction(dtype):
    """Whether a type is one that a network computes with, not one of indices, flags and counts."""
    return dtype.is_floating_point or dtype.is_complex


def empty_like(tensor):
    """A tensor of the same shape, stride and type without data."""
    if tensor.layout != torch.strided:
        return torch.empty(tensor.shape, dtype=tensor.dtype, device="meta")
    return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="meta")


def _uninitialised(tensor, device):
    if isinstance(tensor, nn.Parameter):
        return nn.UninitializedParameter(tensor.requires_grad, device=device, dtype=tensor.dtype)
    return nn.UninitializedBuffer(tensor.requires_grad, device=device, dtype=tensor.dtype)


def _has_slots(kind):
    return any("__slots__" in vars(base) for base in kind.__mro__)
