"""What turns a law into a public function: one call for the value, one for the worked line, one for the LaTeX."""

from functools import wraps

from convlib.formulas.expression import Expression, Quantity

AXES = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}  # PyTorch's names of the axes, by rank


def formula(law, symbols):
    """Decorate a function that checks its arguments and returns expressions, so that it gives their values.

    The decorated function gains ``.worked(...)``, which takes the same arguments and gives the worked line, and
    ``.latex``, the law in symbols. Value and worked line come from one and the same expression.

    Args:
        law: the arithmetic, as a function of quantities.
        symbols: the LaTeX of the law's arguments, separated by spaces, in its order.
    """

    def decorate(function):
        @wraps(function)
        def value(*args, **kwargs):
            return _value(function(*args, **kwargs))

        @wraps(function)
        def worked(*args, **kwargs):
            return _worked(function(*args, **kwargs))

        value.worked = worked
        value.latex = law_latex(law, symbols)
        return value

    return decorate


def law_latex(law, symbols):
    """The law in LaTeX, its arguments named by ``symbols`` (LaTeX, separated by spaces)."""
    return law(*map(Quantity, symbols.split())).latex


def _value(result):
    if isinstance(result, Expression):
        return result.value
    values = [None if item is None else item.value for item in result]
    return type(result)(*values) if hasattr(result, "_fields") else tuple(values)


def _worked(result):
    if isinstance(result, Expression):
        return result.worked
    if hasattr(result, "working"):  # a count made of parts says which sum is its working
        return result.working.worked
    lines = [axis.worked for axis in result]
    if len(set(lines)) == 1:
        return lines[0]
    return ", ".join(f"{name}: {line}" for name, line in zip(AXES[len(lines)], lines, strict=True))
