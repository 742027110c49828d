"""How big is the output? Convolution, pooling and transposed convolution, on one, two or three axes.

Frameworks compute a cross-correlation at every position where the window fits; counting those positions is all there
is to a size. Source of the laws: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016);
the rules for what is refused, and the clamp of ``ceil_mode``, are PyTorch's.
"""

from convlib.formulas.arguments import flag, integer, per_axis
from convlib.formulas.expression import Quantity, ceil_div
from convlib.formulas.formula import formula, law_latex


def positions(H, F, S, P):
    return (H + 2 * P - F) // S + 1


def positions_between(H, F, S, P_before, P_after):
    return (H + P_before + P_after - F) // S + 1


def positions_rounded_up(H, F, S, P):
    return ceil_div(H + 2 * P - F, S) + 1


def transposed_positions(H, F, S, P, O):  # noqa: E741 - the symbol of the law
    return (H - 1) * S - 2 * P + F + O


def reach(F, D):
    return D * (F - 1) + 1


@formula(reach, "F D")
def effective_kernel_size(kernel_size, dilation=1):
    """How many pixels a dilated window spans, from its first cell to its last: D(F − 1) + 1.

    Args:
        kernel_size: cells of the window along each axis, at least 1; an int or a tuple of 1 to 3 ints.
        dilation: distance between neighbouring cells, at least 1; 1 is the ordinary case.

    Returns:
        The span in pixels: an int for an int, a tuple for a tuple.

    Raises:
        TypeError, ValueError: for an argument of the wrong type or out of range.
    """
    kernel = per_axis("kernel_size", kernel_size, 1)
    dilations = per_axis("dilation", dilation, 1, len(kernel))
    return _like(kernel_size, [_effective(f, d) for f, d in zip(kernel, dilations, strict=True)])


@formula(positions, "H F S P")
def output_size(input_size, kernel_size, stride=1, padding=0, dilation=1):
    """The size of a convolution's output: ⌊(H + 2P − F)/S⌋ + 1 along each axis.

    Args:
        input_size: pixels of the input along each axis, at least 1: an int for one axis, ``(h, w)`` for an image,
            three ints for a volume.
        kernel_size: cells of the filter, at least 1.
        stride: pixels from one position to the next, at least 1.
        padding: pixels added on *each* side, at least 0; ``'valid'`` for none; ``'same'`` for as many as keep the
            size, the odd one after the input (stride 1 only).
        dilation: distance between neighbouring cells of the filter, at least 1; the filter then spans
            D(F − 1) + 1 pixels, which takes the place of F.

    ``kernel_size``, ``stride``, ``padding`` and ``dilation`` are an int for all axes or one int for each.

    Returns:
        An int if ``input_size`` is an int, a tuple otherwise.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: an argument is out of range, or the kernel does not fit in the padded input.
    """
    sizes = per_axis("input_size", input_size, 1)
    rank = len(sizes)
    kernel = per_axis("kernel_size", kernel_size, 1, rank)
    strides = per_axis("stride", stride, 1, rank)
    dilations = per_axis("dilation", dilation, 1, rank)
    if isinstance(padding, str):
        pads = _named_padding(padding, kernel, stride, strides, dilations)
    else:
        pads = [(pad, pad) for pad in per_axis("padding", padding, 0, rank)]
    axes = []
    for h, f, s, (before, after), d in zip(sizes, kernel, strides, pads, dilations, strict=True):
        spanned = _effective(f, d)
        if spanned.value > h + before + after:
            raise ValueError(_does_not_fit(kernel_size, spanned.value, h + before + after, input_size, padding))
        H, S = Quantity("H", h), Quantity("S", s)
        if before == after:
            axes.append(positions(H, spanned, S, Quantity("P", before)))
        else:
            pads_apart = Quantity(r"P_\mathrm{before}", before), Quantity(r"P_\mathrm{after}", after)
            axes.append(positions_between(H, spanned, S, *pads_apart))
    return _like(input_size, axes)


@formula(positions, "H F S P")
def pool_output_size(input_size, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    """The size of a pooling's output: a convolution's, with a stride that defaults to the kernel, and ``ceil_mode``.

    With ``ceil_mode=True`` the quotient is rounded up, and a last window that would start in the padding after the
    input is dropped again.

    Args:
        input_size: pixels along each axis, at least 1; an int, or a tuple of 1 to 3 ints.
        kernel_size: cells of the window, at least 1.
        stride: pixels from one position to the next, at least 1; None means ``kernel_size``.
        padding: pixels on each side, from 0 to half the kernel, rounded down.
        dilation: distance between neighbouring cells, at least 1 (max-pooling only).
        ceil_mode: round up instead of down.

    Returns:
        An int if ``input_size`` is an int, a tuple otherwise. As ``torch.nn.MaxPool1d``, ``2d`` and ``3d`` have it.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: an argument is out of range, or not even one window fits.
    """
    sizes = per_axis("input_size", input_size, 1)
    rank = len(sizes)
    kernel = per_axis("kernel_size", kernel_size, 1, rank)
    strides = kernel if stride is None else per_axis("stride", stride, 1, rank)
    pads = per_axis("padding", padding, 0, rank)
    dilations = per_axis("dilation", dilation, 1, rank)
    flag("ceil_mode", ceil_mode)
    if any(p > f // 2 for p, f in zip(pads, kernel, strict=True)):
        raise ValueError(f"padding={padding!r} must be at most half of kernel_size={kernel_size!r}, rounded down")
    axes = []
    for h, f, s, p, d in zip(sizes, kernel, strides, pads, dilations, strict=True):
        H, S, P, spanned = Quantity("H", h), Quantity("S", s), Quantity("P", p), _effective(f, d)
        size = positions_rounded_up(H, spanned, S, P) if ceil_mode else positions(H, spanned, S, P)
        if size.value < 1:
            raise ValueError(_does_not_fit(kernel_size, spanned.value, h + 2 * p, input_size, padding))
        if ceil_mode and (size.value - 1) * s >= h + p:
            size = size - 1  # the last window would read nothing but padding
        axes.append(size)
    return _like(input_size, axes)


pool_output_size.ceil_latex = law_latex(positions_rounded_up, "H F S P")


@formula(transposed_positions, "H F S P O")
def transposed_output_size(input_size, kernel_size, stride=1, padding=0, output_padding=0, dilation=1):
    """The size of a transposed convolution's output: (H − 1)S − 2P + F + output_padding along each axis.

    It is the way back: of all the sizes that ``output_size`` takes to ``input_size``, the smallest, and
    ``output_padding`` more.

    Args:
        input_size: pixels along each axis, at least 1; an int, or a tuple of 1 to 3 ints.
        kernel_size: cells of the filter, at least 1.
        stride: pixels between the places where two neighbouring inputs write, at least 1.
        padding: pixels *cut off* on each side of the result, at least 0.
        output_padding: pixels added at the end, at least 0, smaller than the stride or smaller than the dilation.
        dilation: distance between neighbouring cells, at least 1.

    Returns:
        An int if ``input_size`` is an int, a tuple otherwise.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: an argument is out of range, or the padding leaves no output.
    """
    sizes = per_axis("input_size", input_size, 1)
    rank = len(sizes)
    kernel = per_axis("kernel_size", kernel_size, 1, rank)
    strides = per_axis("stride", stride, 1, rank)
    pads = per_axis("padding", padding, 0, rank)
    extras = per_axis("output_padding", output_padding, 0, rank)
    dilations = per_axis("dilation", dilation, 1, rank)
    axes = []
    for h, f, s, p, o, d in zip(sizes, kernel, strides, pads, extras, dilations, strict=True):
        if o >= s and o >= d:
            raise ValueError(
                f"output_padding={output_padding!r} must be smaller than stride={stride!r} or dilation={dilation!r}"
            )
        H, S, P, O = Quantity("H", h), Quantity("S", s), Quantity("P", p), Quantity("O", o)  # noqa: E741
        size = transposed_positions(H, _effective(f, d), S, P, O)
        if size.value < 1:
            raise ValueError(f"padding={padding!r} leaves no output: {size.worked}; it must be at least 1")
        axes.append(size)
    return _like(input_size, axes)


def same_padding(kernel_size, dilation=1):
    """The pixels that ``padding='same'`` adds before and after an axis: ``(before, after)``, the odd one after.

    Args:
        kernel_size: cells of the filter along the axis, at least 1.
        dilation: distance between neighbouring cells, at least 1.

    Raises:
        TypeError, ValueError: for an argument of the wrong type or out of range.
    """
    total = integer("dilation", dilation, 1) * (integer("kernel_size", kernel_size, 1) - 1)
    return total // 2, total - total // 2


def _named_padding(padding, kernel, stride, strides, dilations):
    if padding == "valid":
        return [(0, 0)] * len(kernel)
    if padding != "same":
        raise ValueError(f"padding={padding!r} must be an int, a tuple of ints, 'same' or 'valid'")
    if any(s != 1 for s in strides):
        raise ValueError(f"padding='same' needs stride=1, not stride={stride!r}")
    return [same_padding(f, d) for f, d in zip(kernel, dilations, strict=True)]


def _effective(f, d):
    F = Quantity("F", f)
    return F if d == 1 else reach(F, Quantity("D", d))


def _does_not_fit(kernel_size, effective, padded, input_size, padding):
    return (
        f"kernel_size={kernel_size!r} does not fit: the effective kernel is {effective}, the padded input is "
        f"{padded} (input_size={input_size!r}, padding={padding!r})"
    )


def _like(given, axes):
    """A single expression where a single int was given, a tuple where a tuple was."""
    return tuple(axes) if isinstance(given, (tuple, list)) else axes[0]
