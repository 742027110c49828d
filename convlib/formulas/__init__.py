"""The formulas: sizes, parameters, multiply-accumulates and receptive fields. Integers, standard library only."""

from convlib.formulas.macs import conv_macs, linear_macs
from convlib.formulas.parameters import batch_norm_parameters, conv_parameters, linear_parameters
from convlib.formulas.receptive_field import receptive_field
from convlib.formulas.sizes import (
    effective_kernel_size,
    output_size,
    pool_output_size,
    same_padding,
    transposed_output_size,
)

__all__ = [
    "batch_norm_parameters",
    "conv_macs",
    "conv_parameters",
    "effective_kernel_size",
    "linear_macs",
    "linear_parameters",
    "output_size",
    "pool_output_size",
    "receptive_field",
    "same_padding",
    "transposed_output_size",
]
