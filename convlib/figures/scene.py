"""A convolution at one position of its window. The stills and the frames of the GIFs are drawn by this code."""

from matplotlib.patches import Rectangle

from convlib.figures.style import LIGHT, canvas

GAP, TOP, MARGIN = 1.6, 1.3, 0.5  # in cells: between input and output, above for the labels, around
HATCH = "/////"


def cell(row, column, **style):
    return Rectangle((column, row), 1, 1, **style)


class Scene:
    """Input on the left, output on the right; the window, what it reads and the output cell it writes.

    ``backdrop`` is drawn once. ``moving`` holds what moves from position to position, bottom first, and ``move``
    places it. ``written`` gives an output cell that stays once its window has been there.
    """

    def __init__(self, windows, width=460):
        self.windows = windows
        rows, columns = windows.rows, windows.columns
        self.left = -columns.padding
        self.out_left = columns.input_size + columns.padding + GAP
        self.out_top = (rows.input_size - rows.positions) / 2
        across = (self.left - MARGIN, self.out_left + max(columns.positions, 2) + MARGIN)
        half = max(rows.input_size + 2 * rows.padding, rows.positions) / 2
        middle = rows.input_size / 2
        self.foot = middle + half
        down = (middle - half - TOP, self.foot + TOP)
        scale = width / (across[1] - across[0])
        self.figure, self.axes = canvas(width, round(scale * (down[1] - down[0])), across, down)
        self.font = max(7.0, min(11.0, 0.42 * scale))
        self._backdrop()
        self._moving()

    def _text(self, x, y, text, **style):
        style = {"ha": "center", "va": "center", "fontsize": self.font, "color": LIGHT["ink"], **style}
        return self.axes.text(x, y, text, **style)

    def _backdrop(self):
        w, add = self.windows, self.axes.add_artist
        unread = set(w.unread())
        for row, column in w.pixels():
            if w.in_padding(row, column):
                add(cell(row, column, fc=LIGHT["padding"], ec=LIGHT["line"], lw=0.6, ls=(0, (2, 2))))
                self._text(column + 0.5, row + 0.5, "0", color=LIGHT["muted"], fontsize=self.font * 0.8)
            elif (row, column) in unread:
                add(cell(row, column, fc=LIGHT["paper"], ec=LIGHT["unread"], lw=0.6, hatch=HATCH))
            else:
                add(cell(row, column, fc=LIGHT["input"], ec=LIGHT["line"], lw=0.6))
        rows, columns = w.rows, w.columns
        add(Rectangle((0, 0), columns.input_size, rows.input_size, fc="none", ec=LIGHT["ink"], lw=1.2))
        for row in range(rows.positions):
            for column in range(columns.positions):
                add(cell(self.out_top + row, self.out_left + column, fc=LIGHT["paper"], ec=LIGHT["line"], lw=0.6))
        head = -rows.padding - 0.55
        self._text(columns.input_size / 2, head, f"{rows.input_size} × {columns.input_size}")
        middle = self.out_left + columns.positions / 2
        self._text(middle, self.out_top - 0.55, f"{rows.positions} × {columns.positions}", color=LIGHT["output_edge"])

    def _moving(self):
        w = self.windows
        fresh = {"fc": LIGHT["window"], "ec": LIGHT["window_edge"]}
        self.cells = [cell(0, 0, lw=0.9, **fresh) for _ in w.reads(0, 0)]
        self.outline = Rectangle((0, 0), w.columns.span, w.rows.span, fc="none", ec=LIGHT["window_edge"], lw=2.4)
        self.target = cell(0, 0, lw=2.4, fc=LIGHT["window"], ec=LIGHT["window_edge"])
        for patch in (*self.cells, self.outline, self.target):
            patch.set_zorder(2)
            self.axes.add_artist(patch)
        self.count = self._text((self.left + self.out_left) / 2, self.foot + 0.65, "", fontsize=self.font * 1.1)
        self.here = self._text(0, 0, "", weight="bold")
        self.moving = [*self.cells, self.outline, self.target, self.count, self.here]

    def move(self, number):
        """Place the window at the position with this number, counted from 0."""
        w = self.windows
        row, column = w.position(number)
        for patch, (y, x) in zip(self.cells, w.reads(row, column), strict=True):
            patch.set_xy((x, y))
        self.outline.set_xy((w.columns.start(column), w.rows.start(row)))
        self.target.set_xy((self.out_left + column, self.out_top + row))
        self.here.set_position((self.out_left + column + 0.5, self.out_top + row + 0.5))
        self.here.set_text(str(number + 1))
        self.count.set_text(f"{number + 1} / {len(w)}")

    def written(self, number):
        """The output cell that the window wrote at this position, and its number, as artists to be drawn for good."""
        row, column = self.windows.position(number)
        y, x = self.out_top + row, self.out_left + column
        patch = self.axes.add_artist(
            cell(y, x, fc=LIGHT["output"], ec=LIGHT["output_edge"], lw=0.9, zorder=1.5, aa=False)
        )
        return patch, self._text(x + 0.5, y + 0.5, str(number + 1), color=LIGHT["output_edge"])
