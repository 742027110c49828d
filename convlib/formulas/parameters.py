"""How many numbers does a layer hold? Convolution, linear layer and batch normalisation.

Source of the laws: the definition of the layers. A filter is as deep as its input (over its group) and has one bias;
a linear layer has one weight for each pair of an input and an output; batch normalisation (Ioffe and Szegedy, 2015)
has one gamma and one beta for each channel, and remembers one mean and one variance.
"""

from collections import namedtuple
from operator import index

from convlib.formulas.arguments import common_rank, flag, integer, per_axis
from convlib.formulas.expression import ExactQuotient, Number, Quantity
from convlib.formulas.formula import AXES, formula


class Parameters(namedtuple("Parameters", "weight bias")):
    """The learned numbers of a layer: ``.weight``, ``.bias`` and their sum ``.total``."""

    __slots__ = ()

    @property
    def total(self):
        return self.weight + self.bias

    @property
    def working(self):
        return self.total


class BatchNormParameters(namedtuple("BatchNormParameters", "trainable running counter")):
    """What batch normalisation holds.

    ``.trainable`` counts gamma and beta, ``.running`` the running means and variances, ``.counter`` the scalar that
    counts batches. ``.total`` is trainable + running, the figure that Keras prints.
    """

    __slots__ = ()

    @property
    def total(self):
        return self.trainable + self.running

    @property
    def working(self):
        return self.trainable


def conv_weights(kernel, C_in, C_out, groups=1):
    """F_H·F_W·C_in·C_out, for any number of axes, as an expression; ``groups`` has been checked by ``channels``."""
    weights = kernel[0]
    for side in kernel[1:]:
        weights = weights * side
    return weights * (C_in if groups == 1 else ExactQuotient(C_in, Quantity("G", index(groups)))) * C_out


def linear_weights(N_in, N_out):
    """N_in·N_out, as an expression."""
    return N_in * N_out


def _conv(F_H, F_W, C_in, C_out):
    return conv_weights([F_H, F_W], C_in, C_out) + C_out


def _linear(N_in, N_out):
    return linear_weights(N_in, N_out) + N_out


def _batch_norm(C):
    return 2 * C


@formula(_conv, r"F_H F_W C_\mathrm{in} C_\mathrm{out}")
def conv_parameters(in_channels, out_channels, kernel_size, groups=1, bias=True):
    """The parameters of a convolution: F_H·F_W·C_in·C_out weights and C_out biases.

    Every filter is as deep as its input, C_in (C_in/groups with groups), and gives one output channel; the number of
    output channels *is* the number of filters. A transposed convolution has the same number of parameters.

    Args:
        in_channels: channels of the input, at least 1.
        out_channels: channels of the output, at least 1.
        kernel_size: an int for a square filter (two axes), or one int for each of 1 to 3 axes; at least 1.
        groups: at least 1; must divide ``in_channels`` and ``out_channels``.
        bias: whether each filter has a bias.

    Returns:
        A tuple with ``.weight``, ``.bias`` and ``.total``.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: an argument is out of range, or ``groups`` does not divide the channels.
    """
    C_in, C_out = channels(in_channels, out_channels, groups)
    flag("bias", bias)
    kernel = kernel_sides(kernel_size, common_rank(2, kernel_size=kernel_size))
    return Parameters(conv_weights(kernel, C_in, C_out, groups), C_out if bias else Number(0))


@formula(_linear, r"N_\mathrm{in} N_\mathrm{out}")
def linear_parameters(in_features, out_features, bias=True):
    """The parameters of a linear (fully connected) layer: N_in·N_out weights and N_out biases.

    Args:
        in_features: numbers that go in, at least 1. After a flatten: channels · height · width.
        out_features: numbers that come out, at least 1.
        bias: whether each output has a bias.

    Returns:
        A tuple with ``.weight``, ``.bias`` and ``.total``.

    Raises:
        TypeError, ValueError: for an argument of the wrong type or out of range.
    """
    N_in, N_out = features(in_features, out_features)
    flag("bias", bias)
    return Parameters(linear_weights(N_in, N_out), N_out if bias else Number(0))


@formula(_batch_norm, "C")
def batch_norm_parameters(num_features, affine=True, track_running_stats=True):
    """What batch normalisation over C channels holds: 2C trainable numbers, 2C running statistics, a counter.

    Args:
        num_features: channels, at least 1.
        affine: whether it has gamma (PyTorch's ``weight``) and beta (``bias``).
        track_running_stats: whether it keeps a running mean, a running variance and a counter of batches.

    Returns:
        A tuple with ``.trainable`` (2C or 0), ``.running`` (2C or 0), ``.counter`` (1 or 0) and ``.total``, which is
        trainable + running.

    Raises:
        TypeError, ValueError: for an argument of the wrong type or out of range.
    """
    C = Quantity("C", integer("num_features", num_features, 1))
    flag("affine", affine)
    flag("track_running_stats", track_running_stats)
    return BatchNormParameters(
        _batch_norm(C) if affine else Number(0),
        _batch_norm(C) if track_running_stats else Number(0),
        Number(1 if track_running_stats else 0),
    )


def kernel_sides(kernel_size, rank):
    """The sides of a checked kernel as quantities, one an axis."""
    sides = per_axis("kernel_size", kernel_size, 1, rank)
    return [Quantity(f"F_{axis}", side) for axis, side in zip(AXES[rank], sides, strict=True)]


def channels(in_channels, out_channels, groups):
    """The checked channels as quantities C_in and C_out; ``groups`` must divide both."""
    c_in, c_out = integer("in_channels", in_channels, 1), integer("out_channels", out_channels, 1)
    g = integer("groups", groups, 1)
    for name, count in (("in_channels", c_in), ("out_channels", c_out)):
        if count % g:
            raise ValueError(f"groups={g} must divide {name}={count}")
    return Quantity(r"C_\mathrm{in}", c_in), Quantity(r"C_\mathrm{out}", c_out)


def features(in_features, out_features):
    """The checked features of a linear layer as quantities N_in and N_out."""
    n_in, n_out = integer("in_features", in_features, 1), integer("out_features", out_features, 1)
    return Quantity(r"N_\mathrm{in}", n_in), Quantity(r"N_\mathrm{out}", n_out)
