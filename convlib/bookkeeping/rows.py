"""The rows: one for each call of a layer, each parameter counted once, on the first row that holds it."""

from torch.nn.parameter import is_lazy

from convlib.bookkeeping.trace import kind, modules
from convlib.bookkeeping.working import factors, parameter_formula, parameter_line, size_line
from convlib.formulas.expression import grouped

_BUFFERS = {"running_mean": "running mean", "running_var": "running variance", "num_batches_tracked": "batches counted"}
_SUMS = (
    "parameters", "weight", "bias", "other", "trainable", "frozen",
    "buffers", "statistics", "macs", "activation_bytes", "parameter_bytes", "buffer_bytes",
)  # fmt: skip
_NOTHING = dict.fromkeys(_SUMS, 0)


class Row:
    """One call of one layer, or a layer that was not called.

    ``.name`` (dotted path, "" for the model itself), ``.type``, ``.call`` (1 for the first call, 0 if not called);
    ``.input_shape`` and ``.output_shape`` with the batch: a tuple of ints for one tensor, nested tuples or dicts for
    several, None if not called;
    ``.size_working`` and ``.parameter_working``, the arithmetic ("" where there is none);
    ``.parameters`` = ``.weight`` + ``.bias`` + ``.other`` = ``.trainable`` + ``.frozen``, counted in values;
    ``.buffers`` in values, ``.statistics`` the running means and variances among them, ``.buffer_working`` by name;
    ``.macs`` (multiply-accumulates), ``.activation_bytes`` (memory of the outputs, 0 for a view or in place),
    ``.parameter_bytes``, ``.buffer_bytes``;
    ``.receptive_field`` (``.size``, ``.jump``, ``.start``) or None where the layer is not on a plain chain;
    ``.used`` (whether it was called or its parameters were read) and ``.note`` (what is worth saying, or "").
    """

    def __init__(self, name, type, call=0):
        self.name, self.type, self.call = name, type, call
        self.input_shape = self.output_shape = self.receptive_field = None
        self.__dict__.update(_NOTHING)
        self.used, self.note = True, ""
        self._size = self._formula = None
        self._terms, self._shared, self._named_buffers, self._folded = [], [], [], None

    def __repr__(self):
        return f"Row({self.name!r}, {self.type}, parameters={self.parameters:,}, macs={self.macs:,})"

    @property
    def size_working(self):
        return size_line(self._size)

    @property
    def parameter_working(self):
        if self._folded is not None:
            return _sum_of_rows(self._folded, self.parameters)
        shared = "; ".join(self._shared)
        if not self._terms:
            return shared
        line = parameter_line(None if shared else self._formula, self._terms, self.parameters)
        return f"{line}; {shared}" if shared else line

    @property
    def buffer_working(self):
        terms = [f"{name} {grouped(count)}" for name, count in self._named_buffers]
        return " + ".join(terms) + (f" = {grouped(self.buffers)}" if len(terms) > 1 else "")


def rows(model, trace, complete):
    """The rows of a trace, and the calls they come from. ``complete`` is False if the forward failed on the way."""
    counter = _Counter(trace)
    held = {}  # name -> (module, leaf) of what may have a row of its own
    for name, module, leaf in modules(model):
        if leaf is not None and (leaf or module._parameters or module._buffers):
            held[name] = module, leaf
    made, times = [], {}
    for call in trace.calls:
        again = times[call.name] = times.get(call.name, 0) + 1
        if not call.leaf and not call.macs and (again > 1 or call.name not in held):
            continue
        row = Row(call.name, call.type, again)
        row.input_shape, row.output_shape = call.input_shape, call.output_shape
        row.macs, row.activation_bytes, row.receptive_field = call.macs, call.activation_bytes, call.field
        row._size = call.size
        if call.name in held:
            counter.count(row, *held[call.name], call.module, again > 1)
        made.append((row, call))
    for name, (module, leaf) in held.items():
        if name not in times:
            row = Row(name, kind(module))
            touched = counter.count(row, module, leaf, trace.copies.get(id(module), module), False)
            row.used = touched
            if touched:
                row.note = _and(row.note, "not called, its parameters are read by another module")
            else:
                row.note = _and(row.note, "unused" if complete else "not reached")
            made.append((row, None))
    return made


class _Counter:
    """Counts each tensor once and remembers under which name."""

    def __init__(self, trace):
        self._trace = trace
        self._counted = {}  # id -> (name, tensor); the tensor keeps the id its own

    def count(self, row, module, leaf, copy, again):
        """Count a module's own tensors into its row. Whether an operator read one of them."""
        below = leaf and module._modules
        named = module.named_parameters(remove_duplicate=False) if below else module._parameters.items()
        touched = False
        for name, original in named:
            if original is None:
                continue
            touched |= id(original) in self._trace.touched
            tensor = self._trace.copies.get(id(original), original) if is_lazy(original) else original
            if is_lazy(tensor):
                row.note = "not initialised"
                continue
            if id(original) in self._counted:
                if not again:
                    row._shared.append(f"{name} shared with {self._counted[id(original)][0]}")
                continue
            self._counted[id(original)] = f"{row.name}.{name}" if row.name else name, original
            _add_parameter(row, name, tensor, factors(copy, tensor))
        if again and any(True for _ in module.parameters()):
            row._shared.append("counted at its first call")
        if row._terms:
            row._formula = parameter_formula(copy)
        buffers = module.named_buffers() if below else module._buffers.items()
        for name, original in buffers:
            if original is None or id(original) in self._counted:
                continue
            tensor = self._trace.copies.get(id(original), original) if is_lazy(original) else original
            if not is_lazy(tensor):
                self._counted[id(original)] = name, original
                _add_buffer(row, name, tensor)
        return touched


def _add_parameter(row, name, tensor, terms):
    count = tensor.numel()
    words = name.replace(".", "_").split("_")
    part = "weight" if "weight" in words else "bias" if "bias" in words else "other"
    for total in ("parameters", part, "trainable" if tensor.requires_grad else "frozen"):
        setattr(row, total, getattr(row, total) + count)
    row.parameter_bytes += count * tensor.element_size()
    row._terms.append(terms)


def _add_buffer(row, name, tensor):
    count = tensor.numel()
    row.buffers += count
    row.buffer_bytes += count * tensor.element_size()
    last = name.rpartition(".")[2]
    if last in ("running_mean", "running_var"):
        row.statistics += count
    row._named_buffers.append((_BUFFERS.get(last, name), count))


def folded(made, depth, model):
    """The rows with everything below ``depth`` levels summed into the row of the module at that level."""
    groups = {}
    for row, call in made:
        name = ".".join(row.name.split(".")[:depth])
        head = call
        while head is not None and head.name != name:
            head = head.parent
        groups.setdefault((name, id(head) if head else None), (head, []))[1].append(row)
    return [_folded(name, head, members, model) for (name, _), (head, members) in groups.items()]


def _folded(name, head, members, model):
    if len(members) == 1 and members[0].name == name:
        return members[0]
    module = model.get_submodule(name)
    row = Row(name, kind(module), max(member.call for member in members[:1]))
    row.input_shape = head.input_shape if head else members[0].input_shape
    row.output_shape = head.output_shape if head else members[-1].output_shape
    for total in _SUMS:
        setattr(row, total, sum(getattr(member, total) for member in members))
    row.used = any(member.used for member in members)
    row.note = "; ".join(dict.fromkeys(member.note for member in members if member.note and not row.used)) or (
        "" if row.used else "unused"
    )
    row._folded = [member.parameters for member in members if member.parameters]
    named = {}
    for member in members:
        for buffer, count in member._named_buffers:
            named[buffer] = named.get(buffer, 0) + count
    row._named_buffers = list(named.items())
    return row


def _sum_of_rows(counts, total):
    if not counts:
        return ""
    if len(counts) > 4:
        return f"sum of {len(counts)} rows = {grouped(total)}"
    terms = " + ".join(map(grouped, counts))
    return terms if len(counts) == 1 else f"{terms} = {grouped(total)}"


def _and(note, more):
    return f"{note}; {more}" if note else more
