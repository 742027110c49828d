"""One forward pass of a copy of the model, watched: which modules are called, on what, and what comes out.

The pass runs without data first. A forward that needs values (``.item()``, ``nonzero``, an operator that only knows
data) runs a second time on clones of the parameters and buffers, and the ledger says so.
"""

import gc
import random
import sys
from contextlib import ExitStack, contextmanager
from itertools import chain

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.module import _global_forward_hooks, _global_forward_pre_hooks

from convlib.bookkeeping import receptive, working
from convlib.bookkeeping.copying import MetaCopier, RealCopier
from convlib.bookkeeping.operators import Operators, storage
from convlib.bookkeeping.shapes import argument_shapes, shape_text, shapes, tensors

AFFORDABLE_MACS, AFFORDABLE_BYTES = 10**10, 2**30  # a failure is confirmed by a run with data up to this much work


class LedgerError(RuntimeError):
    """A model that fails in its forward.

    ``.module`` is the dotted path of the module that failed ("" is the model itself), ``.module_type`` its class's
    name, ``.input_shape`` what went into it, and ``.ledger`` the ledger with the rows so far. The model's own
    exception is the ``__cause__``.
    """

    def __init__(self, message, module="", module_type="", input_shape=None):
        super().__init__(message)
        self.module, self.module_type, self.input_shape = module, module_type, input_shape
        self.ledger = None


class Call:
    """One call of one module."""

    __slots__ = (
        "activation_bytes",
        "field",
        "input_shape",
        "leaf",
        "macs",
        "module",
        "name",
        "output_shape",
        "parent",
        "size",
        "type",
    )

    def __init__(self, name, module, leaf, parent):
        self.name, self.module, self.leaf, self.parent = name, module, leaf, parent
        self.type = kind(module)
        self.input_shape = self.output_shape = self.field = self.size = None
        self.macs = self.activation_bytes = 0


class Trace:
    """``.calls`` in their order, ``.touched`` (ids of original parameters that operators read), ``.notes``,
    ``.computed`` (whether data was needed), ``.error`` (a LedgerError or None), ``.copies`` (id -> copy)."""

    def __init__(self, model, inputs, progress=None):
        self._model, self._inputs, self._progress = model, inputs, progress
        self.notes, self.error, self.failure = [], None, None
        failure = self._attempt(MetaCopier())
        if failure is not None and self._integers_help():
            failure = self._attempt(MetaCopier())
        if failure is not None and self._data_may_help(failure):
            why = f"The forward needs values, so it ran with data, on a copy. Without: {_first_line(failure)}"
            failure = self._attempt(RealCopier())
            if failure is None:
                self.notes.append(why)
        if failure is not None:
            self.error, self.failure = self._described(failure), failure

    def _attempt(self, copier):
        """Run once; None if it went well, the exception if not."""
        self.calls, self._current, self._failed, self._strict = [], None, None, not self._inputs.single
        self.computed = isinstance(copier, RealCopier)
        self.copies = copier.memo
        self._wrapped = []
        self._outside = Call("", self._model, False, None)  # what hooks on the model itself do
        self._operators = Operators(not self.computed, self._outside)
        with _left_as_found(self.computed):
            try:
                model, args, kwargs = self._copied(copier)
                with self._operators:
                    model(*args, **kwargs)
            except Exception as failure:
                return failure
            finally:
                for made in self._wrapped:
                    made.__dict__.pop("forward", None)  # the cycle that would keep the copies until a collection
                touched = self._operators.touched
                self.touched = {key for key, made in copier.memo.items() if id(made) in touched}
                if self.calls:
                    self.calls[0].macs += self._outside.macs
        return None

    def _copied(self, copier):
        model = copier.copy(self._model)
        device = next((p.device for p in self._model.parameters()), torch.device("cpu"))
        for key, template in self._inputs.templates.items():
            copier.memo[key] = copier.given(template, device)
        for name, module, leaf in modules(self._model):
            if leaf is not None:
                made = copier.memo[id(module)]
                made.__dict__["forward"] = self._watched(name, made, leaf)
                self._wrapped.append(made)
        args, kwargs = copier.copy(self._inputs.args), copier.copy(self._inputs.kwargs)
        for tensor in tensors((args, kwargs)):
            receptive.start(tensor)
        return model, args, kwargs

    def _watched(self, name, module, leaf):
        """The module's forward, recorded. It takes forward's place, so that direct calls of forward are seen too."""
        forward = module.forward
        follows = receptive.follower(module) if leaf else None

        def watched(*args, **kwargs):
            parent = self._current
            call = self._current = self._operators.count = Call(name, module, leaf, parent)
            self.calls.append(call)
            if self._progress is not None:
                self._progress(len(self.calls))
            call.input_shape = argument_shapes(args, kwargs)
            field = receptive.before(args) if follows is not None else None
            try:
                if self._wants_integers(module, args):
                    raise TypeError("the indices into an embedding must be integers: give dtypes=torch.int64")
                if self._refuses_one_value(module, args):
                    output = torch.zeros_like(args[0])
                else:
                    output = forward(*args, **kwargs)
            except Exception as failure:
                if self._failed is None or self._failed[0] not in _chain(failure):
                    self._failed = failure, call  # the innermost, also if a module above says it in its own words
                raise
            finally:
                self._current = parent
                self._operators.count = parent or self._outside
            call.output_shape = shapes(output)
            if leaf:
                call.type = kind(module)  # a lazy module has become another
                call.activation_bytes = _new_bytes(args, kwargs, output)
                call.size = working.size_working(module, call.input_shape, call.output_shape)
                if field is not None:
                    call.field = receptive.after(field, follows, output)
            return output

        watched.__wrapped__ = forward
        return watched

    def _refuses_one_value(self, module, args):
        """Batch normalisation in training mode needs two values a channel; one image, our unit, may give one."""
        if self._strict or not isinstance(module, _BatchNorm) or not module.training or not args:
            return False
        x = args[0]
        if not isinstance(x, torch.Tensor) or x.ndim < 2 or x.shape[0] * x.shape[2:].numel() != 1:
            return False
        note = "Batch normalisation in training mode needs more than one value a channel: to train, use a larger batch"
        if note not in self.notes:
            self.notes.append(note)
        return True

    def _wants_integers(self, module, args):
        """Whether an embedding gets numbers with a fraction; meta tensors would let it pass."""
        indices = args[0] if args else None
        embeds = isinstance(module, (nn.Embedding, nn.EmbeddingBag))
        return embeds and isinstance(indices, torch.Tensor) and indices.dtype.is_floating_point

    def _integers_help(self):
        """Whether the failure came from an input whose type was left open: now it is an integer."""
        if self._failed is None or not isinstance(self._failed[1].module, (nn.Embedding, nn.EmbeddingBag)):
            return False
        return self._inputs.to_integers(self._failed[1].input_shape)

    def _data_may_help(self, failure):
        """Whether a run with data could go better, or is cheap enough to find out."""
        if any(tensor.is_meta for tensor in chain(self._model.parameters(), self._model.buffers())):
            return False  # there is none
        if any("meta" in str(e).lower() or isinstance(e, NotImplementedError) for e in _chain(failure)):
            return True
        macs = sum(call.macs for call in self.calls)
        return macs < AFFORDABLE_MACS and sum(call.activation_bytes for call in self.calls) < AFFORDABLE_BYTES

    def _described(self, failure):
        call = self._failed[1] if self._failed else None
        if call is None:
            return LedgerError(f"The model could not be run: {type(failure).__name__}: {failure}")
        where = f"{call.name or 'the model itself'} ({call.type})"
        finished = [c for c in self.calls if c.leaf and c.output_shape is not None]
        lines = [
            f"{where} failed on input {shape_text(call.input_shape)}: {type(failure).__name__}: {failure}",
            f"Rows so far: {len(finished)} (all of them in this error's .ledger)" + (", the last:" if finished else ""),
        ]
        for c in finished[-3:]:
            lines.append(f"  {c.name} ({c.type}) {shape_text(c.input_shape)} → {shape_text(c.output_shape)}")
        return LedgerError("\n".join(lines), call.name, call.type, call.input_shape)


def modules(model):
    """(dotted path, module, leaf) of every module once, in order of registration.

    ``leaf`` is True for a module that gets a row whatever it does, False for a container, None for what belongs to
    the row of a module above it: the parametrisations of a layer, the projection of an attention.
    """
    inside = ()
    for name, module in model.named_modules():
        if inside and name.startswith(inside):
            yield name, module, None
            continue
        leaf = not module._modules or isinstance(module, _WHOLE) or _only_parametrised(module)
        if leaf and module._modules:
            inside = (*inside, f"{name}." if name else "")
        yield name, module, leaf


_WHOLE = (nn.MultiheadAttention, torch.jit.ScriptModule)  # what is inside is not called as a module


def _only_parametrised(module):
    return list(module._modules) == ["parametrizations"]


def kind(module):
    """The name of a module's class; a parametrised layer's own, not that of the class made for it."""
    cls = type(module)
    if "parametrizations" in module._modules and cls.__name__.startswith("Parametrized"):
        cls = cls.__bases__[0]
    return (
        getattr(module, "original_name", cls.__name__) if isinstance(module, torch.jit.ScriptModule) else cls.__name__
    )


def _new_bytes(args, kwargs, output):
    """Bytes of the output tensors, each memory once, without what the module was given (a view, written in place)."""
    if isinstance(output, torch.Tensor) and len(args) == 1 and not kwargs and isinstance(args[0], torch.Tensor):
        shared = output is args[0] or storage(output) == storage(args[0])
        return 0 if shared else output.numel() * output.element_size()
    seen = {storage(tensor) for tensor in tensors((args, kwargs)) if tensor.layout == torch.strided}
    total = 0
    for tensor in tensors(output):
        if tensor.layout != torch.strided or storage(tensor) not in seen:
            total += tensor.numel() * tensor.element_size()
            if tensor.layout == torch.strided:
                seen.add(storage(tensor))
    return total


@contextmanager
def _left_as_found(computing):
    """Run under conditions of our own; the random states and torch's switches come back whatever happens."""
    state, python_state = torch.get_rng_state(), random.getstate()
    numpy = sys.modules.get("numpy")
    numpy_state = numpy.random.get_state() if numpy is not None else None
    collects, recursion = gc.isenabled(), sys.getrecursionlimit()
    fast_path = torch.backends.mha.get_fastpath_enabled()
    held = [(hooks, hooks.copy()) for hooks in (_global_forward_hooks, _global_forward_pre_hooks) if hooks]
    with ExitStack() as stack:
        if computing:
            stack.enter_context(torch.random.fork_rng())
        else:
            stack.enter_context(torch.inference_mode())
            gc.disable()  # a copy is many small objects, none of them garbage: half of the time would go there
        try:
            for hooks, _ in held:
                hooks.clear()  # those for all modules are not the model's, and would see the copies
            sys.setrecursionlimit(4 * recursion)  # for the frames that watching adds to deeply nested models
            torch.backends.mha.set_fastpath_enabled(False)  # the fused encoder layer calls none of its modules
            yield
        finally:
            if collects:
                gc.enable()
            sys.setrecursionlimit(recursion)
            for hooks, before in held:
                hooks.clear()
                hooks.update(before)
            torch.backends.mha.set_fastpath_enabled(fast_path)
            torch.set_rng_state(state)
            random.setstate(python_state)
            if numpy is not None:
                numpy.random.set_state(numpy_state)


def _chain(failure):
    while failure is not None:
        yield failure
        failure = failure.__cause__ or failure.__context__


def _first_line(failure):
    return f"{type(failure).__name__}: {str(failure).strip().splitlines()[0] if str(failure).strip() else ''}"
