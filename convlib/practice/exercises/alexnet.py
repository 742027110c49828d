"""The numeric exercises of the chapter on AlexNet."""

from itertools import pairwise

from convlib.formulas import conv_macs, conv_parameters, linear_parameters
from convlib.practice.part import asked, number


def exercises():
    filters, layers = [3, 96, 256, 384, 384, 256], {"kernel_size": 11, "in_channels": 3, "out_channels": 96}
    biases = sum(filters[1:]) + 4096 + 4096 + 1000
    yield (
        "alexnet-predict",
        [
            asked("parameters of the new fc8", "linear_parameters", in_features=4096, out_features=10),
            number(
                "parameters saved",
                990 * 4097,
                "each class takes a weight for each of its inputs, and a bias",
                "990·(4,096 + 1)",
                {
                    "bias-forgotten": 990 * 4096,
                    "difference-not-taken": (40_970, 4_097_000),
                },
            ),
        ],
    )
    yield (
        "alexnet-biases",
        [
            number(
                "biases",
                biases,
                "one for each filter, one for each output of a linear layer",
                "96 + 256 + 384 + 384 + 256 + 4,096 + 4,096 + 1,000",
                {
                    "layer-forgotten": tuple(biases - one for one in (*filters[1:], 4096, 1000)),
                    "pooling-given-parameters": biases + 96 + 256 + 256,
                    "bias-per-input": sum(filters[:-1]) + 9216 + 4096 + 4096,
                    "one-bias": 8,
                    "linear-forgotten": sum(filters[1:]),
                    "convolutions-forgotten": 4096 + 4096 + 1000,
                },
            )
        ],
    )
    yield (
        "alexnet-larger",
        [
            asked("after conv1", "output_size", input_size=288, kernel_size=11, stride=4),
            asked("after the first pool", "pool_output_size", input_size=70, kernel_size=3, stride=2),
            number(
                "numbers after the flatten",
                256 * 7 * 7,
                "channels · height · width of the last map",
                "256·7·7",
                {
                    "flatten-at-wrong-map": 256 * 16 * 16,
                    "channels-for-features": 256,
                    "one-side-of-output": 256 * 7,
                    "usual-size": 256 * 36,
                    "one-channel": 7 * 7,
                },
            ),
        ],
    )
    yield (
        "alexnet-pool",
        [asked("27 pixels through the new pool", "pool_output_size", input_size=27, kernel_size=2, stride=2)],
    )
    torchvision = [
        conv_parameters(*layer).total
        for layer in [(3, 64, 11), (64, 192, 5), (192, 384, 3), (384, 256, 3), (256, 256, 3)]
    ]
    yield (
        "alexnet-torchvision",
        [
            asked("second convolution", "conv_parameters", in_channels=64, out_channels=192, kernel_size=5),
            number(
                "all five convolutions",
                sum(torchvision),
                "count each layer, then add",
                " + ".join(f"{count:,}" for count in torchvision),
                {
                    "bias-forgotten": sum(torchvision) - (64 + 192 + 384 + 256 + 256),
                    "layer-forgotten": tuple(sum(torchvision) - one for one in torchvision),
                    "depth-forgotten": sum(
                        conv_parameters(1, c, f).total for c, f in [(64, 11), (192, 5), (384, 3), (256, 3), (256, 3)]
                    ),
                },
            ),
        ],
    )
    yield (
        "alexnet-zf",
        [
            asked("parameters of the new conv1", "conv_parameters", **{**layers, "kernel_size": 7}),
            asked("size of its output", "output_size", input_size=227, kernel_size=7, stride=2),
            asked("its MACs", "conv_macs", **{**layers, "kernel_size": 7}, output_size=111),
        ],
    )
    yield (
        "alexnet-field",
        [
            asked("a cell of conv2", "receptive_field", also={"usual-pool": 51}, layers=[(11, 4), (2, 2), (5, 1, 2)]),
            asked(
                "a cell of conv3",
                "receptive_field",
                also={"usual-pool": 99},
                layers=[(11, 4), (2, 2), (5, 1, 2), (2, 2), (3, 1, 1)],
            ),
        ],
    )
    saved = conv_macs(96, 256, 5, 27) - conv_macs(96, 256, 3, 27)
    yield (
        "alexnet-explain",
        [
            number(
                "MACs saved",
                saved,
                "the work before less the work after; only the kernel's area changes",
                "(5·5 − 3·3)·96·256·27·27",
                {
                    "parameters-only": conv_parameters(96, 256, 5).total - conv_parameters(96, 256, 3).total,
                    "side-for-area": 2 * 96 * 256 * 27 * 27,
                    "one-side-of-output": 16 * 96 * 256 * 27,
                    "flops-for-macs": 2 * saved,
                    "difference-not-taken": (conv_macs(96, 256, 5, 27), conv_macs(96, 256, 3, 27)),
                    "depth-forgotten": 16 * 256 * 27 * 27,
                },
            )
        ],
    )
    vgg = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
    convolutions = [conv_parameters(*pair, 3) for pair in pairwise(vgg)]
    linear = [linear_parameters(*pair) for pair in [(512 * 7 * 7, 4096), (4096, 4096), (4096, 1000)]]
    total = sum(layer.total for layer in convolutions + linear)
    yield (
        "alexnet-other",
        [
            number(
                "VGG-16, all layers",
                total,
                "count each layer, then add",
                f"{sum(c.total for c in convolutions):,} + {sum(c.total for c in linear):,}",
                {
                    "bias-forgotten": sum(layer.weight for layer in convolutions + linear),
                    "flatten-at-wrong-map": total + linear_parameters(512 * 14 * 14, 4096).total - linear[0].total,
                    "channels-for-features": total + linear_parameters(512, 4096).total - linear[0].total,
                    "linear-forgotten": sum(c.total for c in convolutions),
                    "convolutions-forgotten": sum(c.total for c in linear),
                    "layer-forgotten": tuple(total - layer.total for layer in convolutions + linear),
                },
            )
        ],
    )
