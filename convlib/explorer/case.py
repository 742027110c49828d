"""The case that an explorer begins with: its arguments checked, its results worked out, its words."""

from typing import NamedTuple

from convlib.formulas import conv_macs, conv_parameters, output_size, pool_output_size, transposed_output_size
from convlib.formulas.arguments import flag, integer, per_axis

MODES = ("convolution", "pooling", "transposed")
# What the controls go from and to; explorer.js holds the same table, and a test compares the two.
BOUNDS = {
    "input_size": (1, 512),
    "kernel_size": (1, 16),
    "stride": (1, 16),
    "padding": (0, 8),
    "dilation": (1, 4),
    "output_padding": (0, 7),
    "in_channels": (1, 4096),
    "out_channels": (1, 4096),
    "groups": (1, 4096),
}
PAIRS = ("input_size", "kernel_size", "stride", "padding", "dilation", "output_padding")


class Case(NamedTuple):
    """A layer and its input. Sizes are (height, width)."""

    mode: str
    input_size: tuple
    kernel_size: tuple
    stride: tuple
    padding: tuple
    dilation: tuple
    output_padding: tuple
    in_channels: int
    out_channels: int
    groups: int
    bias: bool
    ceil_mode: bool

    def size(self, what=None):
        """The output's (height, width); with ``what="worked"`` the worked line."""
        function, call = self._size_call()
        return getattr(function, what)(**call) if what else function(**call)

    def _size_call(self):
        names = ("input_size", "kernel_size", "stride", "padding", "dilation")
        call = {name: getattr(self, name) for name in names}
        if self.mode == "pooling":
            return pool_output_size, {**call, "ceil_mode": self.ceil_mode}
        if self.mode == "transposed":
            return transposed_output_size, {**call, "output_padding": self.output_padding}
        return output_size, call

    @property
    def parameters(self):
        """The worked line of the parameters; '0' for a pooling, which has none."""
        if self.mode == "pooling":
            return "0"
        channels = self.in_channels, self.out_channels
        return conv_parameters.worked(*channels, self.kernel_size, self.groups, self.bias)

    @property
    def macs(self):
        """The worked line of the multiply-accumulates; a transposed convolution's weights meet each *input* pixel."""
        if self.mode == "pooling":
            return "0"
        positions = self.input_size if self.mode == "transposed" else self.size()
        return conv_macs.worked(self.in_channels, self.out_channels, self.kernel_size, positions, self.groups)

    @property
    def words(self):
        """The case and its results in a few sentences."""
        kinds = {"convolution": "convolution", "pooling": "pooling", "transposed": "transposed convolution"}
        parts = [f"A {kinds[self.mode]} with a {_by(self.kernel_size)} window over a {_by(self.input_size)} input"]
        parts += [
            f", {name.replace('_', ' ')} {_short(getattr(self, name))}"
            for name, usual in (("stride", 1), ("padding", 0), ("dilation", 1), ("output_padding", 0))
            if getattr(self, name) != (usual, usual)
        ]
        if self.ceil_mode:
            parts.append(", rounded up (ceil_mode)")
        parts.append(f". The output is {_by(self.size())}: {self.size('worked')}.")
        if self.mode == "pooling":
            parts.append(" A pooling has no parameters.")
        else:
            parts.append(f" Parameters: {self.parameters}. MACs: {self.macs}.")
        return "".join(parts)


def checked(mode, pairs, channels, bias, ceil_mode):
    """The ``Case`` of these arguments, or TypeError or ValueError that names the one that is wrong."""
    if mode not in MODES:
        raise ValueError(f"mode={mode!r} must be 'convolution', 'pooling' or 'transposed'")
    flag("bias", bias)
    flag("ceil_mode", ceil_mode)
    pairs = {name: _within(name, value, per_axis(name, value, BOUNDS[name][0], 2)) for name, value in pairs.items()}
    channels = {
        name: _within(name, value, (integer(name, value, BOUNDS[name][0]),))[0] for name, value in channels.items()
    }
    if mode == "pooling":
        if channels["out_channels"] not in (1, channels["in_channels"]) or channels["groups"] != 1:
            raise ValueError(
                f"out_channels={channels['out_channels']}, groups={channels['groups']} must be left out with "
                "mode='pooling', which keeps its in_channels"
            )
        channels["out_channels"] = channels["in_channels"]
    elif ceil_mode:
        raise ValueError(f"ceil_mode=True needs mode='pooling', not mode={mode!r}")
    if mode != "transposed" and pairs["output_padding"] != (0, 0):
        raise ValueError(f"output_padding={pairs['output_padding']} needs mode='transposed', not mode={mode!r}")
    case = Case(mode, **pairs, **channels, bias=bias, ceil_mode=ceil_mode)
    case.size()  # what does not fit is refused here, and below the groups that divide nothing
    _ = case.parameters
    return case


def _within(name, value, numbers):
    most = BOUNDS[name][1]
    if max(numbers) > most:
        raise ValueError(f"{name}={value!r} must be at most {most}, where the explorer's control ends")
    return numbers


def _by(size):
    return f"{size[0]} × {size[1]}"


def _short(pair):
    return str(pair[0]) if pair[0] == pair[1] else _by(pair)
