"""The symbols of the book and its laws, as tables: the pages on notation and the formula sheet are made from them."""

from collections import namedtuple

from convlib.formulas import (
    batch_norm_parameters,
    conv_macs,
    conv_parameters,
    effective_kernel_size,
    linear_parameters,
    output_size,
    pool_output_size,
    receptive_field,
    same_padding,
    transposed_output_size,
)

Symbol = namedtuple("Symbol", "latex meaning argument korean")

SYMBOLS = [
    Symbol("H", "height of the input, in pixels", "input.shape[-2]", "입력 높이"),
    Symbol("W", "width of the input, in pixels", "input.shape[-1]", "입력 너비"),
    Symbol("F_H", "height of the window (kernel)", "kernel_size[0]", "필터 높이"),
    Symbol("F_W", "width of the window", "kernel_size[1]", "필터 너비"),
    Symbol("F", "length of the window in one direction", "kernel_size", "필터 크기"),
    Symbol("S", "stride: pixels from one position to the next", "stride", "스트라이드"),
    Symbol("P", "padding: pixels added on each side", "padding", "패딩"),
    Symbol("D", "dilation: distance between neighbouring cells", "dilation", "딜레이션 (팽창)"),
    Symbol("O", "pixels added at the end of a transposed convolution", "output_padding", "출력 패딩"),
    Symbol(r"H_{\mathrm{out}}, W_{\mathrm{out}}", "height and width of the output", "output.shape[-2:]", "출력 크기"),
    Symbol(r"C_{\mathrm{in}}", "channels of the input", "in_channels", "입력 채널 수"),
    Symbol(r"C_{\mathrm{out}}", "channels of the output; the number of filters", "out_channels", "출력 채널 수"),
    Symbol("G", "groups", "groups", "그룹 수"),
    Symbol("r", "receptive field: how many pixels a cell sees", "", "수용 영역"),
    Symbol("j", "jump: pixels from one field to the next", "", "점프 (간격)"),
    Symbol("b", "bias: one number for each filter or output", "bias", "편향"),
    Symbol(r"N_{\mathrm{in}}", "inputs of a linear layer", "in_features", "입력 특성 수"),
    Symbol(r"N_{\mathrm{out}}", "outputs of a linear layer", "out_features", "출력 특성 수"),
    Symbol("N", "images in a batch", "input.shape[0]", "배치 크기"),
    Symbol("C", "channels, where input and output have as many", "num_features", "채널 수"),
    Symbol(r"\gamma", "scale of a batch normalisation, learned", "weight", "스케일 (감마)"),
    Symbol(r"\beta", "shift of a batch normalisation, learned", "bias", "이동 (베타)"),
    Symbol(r"\mu", "mean; the running mean is remembered", "running_mean", "평균"),
    Symbol(r"\sigma^2", "variance; the running variance is remembered", "running_var", "분산"),
]

Law = namedtuple("Law", "meaning latex functions example")

LAWS = [
    Law(
        "size of a convolution's or a pool's output",
        output_size.latex,
        "output_size, pool_output_size",
        output_size.worked(227, 11, stride=4),
    ),
    Law(
        "the same with `ceil_mode`; take one away if $(H_{\\mathrm{out}} - 1)\\,S \\ge H + P$",
        pool_output_size.ceil_latex,
        "pool_output_size",
        pool_output_size.worked(112, 3, stride=2, ceil_mode=True),
    ),
    Law(
        "span of a dilated window, in the place of $F$",
        effective_kernel_size.latex,
        "effective_kernel_size",
        effective_kernel_size.worked(3, dilation=2),
    ),
    Law(
        "padding on each side for *same* at stride 1; *full* takes all of $D(F - 1)$",
        r"P = \frac{D(F - 1)}{2}",
        "same_padding",
        f"window 5: {same_padding(5)[0]}",
    ),
    Law(
        "size of a transposed convolution's output",
        transposed_output_size.latex,
        "transposed_output_size",
        transposed_output_size.worked(28, 4, stride=2, padding=1),
    ),
    Law(
        "receptive field $r$ and jump $j$, layer by layer, from 1 and 1",
        r"r \leftarrow r + (F - 1) \cdot j, \quad j \leftarrow j \cdot S",
        "receptive_field",
        "{0.size}, jump {0.jump}".format(receptive_field([(11, 4), (3, 2)]))
        + " after window 11, stride 4, and window 3, stride 2",
    ),
    Law(
        "parameters of a convolution; with groups $C_{\\mathrm{in}}/G$ takes the place of $C_{\\mathrm{in}}$",
        conv_parameters.latex,
        "conv_parameters",
        conv_parameters.worked(3, 96, 11),
    ),
    Law(
        "parameters of a linear layer",
        linear_parameters.latex,
        "linear_parameters",
        linear_parameters.worked(256 * 6 * 6, 4096),
    ),
    Law(
        "trainable parameters of a batch normalisation; as many are remembered, and a counter",
        batch_norm_parameters.latex,
        "batch_norm_parameters",
        batch_norm_parameters.worked(64),
    ),
    Law(
        "multiply-accumulates of a convolution; groups as above",
        conv_macs.latex,
        "conv_macs",
        conv_macs.worked(3, 96, 11, 55),
    ),
]


def table():
    """The symbols as a Markdown table: symbol, meaning, name in PyTorch, Korean term."""
    rows = ["| symbol | meaning | in PyTorch | Korean term |", "|---|---|---|---|"]
    rows += [f"| ${s.latex}$ | {s.meaning} | {_code(s.argument)} | {s.korean} |" for s in SYMBOLS]
    return "\n".join(rows)


def laws():
    """The laws as a Markdown table: what it gives, the law with an example below it, the function in convlib."""
    rows = ["| what | law, and an example | in `convlib` |", "|---|---|---|"]
    rows += [f"| {law.meaning} | ${law.latex}$<br>{law.example} | {_code(law.functions)} |" for law in LAWS]
    return "\n".join(rows)


def _code(names):
    return ", ".join(f"`{name}`" for name in names.split(", ") if name)
