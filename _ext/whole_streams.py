"""Joins what a cell printed as it was printed.

How the kernel cuts a cell's output into pieces is a matter of timing. MyST-NB's own joining ends each piece with a line
break, wherever the cut fell, so two builds of the same book could differ by an empty line.
"""

import itertools

from myst_nb.core import render


def joined(outputs):
    """The outputs, with each run of pieces of the same stream made one."""
    whole = []
    for stream, run in itertools.groupby(outputs, lambda output: output.get("name")):
        run = list(run)
        if stream is not None:
            run[0].text = "".join(piece.text for piece in run)
            del run[1:]
        whole += run
    return whole


def setup(app):
    render.coalesce_streams = joined
    return {"version": "1", "parallel_read_safe": True}
