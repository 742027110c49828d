"""The ledger as text, as an HTML table and as records. The same in every run: nothing depends on memory addresses."""

import csv
from html import escape

from convlib.bookkeeping.shapes import shape_text

MIB = 2**20
_RECORD = (
    "name", "type", "call", "input_shape", "output_shape", "size_working", "parameter_working", "parameters", "weight",
    "bias", "other", "trainable", "frozen", "buffers", "buffer_working", "macs", "activation_bytes", "receptive_field",
    "jump", "used", "note",
)  # fmt: skip
_HEADS = ("Layer (type)", "Input → output", "Parameters", "MACs", "Activation", "Field/jump")
_NAME, _SHAPES, _NOTES = 34, 38, 114  # widths in characters: a column's, and the longest line of workings


def record(row):
    """A row as a dict of plain values."""
    field = row.receptive_field
    given = {
        "input_shape": shape_text(row.input_shape),
        "output_shape": shape_text(row.output_shape),
        "receptive_field": None if field is None else _plain(field.size),
        "jump": None if field is None else _plain(field.jump),
    }
    return {name: given[name] if name in given else getattr(row, name) for name in _RECORD}


def write_csv(records, file):
    """Records as CSV, to a path or an open text file."""
    if hasattr(file, "write"):
        writer = csv.DictWriter(file, _RECORD, lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    else:
        with open(file, "w", newline="", encoding="utf-8") as opened:
            write_csv(records, opened)


def text(ledger):
    """Aligned text: a line of numbers for each row, and below it the arithmetic."""
    cells = [_cells(row) for row in ledger.rows]
    name = _width(_HEADS[0], (c[0] for c in cells), _NAME)
    shapes = _width(_HEADS[1], (c[1] for c in cells), _SHAPES)
    numbers = [_width(_HEADS[i], (c[i] for c in cells), 99) for i in (2, 3, 4, 5)]
    lines = [f"{ledger.name}: {_headline(ledger)}", ""]
    head = _line(_HEADS, name, shapes, numbers)
    rule = "─" * max(len(head[-1]), 60)
    lines += [*head, rule]
    for row, cell in zip(ledger.rows, cells, strict=True):
        lines += _line(cell, name, shapes, numbers)
        lines += _folded_notes(_workings(row))
    lines.append(rule)
    totals = _totals(ledger)
    width = max(len(label) for label, _ in totals)
    lines += [f"{label:<{width}}  {value}" for label, value in totals]
    lines += [f"Note: {note}" for note in ledger.notes]
    return "\n".join(lines)


def _headline(ledger):
    unfinished = "" if ledger.complete else "; the forward failed, these are the rows so far"
    return f"{ledger.parameters:,} parameters, {ledger.macs:,} multiply-accumulates (MACs){unfinished}"


def _cells(row):
    again = f", call {row.call}" if row.call > 1 else ""
    field = row.receptive_field
    return (
        f"{row.name or '(the model itself)'} ({row.type}{again})",
        _shapes(row),
        f"{row.parameters:,}" if row.parameters else "–",
        f"{row.macs:,}" if row.macs else "–",
        f"{row.activation_bytes:,} B" if row.activation_bytes else "–",
        "–" if field is None else f"{_plain(field.size)}/{_plain(field.jump)}",
    )


def _shapes(row):
    return "not called" if row.call == 0 else f"{shape_text(row.input_shape)} → {shape_text(row.output_shape)}"


def _plain(value):
    return "×".join(map(str, value)) if isinstance(value, tuple) else value


def _width(head, cells, most):
    """A column as wide as its widest cell, but not wider than ``most``: what is wider has a line for itself."""
    return max(len(head), *(len(c) for c in cells if len(c) <= most), 0) if (cells := list(cells)) else len(head)


def _line(cells, name, shapes, numbers):
    rest = "  ".join(f"{cell:>{width}}" for cell, width in zip(cells[2:], numbers, strict=True))
    lines, first = [], f"{cells[0]:<{name}}"
    if len(first) > name:
        lines.append(first)
        first = " " * name
    if len(cells[1]) > shapes:
        lines.append(f"{first}  {cells[1]}".rstrip())
        return [*lines, f"{' ' * name}  {' ' * shapes}  {rest}".rstrip()]
    return [*lines, f"{first}  {cells[1]:<{shapes}}  {rest}".rstrip()]


def _workings(row):
    """What stands below a row, each with the word that says what it is."""
    parts = []
    size, parameters = row.size_working, row.parameter_working
    if size not in ("", "unchanged"):
        parts.append(f"size {size}")
    if parameters:
        parts.append(f"parameters {parameters}")
    if row.frozen:
        parts.append(_frozen(row))
    if row.buffers:
        parts.append(_buffers(row))
    if row.note:
        parts.append(row.note)
    return parts


def _frozen(row):
    if not row.frozen:
        return ""
    return "all frozen" if row.frozen == row.parameters else f"frozen {row.frozen:,}"


def _buffers(row):
    return f"buffers {row.buffer_working}"


def _folded_notes(parts):
    lines, current = [], ""
    for part in parts:
        joined = f"{current}; {part}" if current else part
        if current and len(joined) > _NOTES:
            lines.append(f"    {current}")
            current = part
        else:
            current = joined
    return [*lines, f"    {current}"] if current else lines


def _totals(ledger):
    """(what, how much with its unit) for each total."""
    totals = [
        ("Parameters", f"{ledger.parameters:,} ({_bytes(ledger.parameter_bytes)})"),
        ("  weight + bias + other", f"{ledger.weight:,} + {ledger.bias:,} + {ledger.other:,}"),
        ("  trainable + frozen", f"{ledger.trainable:,} + {ledger.frozen:,}"),
        ("Buffer values", f"{ledger.buffer_values:,} ({_bytes(ledger.buffer_bytes)})"),
    ]
    if ledger.statistics:
        totals.append(("  running statistics", f"{ledger.statistics:,}"))
    if ledger.show_keras:
        keras = ledger.keras
        totals.append(("As Keras counts", f"{keras.total:,} parameters"))
        totals.append(("  trainable + non-trainable", f"{keras.trainable:,} + {keras.non_trainable:,}"))
    return [
        *totals,
        ("MACs, without biases", f"{ledger.macs:,}"),
        ("Layer outputs", _bytes(ledger.activation_bytes)),
        ("Input", _bytes(ledger.input_bytes)),
    ]


def _bytes(count):
    """1 MiB is 2^20 bytes; the exact number is given too."""
    return f"{count:,} bytes = {count / MIB:,.2f} MiB"


_STYLE = (
    ".convlib-ledger{overflow-x:auto;max-width:100%}"
    ".convlib-ledger table{border-collapse:collapse;font-size:.8em;line-height:1.4;font-variant-numeric:tabular-nums;"
    "color:inherit;background:none;margin:0}"
    ".convlib-ledger caption{text-align:start;font-weight:bold;padding-block:.5em;caption-side:top;color:inherit}"
    ".convlib-ledger :is(th,td){padding:.3em .4em;text-align:start;vertical-align:top;color:inherit;background:none;"
    "border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent)}"
    ".convlib-ledger :is(th,td):first-child{padding-inline-start:0}"
    ".convlib-ledger th{font-weight:bold}.convlib-ledger :is(tbody,tfoot) th{font-weight:normal}"
    ".convlib-ledger .number{text-align:end}.convlib-ledger td.number{white-space:nowrap}"
    ".convlib-ledger .shapes{min-width:14em}.convlib-ledger .worked{min-width:11em}"
)
_COLUMNS = (
    ("Layer, type", ""), ("Input → output", "shapes"), ("Parameters", "worked"), ("MACs", "number"),
    ("Activation, bytes", "number"), ("Field/jump, pixels", "number"),
)  # fmt: skip


def html(ledger):
    """An accessible table: caption, headers with their scope, a region that scrolls and can be reached by keyboard.

    It has the columns of the text, so that it fits a page; the arithmetic stands below the number it leads to.
    """
    label = escape(f"Ledger of {ledger.name}", quote=True)
    heads = "".join(f'<th scope="col"{_class(kind)}>{escape(title)}</th>' for title, kind in _COLUMNS)
    body = "".join(_html_row(row) for row in ledger.rows)
    span = len(_COLUMNS) - 2
    totals = "".join(
        f'<tr><th scope="row" colspan="2">{escape(what.strip())}</th><td colspan="{span}">{escape(value)}</td></tr>'
        for what, value in _totals(ledger)
    )
    notes = "".join(f"<p>{escape(note)}</p>" for note in ledger.notes)
    return (
        f'<div class="convlib-ledger" role="region" aria-label="{label}" tabindex="0"><style>{_STYLE}</style>'
        f"<table><caption>{escape(ledger.name)}: {escape(_headline(ledger))}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody><tfoot>{totals}</tfoot></table>{notes}</div>"
    )


def _html_row(row):
    again = f", call {row.call}" if row.call > 1 else ""
    _, shapes, parameters, macs, _, field = _cells(row)
    working = row.parameter_working
    values = (
        (shapes, "" if row.size_working == "unchanged" else row.size_working),
        (parameters, "" if working == parameters else working, _frozen(row), row.buffers and _buffers(row)),
        (macs,),
        (f"{row.activation_bytes:,}" if row.activation_bytes else "–",),
        (field,),
    )
    cells = "".join(
        f"<td{_class(kind)}>{_stacked(lines)}</td>" for lines, (_, kind) in zip(values, _COLUMNS[1:], strict=True)
    )
    head = _stacked((row.name or "(the model itself)", row.type + again, row.note))
    return f'<tr><th scope="row">{head}</th>{cells}</tr>'


def _stacked(lines):
    """The first line, and below it those that say something."""
    first, *rest = lines
    return escape(str(first)) + "".join(f"<div>{escape(line)}</div>" for line in rest if line)


def _class(kind):
    return f' class="{kind}"' if kind else ""
