"""How much work is a layer? One multiply-accumulate (MAC) for each weight that meets each output position.

Biases are not counted: they are additions only. Source of the laws: the definition of the layers.
"""

from convlib.formulas.arguments import common_rank, per_axis
from convlib.formulas.expression import Quantity
from convlib.formulas.formula import AXES, formula
from convlib.formulas.parameters import channels, conv_weights, features, kernel_sides, linear_weights


def _conv(F_H, F_W, C_in, C_out, H_out, W_out):
    return _at_each_position(conv_weights([F_H, F_W], C_in, C_out), [H_out, W_out])


def _at_each_position(weights, output_size):
    macs = weights
    for size in output_size:
        macs = macs * size
    return macs


@formula(_conv, r"F_H F_W C_\mathrm{in} C_\mathrm{out} H_\mathrm{out} W_\mathrm{out}")
def conv_macs(in_channels, out_channels, kernel_size, output_size, groups=1):
    """The multiply-accumulates of a convolution for one image: its weights times its output positions.

    Args:
        in_channels: channels of the input, at least 1.
        out_channels: channels of the output, at least 1.
        kernel_size: cells of the filter along each axis, at least 1.
        output_size: pixels of the *output* along each axis, at least 1.
        groups: at least 1; must divide ``in_channels`` and ``out_channels``.

    ``kernel_size`` and ``output_size`` are an int for all axes or one int for each; two ints mean two axes.

    Returns:
        The number of multiply-accumulates (int); a bias adds none.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: an argument is out of range, or ``groups`` does not divide the channels.
    """
    C_in, C_out = channels(in_channels, out_channels, groups)
    rank = common_rank(2, kernel_size=kernel_size, output_size=output_size)
    weights = conv_weights(kernel_sides(kernel_size, rank), C_in, C_out, groups)
    sizes = zip(AXES[rank], per_axis("output_size", output_size, 1, rank), strict=True)
    return _at_each_position(weights, [Quantity(rf"{axis}_\mathrm{{out}}", size) for axis, size in sizes])


@formula(linear_weights, r"N_\mathrm{in} N_\mathrm{out}")
def linear_macs(in_features, out_features):
    """The multiply-accumulates of a linear layer for one input: one for each weight.

    Args:
        in_features: numbers that go in, at least 1.
        out_features: numbers that come out, at least 1.

    Raises:
        TypeError, ValueError: for an argument of the wrong type or out of range.
    """
    return linear_weights(*features(in_features, out_features))
