"""Questions in words, from the arguments of convlib's functions."""

from convlib.formulas.expression import grouped

ASKED = {
    "output_size": "How big is the output?",
    "pool_output_size": "How big is the output?",
    "transposed_output_size": "How big is the output?",
    "conv_parameters": "How many parameters does it have?",
    "linear_parameters": "How many parameters does it have?",
    "batch_norm_parameters": "How many trainable parameters does it have?",
    "conv_macs": "How many multiply-accumulates does it take for one image, without biases?",
    "receptive_field": "How many pixels wide is the receptive field of a cell of the last layer?",
}


def times(value, rank=2):
    """3 or (3, 5) as "3 × 3" or "3 × 5"; one axis as it is."""
    values = value if isinstance(value, (tuple, list)) else (value,) * rank
    return " × ".join(grouped(side) for side in values)


def question(quantity, inputs, asked=None):
    """The question what ``quantity`` is for ``inputs``, in words."""
    return f"{_DESCRIBED[quantity](inputs)} {asked or ASKED[quantity]}"


def _window(inputs):
    """Stride, padding and the like, as far as they are given; None is what the question asks for."""
    said = []
    if inputs.get("stride") is not None:
        said.append(f"stride {_one(inputs['stride'])}")
    elif "stride" not in inputs:
        said.append("no stride given")
    padding = inputs.get("padding", 0)
    if padding is not None:
        said.append("no padding" if padding == 0 else f"padding {_one(padding)}")
    for name in ("output_padding", "dilation"):
        if inputs.get(name):
            said.append(f"{name} {_one(inputs[name])}")
    if inputs.get("ceil_mode"):
        said.append("ceil_mode=True")
    return ", ".join(said)


def _one(value):
    if value is None:
        return "?"
    return f"({', '.join(map(str, value))})" if isinstance(value, (tuple, list)) else grouped(value)


def _sizes(layer):
    def described(inputs):
        size = inputs["input_size"]
        rank = len(size) if isinstance(size, (tuple, list)) else 1
        pixels = f"{times(size, rank)} pixels" + (" (height × width)" if rank == 2 else "")
        kernel = inputs.get("kernel_size")
        kernel = "" if kernel is None else f"kernel {times(kernel, rank)}, "
        return f"{layer} on {pixels}: {kernel}{_window(inputs)}."

    return described


def _convolution(inputs):
    kernel = times(inputs["kernel_size"])
    said = f"A convolution from {_one(inputs['in_channels'])}"
    said += " channels" if inputs["out_channels"] is None else f" to {_one(inputs['out_channels'])} channels"
    said += f", kernel {kernel}"
    if inputs.get("groups", 1) > 1:
        said += f", groups={inputs['groups']}"
    if "output_size" in inputs:
        return f"{said}. Its output has {times(inputs['output_size'])} pixels."
    return f"{said}, {'no bias' if inputs.get('bias') is False else 'with bias'}."


def _linear(inputs):
    bias = "no bias" if inputs.get("bias") is False else "with bias"
    return (
        f"A linear layer from {grouped(inputs['in_features'])} to {grouped(inputs['out_features'])} features, {bias}."
    )


def _batch_norm(inputs):
    switches = "".join(f", {name}=False" for name in ("affine", "track_running_stats") if inputs.get(name) is False)
    return f"A batch normalisation over {grouped(inputs['num_features'])} channels{switches}."


def _chain(inputs):
    layers = []
    for f, s, *rest in inputs["layers"]:
        dilation = f", dilation {rest[1]}" if len(rest) > 1 and rest[1] > 1 else ""
        layers.append(f"{times(f)} with stride {s}{dilation}")
    return f"Layers, the first one first: {'; '.join(layers)}."


_DESCRIBED = {
    "output_size": _sizes("A convolution"),
    "pool_output_size": _sizes("A pooling"),
    "transposed_output_size": _sizes("A transposed convolution"),
    "conv_parameters": _convolution,
    "linear_parameters": _linear,
    "batch_norm_parameters": _batch_norm,
    "conv_macs": _convolution,
    "receptive_field": _chain,
}
