"""The interactive explorer: ``convlib.explorer(227, 11, stride=4)`` in a cell shows a layer to play with.

The module can be called, so that ``convlib.explorer`` is the function whether or not the package has been imported.
"""

import inspect
import sys
from types import ModuleType

from convlib.explorer.element import Explorer, explorer

__all__ = ["Explorer", "explorer"]


class _CallableModule(ModuleType):
    def __call__(self, *args, **kwargs):
        return explorer(*args, **kwargs)


__signature__ = inspect.signature(explorer)
sys.modules[__name__].__class__ = _CallableModule
