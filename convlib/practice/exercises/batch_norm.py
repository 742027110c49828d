"""The numeric exercises of the chapter on batch normalisation."""

from convlib.formulas import conv_parameters
from convlib.practice.part import number


def exercises():
    stem = conv_parameters(3, 64, 7, bias=False).total
    yield (
        "batch-norm-stem",
        [
            number(
                "trainable parameters",
                stem + 128,
                "count each layer, then add",
                f"{stem:,} + 2·64",
                {
                    "bias-not-there": stem + 64 + 128,
                    "running-counted": stem + 256,
                    "one-number-a-channel": stem + 64,
                    "layer-forgotten": stem,
                    "buffers-for-parameters": stem + 129,
                    "depth-forgotten": 49 * 64 + 128,
                    "state-for-parameters": stem + 257,
                },
            ),
            number(
                "numbers in the saved state",
                stem + 257,
                "what is learned, what is remembered, and the counter",
                f"{stem:,} + 4·64 + 1",
                {
                    "counter-forgotten": stem + 256,
                    "learned-for-saved": stem + 128,
                    "parameters-for-state": stem + 129,
                    "counter-a-channel": stem + 5 * 64,
                    "bias-not-there": stem + 64 + 257,
                    "layer-forgotten": stem,
                },
            ),
        ],
    )
    yield (
        "batch-norm-by-hand",
        [
            number(
                "the output of 14",
                8,
                "take the mean away, divide by the deviation, multiply by gamma, add beta",
                "3·(14 − 12)/2 + 5",
                {
                    "variance-for-deviation": 6.5,
                    "mean-not-subtracted": 26,
                    "shift-scaled": 18,
                    "scale-not-there": 6,
                    "unbiased-for-biased": (7.1, 7.12, 7.121),
                    "scale-and-shift-forgotten": 1,
                    "not-divided": 11,
                    "shift-forgotten": 3,
                },
            ),
            number(
                "the running mean",
                1.2,
                "old value · (1 − momentum) + new value · momentum, from 0",
                "0.9·0 + 0.1·12",
                {"momentum-of-the-old": 10.8, "batch-for-running": 12, "start-value-mistaken": 2.1},
            ),
            number(
                "the running variance",
                1.7,
                "old value · (1 − momentum) + new value · momentum, from 1",
                "0.9·1 + 0.1·8",
                {
                    "biased-for-unbiased": 1.3,
                    "deviation-for-variance": 1.1,
                    "momentum-of-the-old": 7.3,
                    "start-value-mistaken": 0.8,
                    "batch-for-running": (4, 8),
                },
            ),
        ],
    )
    yield (
        "batch-norm-eval",
        [
            number(
                "the output",
                10,
                "gamma · (x − running mean)/root of the running variance + beta",
                "3·(9 − 3)/2 + 1",
                {
                    "variance-for-deviation": 5.5,
                    "mean-not-subtracted": 14.5,
                    "shift-scaled": 12,
                    "scale-and-shift-forgotten": 3,
                    "scale-not-there": 4,
                    "not-divided": 19,
                    "shift-forgotten": 9,
                },
            )
        ],
    )
    channels = 2 * 64 + 2 * 128 + 3 * 256 + 6 * 512
    yield (
        "batch-norm-vgg",
        [
            number(
                "trainable parameters",
                2 * channels,
                "add the channels up first",
                f"2·{channels:,}",
                {
                    "running-counted": 4 * channels,
                    "one-number-a-channel": channels,
                    "buffers-for-parameters": 2 * channels + 13,
                    "state-for-parameters": 4 * channels + 13,
                    "layer-forgotten": tuple(2 * (channels - one) for one in (64, 128, 256, 512)),
                },
            ),
            number(
                "buffers",
                2 * channels + 13,
                "two statistics for each channel, and a counter for each layer",
                f"2·{channels:,} + 13",
                {
                    "counter-forgotten": 2 * channels,
                    "one-statistic-a-channel": channels + 13,
                    "one-counter": 2 * channels + 1,
                    "state-for-buffers": 4 * channels + 13,
                },
            ),
        ],
    )
    yield (
        "batch-norm-momentum",
        [
            number(
                "the running mean after three batches, momentum 0.1",
                5.61,
                "old value · 0.9 + new value · 0.1, three times, from 0",
                "0.9·2.9 + 0.1·30",
                {
                    "momentum-of-the-old": 28.89,
                    "plain-mean": 20,
                    "last-batch-only": 3,
                    "batch-forgotten": 2.9,
                    "nothing-decays": 6,
                    "start-value-mistaken": 12.9,
                },
            )
        ],
    )
    yield (
        "batch-norm-keras",
        [
            number(
                "channels",
                256,
                "what Keras calls non-trainable is two statistics for each channel",
                "512/2",
                {"one-statistic-a-channel": 512, "all-for-statistics": 128, "half-a-channel": 1024},
            )
        ],
    )
    yield (
        "batch-norm-state",
        [
            number(
                "channels of the first",
                256,
                "the saved state holds four numbers for each channel, and a counter",
                "(1,025 − 1)/4",
                {"few-numbers-a-channel": (512, 1024), "counter-a-channel": 205, "counter-forgotten": 256.25},
            )
        ],
    )
    yield (
        "batch-norm-fold-by-hand",
        [
            number(
                "the folded weight",
                6,
                "gamma over the root of the variance scales the weight",
                "8/4·3",
                {"variance-for-deviation": 1.5, "scale-forgotten": 3, "deviation-forgotten": 24},
            ),
            number(
                "the folded bias",
                -7,
                "the scale times (bias − mean), and beta",
                "2·(2 − 5) − 1",
                {
                    "variance-for-deviation": -2.5,
                    "bias-not-scaled": -9,
                    "mean-not-subtracted": 3,
                    "shift-scaled": -8,
                    "sign-turned": 5,
                    "scale-forgotten": -4,
                    "deviation-forgotten": -25,
                },
            ),
        ],
    )
