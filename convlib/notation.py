"""The symbols of the book and its laws, as tables: the notation page is made from them."""

from collections import namedtuple

from convlib.formulas import (
    batch_norm_parameters,
    conv_macs,
    conv_parameters,
    effective_kernel_size,
    linear_parameters,
    output_size,
    pool_output_size,
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

LAWS = [
    ("size of a convolution's or a pool's output", output_size.latex, "output_size, pool_output_size"),
    ("the same with `ceil_mode`, before a last window is dropped", pool_output_size.ceil_latex, "pool_output_size"),
    ("span of a dilated window, in the place of $F$", effective_kernel_size.latex, "effective_kernel_size"),
    ("size of a transposed convolution's output", transposed_output_size.latex, "transposed_output_size"),
    (
        "parameters of a convolution; with groups $C_{\\mathrm{in}}/G$ takes the place of $C_{\\mathrm{in}}$",
        conv_parameters.latex,
        "conv_parameters",
    ),
    ("parameters of a linear layer", linear_parameters.latex, "linear_parameters"),
    ("trainable parameters of a batch normalisation", batch_norm_parameters.latex, "batch_norm_parameters"),
    ("multiply-accumulates of a convolution; groups as above", conv_macs.latex, "conv_macs"),
]


def table():
    """The symbols as a Markdown table: symbol, meaning, name in PyTorch, Korean term."""
    rows = ["| symbol | meaning | in PyTorch | Korean term |", "|---|---|---|---|"]
    rows += [f"| ${s.latex}$ | {s.meaning} | `{s.argument}` | {s.korean} |" for s in SYMBOLS]
    return "\n".join(rows)


def laws():
    """The laws as a Markdown table: what it gives, the law, the function in convlib."""
    rows = ["| what | law | in `convlib` |", "|---|---|---|"]
    rows += [f"| {what} | ${latex}$ | {_code(names)} |" for what, latex, names in LAWS]
    return "\n".join(rows)


def _code(names):
    return ", ".join(f"`{name}`" for name in names.split(", "))
