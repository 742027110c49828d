"""How big is every output, how many parameters has every layer, and why: the arithmetic of convolutional networks.

The formulas are plain functions on integers. What needs torch or matplotlib is imported when it is first used.
"""

from importlib import import_module

from convlib.formulas import *  # noqa: F403
from convlib.formulas import __all__ as _formulas

__all__ = [*_formulas, "alexnet", "figures", "ledger"]

_MODULES = ("alexnet", "figures")
_FUNCTIONS = {"ledger": "convlib.bookkeeping"}


def __getattr__(name):
    if name in _MODULES:
        return import_module(f"convlib.{name}")
    if name in _FUNCTIONS:
        return getattr(import_module(_FUNCTIONS[name]), name)
    raise AttributeError(f"module 'convlib' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_MODULES, *_FUNCTIONS])
