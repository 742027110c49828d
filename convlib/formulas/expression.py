"""Arithmetic that remembers how it was done.

A law such as ``(H + 2 * P - F) // S + 1`` is written once, as a Python function. Called with integers it gives a
number. Called with quantities it gives a tree that knows its value, its LaTeX and its worked line:

>>> H, F, S, P = Quantity("H", 224), Quantity("F", 11), Quantity("S", 4), Quantity("P", 0)
>>> size = (H + 2 * P - F) // S + 1
>>> size.value, size.worked
(54, '⌊(224 − 11)/4⌋ + 1 = ⌊53.25⌋ + 1 = 54')
>>> size.latex
'\\\\left\\\\lfloor \\\\frac{H + 2 P - F}{S} \\\\right\\\\rfloor + 1'
"""

SUM, PRODUCT, ATOM = range(3)  # how tightly a node binds, loosest first


class Expression:
    """A node of the tree: ``.value`` (int), ``.text`` (the numbers put in) and ``.latex`` (the symbols)."""

    binding = ATOM

    def __add__(self, other):
        return Sum(self, _node(other), "+")

    def __radd__(self, other):
        return Sum(_node(other), self, "+")

    def __sub__(self, other):
        return Sum(self, _node(other), "−")

    def __rsub__(self, other):
        return Sum(_node(other), self, "−")

    def __mul__(self, other):
        return Product(self, _node(other))

    def __rmul__(self, other):
        return Product(_node(other), self)

    def __floordiv__(self, other):
        return Quotient(self, _node(other), ceil=False)

    @property
    def text(self):
        return self.render(decimal=False)

    @property
    def worked(self):
        """The sum as one would write it: the numbers put in, the division where it leaves a remainder, the value."""
        steps = [self.text, self.render(decimal=True)]
        if steps[0] == steps[1]:
            steps.pop()
        value = grouped(self.value)
        return " = ".join(steps if steps == [value] else [*steps, value])

    def bracketed(self, around, decimal):
        """This node's text, in brackets if ``around`` binds more tightly."""
        text = self.render(decimal)
        return f"({text})" if self.binding < around else text

    def bracketed_latex(self, around):
        return rf"\left({self.latex}\right)" if self.binding < around else self.latex


class Quantity(Expression):
    """A symbol, with the value it has in this calculation (None in a law)."""

    def __init__(self, symbol, value=None):
        self.latex, self.value = symbol, value

    def render(self, decimal):
        return grouped(self.value)


class Number(Expression):
    """A constant of the law itself, such as the 1 in "+ 1"."""

    def __init__(self, value):
        self.value = value
        self.latex = str(value)

    def render(self, decimal):
        return grouped(self.value)


class Sum(Expression):
    binding = SUM

    def __init__(self, left, right, sign):
        self.left, self.right, self.sign = left, right, sign

    @property
    def value(self):
        right = self.right.value
        return self.left.value + (right if self.sign == "+" else -right)

    def render(self, decimal):
        if self.right.value == 0:  # "+ 2·0" says nothing: left out
            return self.left.render(decimal)
        around = SUM if self.sign == "+" else PRODUCT  # a − (b + c) keeps its brackets
        return f"{self.left.render(decimal)} {self.sign} {self.right.bracketed(around, decimal)}"

    @property
    def latex(self):
        sign, around = ("+", SUM) if self.sign == "+" else ("-", PRODUCT)
        return f"{self.left.latex} {sign} {self.right.bracketed_latex(around)}"


class Product(Expression):
    binding = PRODUCT

    def __init__(self, left, right):
        self.left, self.right = left, right

    @property
    def value(self):
        return self.left.value * self.right.value

    def render(self, decimal):
        return f"{self.left.bracketed(PRODUCT, decimal)}·{self._factor(decimal)}"

    def _factor(self, decimal):
        text = self.right.bracketed(PRODUCT, decimal)
        return f"({text})" if isinstance(self.right, Quotient) else text

    @property
    def latex(self):
        dot = " " if isinstance(self.left, Number) else r" \cdot "  # 2P, but F·C
        return f"{self.left.bracketed_latex(PRODUCT)}{dot}{self.right.bracketed_latex(PRODUCT)}"


class Quotient(Expression):
    """A division rounded down (``ceil=False``) or up (``ceil=True``)."""

    binding = PRODUCT

    def __init__(self, dividend, divisor, ceil):
        self.dividend, self.divisor, self.ceil = dividend, divisor, ceil

    @property
    def value(self):
        dividend, divisor = self.dividend.value, self.divisor.value
        return -(-dividend // divisor) if self.ceil else dividend // divisor

    @property
    def exact(self):
        return self.dividend.value % self.divisor.value == 0

    def render(self, decimal):
        quotient = f"{self.dividend.bracketed(ATOM, decimal)}/{self.divisor.bracketed(ATOM, decimal)}"
        if self.exact:
            return quotient
        if decimal:
            quotient = _decimal(self.dividend.value, self.divisor.value)
        return f"⌈{quotient}⌉" if self.ceil else f"⌊{quotient}⌋"

    @property
    def latex(self):
        side = "ceil" if self.ceil else "floor"
        return rf"\left\l{side} \frac{{{self.dividend.latex}}}{{{self.divisor.latex}}} \right\r{side}"


class ExactQuotient(Quotient):
    """A division that leaves no remainder whenever its arguments are allowed (channels over groups)."""

    def __init__(self, dividend, divisor):
        super().__init__(dividend, divisor, ceil=False)

    @property
    def latex(self):
        return rf"\frac{{{self.dividend.latex}}}{{{self.divisor.latex}}}"


def ceil_div(dividend, divisor):
    """⌈dividend/divisor⌉ as a node."""
    return Quotient(_node(dividend), _node(divisor), ceil=True)


def grouped(value):
    """34944 as '34,944', with a true minus sign."""
    return f"{value:,}".replace("-", "−")


def _decimal(dividend, divisor):
    """The quotient to two places, with an ellipsis where more would follow."""
    hundredths, rest = divmod(abs(dividend) * 100, divisor)
    text = f"{hundredths // 100:,}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
    return ("−" if dividend < 0 else "") + (f"{hundredths // 100:,}.{hundredths % 100:02d}…" if rest else text)


def _node(value):
    return value if isinstance(value, Expression) else Number(value)
