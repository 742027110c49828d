"""The receptive field along a chain of layers, carried by the tensors that go from one to the next.

A tensor that a functional call has made carries none, so a field is only given where it is sure: after layers that
follow one another without a branch between.
"""

from torch import Tensor, nn

from convlib.formulas import receptive_field, same_padding
from convlib.formulas.receptive_field import ReceptiveField

_WINDOWS = tuple(
    getattr(nn, f"{layer}{rank}d") for layer in ("Conv", "MaxPool", "AvgPool", "LPPool") for rank in (1, 2, 3)
)
_POINTWISE = (
    nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU, nn.Mish, nn.Sigmoid,
    nn.Tanh, nn.Hardtanh, nn.Hardswish, nn.Hardsigmoid, nn.Softplus, nn.Softsign, nn.LogSigmoid, nn.Identity,
    nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.LocalResponseNorm,
    nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm,
)  # fmt: skip
_MARK = "_convlib_field"


def follower(module):
    """What a layer does to a receptive field: (kernel_size, stride, padding, dilation), () for nothing, or None."""
    if isinstance(module, _POINTWISE):
        return ()
    if not isinstance(module, _WINDOWS) or isinstance(module, nn.modules.lazy.LazyModuleMixin):
        return None
    kernel, dilation = module.kernel_size, getattr(module, "dilation", 1)
    padding = getattr(module, "padding", 0)
    if padding == "valid":
        padding = 0
    elif padding == "same":
        padding = tuple(same_padding(f, d)[0] for f, d in zip(kernel, dilation, strict=True))
    stride = kernel if module.stride is None else module.stride
    return tuple(map(_one, (kernel, stride, padding, dilation)))


def before(args):
    """The field that a layer's input carries, or None."""
    if not args or not isinstance(args[0], Tensor):
        return None
    return args[0].__dict__.get(_MARK)


def start(tensor):
    """Mark an input of the model: one value of it sees one pixel, itself."""
    setattr(tensor, _MARK, receptive_field([]))


def end(tensor):
    """Forget what a tensor has seen."""
    if isinstance(tensor, Tensor):
        tensor.__dict__.pop(_MARK, None)


def after(field, layer, output):
    """The field behind a layer, which its output carries on; what it has seen so far is one big first layer."""
    if not isinstance(output, Tensor):
        return None
    if layer:
        seen = (field.size, field.jump, _negated(field.start))
        field = ReceptiveField(*map(_one, receptive_field([seen, layer])))
    setattr(output, _MARK, field)
    return field


def _negated(start):
    return tuple(-n for n in start) if isinstance(start, tuple) else -start


def _one(value):
    """One int for axes that agree."""
    same = isinstance(value, (tuple, list)) and len(set(value)) == 1
    return value[0] if same else tuple(value) if isinstance(value, list) else value
