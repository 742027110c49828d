"""The public function and what it returns."""

import inspect
from collections import namedtuple

from torch import nn

from convlib.bookkeeping import render
from convlib.bookkeeping.inputs import Inputs, batch
from convlib.bookkeeping.rows import folded, rows
from convlib.bookkeeping.trace import Trace, kind
from convlib.formulas.arguments import flag, integer


class KerasCount(namedtuple("KerasCount", "total trainable non_trainable")):
    """The counts as Keras prints them: running means and variances among the non-trainable parameters."""

    __slots__ = ()


class Ledger:
    """An account of a model, made by ``convlib.ledger``. Print it, show it in a notebook, or take its records.

    ``.rows`` is a list of ``Row``. The totals are of the whole model, each tensor once, and equal the sums over the
    rows: ``.parameters`` = ``.trainable`` + ``.frozen`` (values), ``.weight``, ``.bias``, ``.other``;
    ``.buffer_values``, ``.statistics`` (the running means and variances among them); ``.macs``;
    ``.parameter_bytes``, ``.buffer_bytes``, ``.activation_bytes``, ``.input_bytes``.

    ``.activation_bytes`` is the memory of the layers' outputs in one forward pass: a view or a result written in place
    takes none, and tensors that functional calls make between the layers are not in it. ``.macs`` is what runs in one
    forward pass of the whole batch: matrix products (attention's too), convolutions and recurrent layers, without
    biases; nothing else is counted.

    ``.keras`` holds the counts in Keras's convention; ``.computed`` says whether the forward needed data, and
    ``.notes`` (a list of str) why, and what else is worth knowing.
    """

    def __init__(self, model, trace, inputs, depth=None, keras=False):
        made = rows(model, trace, complete=trace.error is None)
        self.name = kind(model)
        self.rows = [row for row, _ in made] if depth is None else folded(made, depth, model)
        self.computed, self.notes = trace.computed, list(trace.notes)
        self.complete = trace.error is None
        self.show_keras = keras
        for total in ("parameters", "trainable", "frozen", "weight", "bias", "other", "statistics", "macs"):
            setattr(self, total, self._sum(total))
        self.buffer_values = self._sum("buffers")
        self.activation_bytes = self._sum("activation_bytes")
        self.parameter_bytes = self._sum("parameter_bytes")
        self.buffer_bytes = self._sum("buffer_bytes")
        self.input_bytes = inputs.bytes
        self.keras = KerasCount(self.parameters + self.statistics, self.trainable, self.frozen + self.statistics)

    def _sum(self, total):
        return sum(getattr(row, total) for row in self.rows)

    def __repr__(self):
        return f"<Ledger of {self.name}: {self.parameters:,} parameters, {self.macs:,} MACs, {len(self.rows)} rows>"

    def __str__(self):
        return render.text(self)

    def _repr_html_(self):
        return render.html(self)

    def records(self):
        """The rows as a list of plain dicts (shapes as text, the receptive field as size and jump), for pandas."""
        return [render.record(row) for row in self.rows]

    def to_csv(self, file):
        """Write the records as CSV to a path or to an open text file."""
        render.write_csv(self.records(), file)


def ledger(
    model, input_size=None, *, input_data=None, batch_size=1, dtypes=None, depth=None, keras=False, progress=None
):
    """An account of any PyTorch model: every size and every count with its arithmetic, and totals that are right.

    >>> print(convlib.ledger(torch.nn.Conv2d(3, 96, 11, stride=4), (3, 227, 227)))  # doctest: +SKIP

    The model is left exactly as found, also when it fails: the forward runs on a copy without data, which computes
    nothing and costs no memory for weights or images. A forward that depends on values runs on a copy with data
    instead (``.computed``, ``.notes``). The modules' forward hooks run too, on copies of what they hold; hooks for all
    modules do not run. What a forward does to the world outside (print, write a file, change a global variable)
    happens.

    Args:
        model: a ``torch.nn.Module``, in any mode, on any device, the meta device included.
        input_size: the size of one input *without* the batch, such as ``(3, 224, 224)``; a list of sizes for several
            inputs; a dict of names and sizes for keywords (or for the one dict that forward takes). Tensors may stand
            in place of sizes.
        input_data: in place of ``input_size``: a tensor, a list or tuple of arguments, or a dict. Tensors are taken as
            they are, batch included, and are not changed.
        batch_size: inputs in the batch, for what is given by size.
        dtypes: the type of the inputs given by size: one ``torch.dtype``, a list with one for each, or a dict by name.
            Left out, it is the floating type of the model's parameters (int64 for what goes into an embedding).
        depth: fold everything below this many levels into the row of its module; None shows every layer.
        keras: whether the printed account adds the totals as Keras counts them (``.keras`` has them always).
        progress: None, or a function that is called with the number of modules called so far.

    Returns:
        A ``Ledger``.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: an argument is out of range.
        LedgerError: the model's forward fails. It names the module and its input shapes, and its ``.ledger`` has the
            rows so far.
    """
    if not isinstance(model, nn.Module):
        hint = f"; make one: {model.__name__}()" if inspect.isclass(model) else ""
        raise TypeError(f"model={model!r} must be a torch.nn.Module, not {type(model).__name__}{hint}")
    if (input_size is None) == (input_data is None):
        raise TypeError("give one of input_size and input_data")
    batch_size = batch(batch_size)
    if depth is not None:
        depth = integer("depth", depth, 0)
    flag("keras", keras)
    if progress is not None and not callable(progress):
        raise TypeError(f"progress={progress!r} must be a function or None, not {type(progress).__name__}")
    name = "input_size" if input_data is None else "input_data"
    given = input_size if input_data is None else input_data
    inputs = Inputs(model, given, name, batch_size, dtypes)
    trace = Trace(model, inputs, progress)
    made = Ledger(model, trace, inputs, depth, keras)
    if trace.error is not None:
        trace.error.ledger = made
        raise trace.error from trace.failure
    return made
