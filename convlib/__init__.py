"""How big is every output, how many parameters has every layer, and why: the arithmetic of convolutional networks.

The formulas are plain functions on integers. What needs torch or matplotlib is imported when it is first used.
"""

from importlib import import_module

from convlib.formulas import (
    batch_norm_parameters,
    conv_macs,
    conv_parameters,
    effective_kernel_size,
    linear_macs,
    linear_parameters,
    output_size,
    pool_output_size,
    receptive_field,
    same_padding,
    transposed_output_size,
)

__all__ = [
    "alexnet",
    "batch_norm_parameters",
    "conv_macs",
    "conv_parameters",
    "effective_kernel_size",
    "explorer",
    "figures",
    "ledger",
    "linear_macs",
    "linear_parameters",
    "output_size",
    "pool_output_size",
    "practice",
    "receptive_field",
    "same_padding",
    "transposed_output_size",
]

_MODULES = ("alexnet", "explorer", "figures", "practice")
_FUNCTIONS = {"ledger": "convlib.bookkeeping"}


def __getattr__(name):
    if name in _MODULES:
        return import_module(f"convlib.{name}")
    if name in _FUNCTIONS:
        return getattr(import_module(_FUNCTIONS[name]), name)
    raise AttributeError(f"module 'convlib' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_MODULES, *_FUNCTIONS])
