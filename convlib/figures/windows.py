"""Where the windows of a convolution lie: the geometry that the pictures draw, on integers alone."""

from itertools import product

from convlib.formulas import output_size
from convlib.formulas.arguments import per_axis

MOST_CELLS = 40  # across; in a picture with more of them no cell could be told from the next


def check_room(name, value, cells):
    """Refuse a picture that would be ``cells`` wide or high because of the argument ``name``."""
    if cells > MOST_CELLS:
        raise ValueError(f"{name}={value!r} needs {cells} cells in a row; a picture shows {MOST_CELLS} at most")


class Axis:
    """One axis: positions are counted from 0; a pixel below 0 or from ``input_size`` on lies in the padding."""

    def __init__(self, input_size, kernel_size, stride, padding, dilation, positions):
        self.input_size, self.kernel_size, self.stride = input_size, kernel_size, stride
        self.padding, self.dilation, self.positions = padding, dilation, positions
        self.span = dilation * (kernel_size - 1) + 1

    def start(self, position):
        return position * self.stride - self.padding

    def reads(self, position):
        """The pixels that the window reads at a position."""
        return [self.start(position) + cell * self.dilation for cell in range(self.kernel_size)]

    def pixels(self):
        """All pixels, padding included."""
        return range(-self.padding, self.input_size + self.padding)

    def unread(self):
        """The pixels of the input proper that no window reads."""
        read = {pixel for position in range(self.positions) for pixel in self.reads(position)}
        return [pixel for pixel in range(self.input_size) if pixel not in read]


class Windows:
    """The windows of a convolution on two axes."""

    def __init__(self, input_size, kernel_size, stride=1, padding=0, dilation=1):
        input_size = per_axis("input_size", input_size, 1, 2)
        self.output_size = output_size(input_size, kernel_size, stride, padding, dilation)
        sides = [per_axis("kernel_size", kernel_size, 1, 2), per_axis("stride", stride, 1, 2)]
        sides += [per_axis("padding", padding, 0, 2), per_axis("dilation", dilation, 1, 2)]
        self.rows, self.columns = (Axis(*numbers) for numbers in zip(input_size, *sides, self.output_size, strict=True))

    def check_room(self):
        """Refuse what is too big to draw."""
        for axis in (self.rows, self.columns):
            check_room("input_size", axis.input_size, axis.input_size + 2 * axis.padding)

    def __len__(self):
        return self.rows.positions * self.columns.positions

    def position(self, number):
        """The output cell (row, column) of the window with this number, counted from 0, row by row."""
        return divmod(number, self.columns.positions)

    def reads(self, row, column):
        """The pixels (row, column) that one window reads."""
        return list(product(self.rows.reads(row), self.columns.reads(column)))

    def pixels(self):
        """All pixels, padding included."""
        return list(product(self.rows.pixels(), self.columns.pixels()))

    def in_padding(self, row, column):
        return not (0 <= row < self.rows.input_size and 0 <= column < self.columns.input_size)

    def unread(self):
        """The pixels of the input proper that no window reads."""
        lost_rows, lost_columns = set(self.rows.unread()), set(self.columns.unread())
        inside = product(range(self.rows.input_size), range(self.columns.input_size))
        return [(row, column) for row, column in inside if row in lost_rows or column in lost_columns]

    def slug(self):
        """The case in short, such as ``h5-k3-s2-p1``; the name of its picture."""
        names = ("h", "k", "s", "p", "d")
        values = ("input_size", "kernel_size", "stride", "padding", "dilation")
        parts = []
        for name, value in zip(names, values, strict=True):
            pair = getattr(self.rows, value), getattr(self.columns, value)
            if name != "d" or pair != (1, 1):
                parts.append(name + "x".join(map(str, sorted(set(pair)) if pair[0] == pair[1] else pair)))
        return "-".join(parts)
