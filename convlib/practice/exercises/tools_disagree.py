"""The numeric exercises of the chapter on tools."""

from convlib.formulas import conv_macs, output_size
from convlib.practice.part import asked, number


def exercises():
    yield (
        "tools-thrice",
        [
            number(
                "torchsummary",
                216,
                "it adds up calls",
                "3·(8·8 + 8)",
                {"tensors-for-calls": 72, "bias-forgotten": 192, "call-forgotten": 144},
            ),
            number(
                "parameters()",
                72,
                "it gives each tensor once",
                "8·8 + 8",
                {"used-twice-counted-twice": 216, "bias-forgotten": 64, "one-bias": 65, "features-added": 16},
            ),
            number(
                "MACs",
                192,
                "the work is done at each call",
                "3·8·8",
                {"parameters-for-macs": 72, "biases-counted": 216, "call-forgotten": (64, 128), "flops-for-macs": 384},
            ),
        ],
    )
    statistics = 5 * 2 * (64 + 128 + 256 + 512)
    yield (
        "tools-checkpoint",
        [
            number(
                "Keras's total",
                11_689_512 + statistics,
                "the parameters, and two running statistics for each channel",
                f"11,689,512 + {statistics:,}",
                {
                    "statistics-twice": 11_689_512 + 2 * statistics,
                    "one-statistic-a-channel": 11_689_512 + statistics // 2,
                    "counter-not-in-keras": 11_689_512 + statistics + 20,
                    "statistics-forgotten": 11_689_512,
                },
            )
        ],
    )
    yield (
        "tools-stem",
        [
            number(
                "mult-adds − MACs",
                128,
                "gamma and beta of each channel, once for the image",
                "2·64",
                {
                    "one-number-a-channel": 64,
                    "running-counted": 256,
                    "bias-not-there": 128 + 64 * 112 * 112,
                    "nothing-counted": 0,
                    "gamma-at-every-position": 2 * 64 * 112 * 112,
                },
            )
        ],
    )
    macs = conv_macs(3, 64, 7, output_size(224, 7, 2, 3))
    yield (
        "tools-flops",
        [
            asked(
                "MACs",
                "conv_macs",
                also={"stride-ignored": 4 * macs},
                in_channels=3,
                out_channels=64,
                kernel_size=7,
                output_size=112,
            ),
            number(
                "FLOPs",
                2 * macs,
                "a multiplication and an addition for each multiply-accumulate",
                f"2·{macs:,}",
                {
                    "macs-for-flops": macs,
                    "stride-ignored": 8 * macs,
                    "parameters-for-macs": 2 * 9408,
                    "bias-not-there": 2 * macs + 64 * 112 * 112,
                },
            ),
        ],
    )
    conv = [96 * 55 * 55, 256 * 27 * 27, 384 * 13 * 13, 384 * 13 * 13, 256 * 13 * 13]
    added = sum(conv) + 2 * 4096 + conv[0] + conv[1] + 2 * 4096
    in_bytes = 4 * 11_689_512
    yield (
        "tools-mib",
        [
            number(
                "MiB, two digits after the point",
                round(in_bytes / 2**20, 2),
                "four bytes for each number; a MiB has 2 to the power of 20 bytes",
                f"{in_bytes:,}/2²⁰, rounded,",
                {
                    "mb-for-mib": round(in_bytes / 10**6, 2),
                    "too-few-digits": round(in_bytes / 2**20, 1),
                    "values-for-bytes": (round(in_bytes / 4 / 2**20, 2), round(in_bytes / 4 / 10**6, 2)),
                    "gradients-counted": round(2 * in_bytes / 2**20, 2),
                },
                tolerance=0.005,
            ),
            number(
                "MB, two digits after the point",
                round(in_bytes / 10**6, 2),
                "four bytes for each number; an MB has a million bytes",
                f"{in_bytes:,}/10⁶, rounded,",
                {
                    "mib-for-mb": round(in_bytes / 2**20, 2),
                    "too-few-digits": round(in_bytes / 10**6, 1),
                    "values-for-bytes": (round(in_bytes / 4 / 10**6, 2), round(in_bytes / 4 / 2**20, 2)),
                    "gradients-counted": round(2 * in_bytes / 10**6, 2),
                },
                tolerance=0.005,
            ),
        ],
    )
    yield (
        "tools-complete",
        [
            number(
                "values added",
                added,
                "a ReLU after each layer but the last, two normalisations, two dropouts",
                f"{sum(conv) + 8192:,} + {conv[0] + conv[1]:,} + 8,192",
                {
                    "layer-forgotten": (added - 8192, added - conv[0] - conv[1]),
                    "normalisation-once": added - conv[1],
                    "last-activation-counted": added + 1000,
                },
            ),
            number(
                "bytes by torchsummary's rule",
                8 * added,
                "four bytes for each value, and twice for the gradients",
                f"2·4·{added:,}",
                {"one-way-only": 4 * added, "values-for-bytes": added, "batch-of-two": 16 * added},
            ),
        ],
    )
    yield (
        "tools-tied",
        [
            number(
                "torchsummary",
                128,
                "it adds up the modules that ran",
                "2·8·8",
                {"tensors-for-calls": 64, "bias-not-there": 144, "features-added": (16, 32)},
            ),
            number(
                "parameters()",
                64,
                "it gives each tensor once",
                "8·8",
                {"module-for-tensor": 128, "bias-not-there": 72, "features-added": 16},
            ),
        ],
    )
    yield (
        "tools-unused",
        [
            number(
                "torchsummary",
                36,
                "only what ran",
                "8·4 + 4",
                {"bias-forgotten": 32, "unused-alone": 27, "unused-counted": 63},
            ),
            number(
                "parameters()",
                63,
                "all that the model holds",
                "36 + (8·3 + 3)",
                {"bias-forgotten": 56, "unused-forgotten": 36, "unused-alone": 27},
            ),
        ],
    )
