"""The numeric exercises of the chapter on parameters."""

from convlib.formulas import conv_macs, conv_parameters, linear_parameters
from convlib.practice.part import asked, number


def exercises():
    first, second = conv_parameters(3, 64, 3).total, conv_parameters(64, 64, 3).total
    lenet = [conv_parameters(1, 6, 5), conv_parameters(6, 16, 5)]
    lenet += [linear_parameters(400, 120), linear_parameters(120, 84), linear_parameters(84, 10)]
    total = sum(layer.total for layer in lenet)
    at_wrong_map = {
        "flatten-at-wrong-map": linear_parameters(16 * 10 * 10, 120),
        "channels-for-features": linear_parameters(16, 120),
    }
    yield (
        "parameters-vgg",
        [
            asked("first layer", "conv_parameters", in_channels=3, out_channels=64, kernel_size=3),
            asked("second layer", "conv_parameters", in_channels=64, out_channels=64, kernel_size=3),
            number(
                "together",
                first + second,
                "count each layer, then add",
                f"{first:,} + {second:,}",
                {
                    "bias-forgotten": first + second - 128,
                    "one-bias": first + second - 126,
                    "depth-forgotten": 2 * conv_parameters(1, 64, 3).total,
                    "layer-forgotten": (first, second),
                },
            ),
        ],
    )
    yield (
        "parameters-lenet",
        [
            asked("second convolution", "conv_parameters", in_channels=6, out_channels=16, kernel_size=5),
            asked(
                "first linear layer",
                "linear_parameters",
                also={slug: layer.total for slug, layer in at_wrong_map.items()},
                in_features=400,
                out_features=120,
            ),
            number(
                "all layers",
                total,
                "count each layer, then add",
                " + ".join(f"{layer.total:,}" for layer in lenet),
                {
                    "bias-forgotten": sum(layer.weight for layer in lenet),
                    **{slug: total + layer.total - lenet[2].total for slug, layer in at_wrong_map.items()},
                    "depth-forgotten": total + conv_parameters(1, 16, 5).total - lenet[1].total,
                    "layer-forgotten": tuple(total - layer.total for layer in lenet),
                },
            ),
        ],
    )
    yield (
        "parameters-inverse",
        [
            number(
                "in_channels if the window is 3 × 3",
                64,
                "take the biases away, divide by the filters: what is left is one filter's weights",
                "(73,856 − 128)/128/9",
                {"area-forgotten": 576, "side-for-area": 192, "all-for-one-filter": 8192},
                fraction="does-not-divide",
            )
        ],
    )
    yield (
        "parameters-groups",
        [
            asked(
                "32 groups", "conv_parameters", in_channels=128, out_channels=128, kernel_size=3, groups=32, bias=False
            ),
            asked("one group", "conv_parameters", in_channels=128, out_channels=128, kernel_size=3, bias=False),
        ],
    )
    bottleneck = [conv_parameters(*layer, bias=False).total for layer in [(256, 64, 1), (64, 64, 3), (64, 256, 1)]]
    yield (
        "parameters-bottleneck",
        [
            asked(
                "the 3 × 3 one from 64 to 64",
                "conv_parameters",
                in_channels=64,
                out_channels=64,
                kernel_size=3,
                bias=False,
            ),
            number(
                "all three",
                sum(bottleneck),
                "count each layer, then add",
                " + ".join(f"{count:,}" for count in bottleneck),
                {
                    "bias-not-there": sum(bottleneck) + 64 + 64 + 256,
                    "side-for-area": sum(bottleneck) - 6 * 64 * 64,
                    "layer-forgotten": tuple(sum(bottleneck) - one for one in bottleneck[1:]),
                    "depth-forgotten": 64 + 9 * 64 + 256,
                },
            ),
            asked(
                "a single 3 × 3 from 256 to 256",
                "conv_parameters",
                in_channels=256,
                out_channels=256,
                kernel_size=3,
                bias=False,
            ),
        ],
    )
    yield (
        "parameters-one-axis",
        [
            asked("parameters", "conv_parameters", in_channels=80, out_channels=384, kernel_size=(3,)),
        ],
    )
    yield (
        "parameters-mobile",
        [
            number(
                "weights left for 32 channels",
                9 * 32 + 32 * 32,
                "nine weights for each channel, and a 1 × 1 filter for each output channel",
                "3·3·32 + 32·32",
                {
                    "ordinary-convolution": 9 * 32 * 32,
                    "groups-ignored": 9 * 32 * 32 + 32 * 32,
                    "layer-forgotten": (9 * 32, 32 * 32),
                    "bias-not-there": 9 * 32 + 32 * 32 + 64,
                    "depth-forgotten": 9 * 32 + 32,
                },
            )
        ],
    )
    yield (
        "parameters-global-pool",
        [
            asked(
                "before", "linear_parameters", also={"exchanged": 513_000}, in_features=512 * 7 * 7, out_features=1000
            ),
            asked("after", "linear_parameters", also={"exchanged": 25_089_000}, in_features=512, out_features=1000),
        ],
    )
    layer = {"in_channels": 64, "out_channels": 64, "kernel_size": 3}
    work = tuple(conv_macs(**layer, output_size=size) for size in (224, 448))
    yield (
        "parameters-costs",
        [
            asked("parameters, both times", "conv_parameters", also={"macs-for-parameters": work}, **layer),
            asked("MACs for 224 × 224", "conv_macs", **layer, output_size=224),
            asked("MACs for 448 × 448", "conv_macs", **layer, output_size=448),
        ],
    )
    yield (
        "parameters-bug",
        [asked("the right number", "conv_parameters", in_channels=96, out_channels=256, kernel_size=5, groups=2)],
    )
    grouped = {"in_channels": 128, "out_channels": 128, "output_size": 56}
    yield (
        "parameters-grouped-macs",
        [
            asked("MACs, depthwise", "conv_macs", **grouped, kernel_size=3, groups=128),
            asked("MACs, pointwise", "conv_macs", **grouped, kernel_size=1),
            number(
                "bytes of an output map",
                128 * 56 * 56 * 4,
                "channels · height · width, and four bytes for each number",
                "128·56·56·4",
                {
                    "values-for-bytes": 128 * 56 * 56,
                    "one-side-of-output": 128 * 56 * 4,
                    "positions-forgotten": 512,
                    "one-channel": 56 * 56 * 4,
                },
            ),
        ],
    )
    yield "parameters-explain", [asked("parameters", "conv_parameters", in_channels=3, out_channels=1, kernel_size=3)]
