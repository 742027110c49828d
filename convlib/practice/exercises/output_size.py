"""The numeric exercises of the chapter on output sizes."""

from convlib.practice.part import asked, number, which


def exercises():
    down = {"kernel_size": 4, "stride": 2, "padding": 1}
    yield (
        "output-size-lenet",
        [
            asked(
                "after the convolution",
                "output_size",
                also={"same-taken": 32},
                input_size=32,
                kernel_size=5,
            ),
            asked("after the pool", "pool_output_size", input_size=28, kernel_size=2, stride=2),
        ],
    )
    yield (
        "output-size-stem",
        [
            asked("after the convolution", "output_size", input_size=224, kernel_size=7, stride=2, padding=3),
            asked("after the pool", "pool_output_size", input_size=112, kernel_size=3, stride=2, padding=1),
        ],
    )
    yield (
        "output-size-mobilenet",
        [
            asked("after the first layer", "output_size", input_size=224, kernel_size=3, stride=2, padding=1),
            number(
                "after all five",
                7,
                "each of the five layers halves the size",
                "224, 112, 56, 28, 14, 7: ⌊(14 + 2·1 − 3)/2⌋ + 1",
                {"layer-forgotten": 14, "stride-ignored": 224, "padding-forgotten": 6, "plus-one-forgotten": 6},
            ),
        ],
    )
    yield (
        "output-size-not-square",
        [
            asked(
                "height × width",
                "output_size",
                input_size=(1080, 1920),
                kernel_size=(3, 5),
                stride=2,
                padding=(1, 2),
            )
        ],
    )
    yield (
        "output-size-ceil",
        [
            asked("rounded down", "pool_output_size", input_size=112, kernel_size=3, stride=2),
            asked("with ceil_mode=True", "pool_output_size", input_size=112, kernel_size=3, stride=2, ceil_mode=True),
        ],
    )
    yield (
        "output-size-inverse",
        [which("padding", "output_size", "padding", range(10), input_size=56, kernel_size=3, stride=2, padding=1)],
    )
    yield (
        "output-size-kernels",
        [
            which(
                "one of the other kernel sizes",
                "output_size",
                "kernel_size",
                [size for size in range(1, 40) if size != 11],
                also={"given-one": 11},
                input_size=227,
                kernel_size=11,
                stride=4,
            )
        ],
    )
    yield (
        "output-size-dilation",
        [
            number(
                "padding",
                4,
                "the window spans D(F − 1) + 1 pixels; half of what it spans beyond one pixel goes to each side",
                "(4·(3 − 1) + 1 − 1)/2",
                {
                    "total-for-one-side": 8,
                    "dilation-ignored": 1,
                    "dilation-as-gap": 5,
                    "kernel-not-less-one": (6, 4.5),
                },
            )
        ],
    )
    yield (
        "output-size-unread",
        [
            asked("positions, stride 7", "output_size", input_size=30, kernel_size=5, stride=7),
            number(
                "unread pixels, stride 7",
                10,
                "what is left over at the end, and what lies between two windows",
                "4 + 3·2",
                {"gaps-forgotten": 4, "end-forgotten": 6, "gap-too-many": 12, "plus-one-forgotten": 15},
            ),
            asked("positions, stride 2", "output_size", input_size=30, kernel_size=3, stride=2, padding=1),
        ],
    )
    yield (
        "output-size-field",
        [
            asked("three layers of stride 1", "receptive_field", layers=[(3, 1), (3, 1), (3, 1)]),
            asked("the first with stride 2", "receptive_field", layers=[(3, 2), (3, 1), (3, 1)]),
        ],
    )
    yield (
        "output-size-up",
        [
            asked("after the first step down", "output_size", input_size=224, **down),
            asked("size after one step up from 28, window 4", "transposed_output_size", input_size=28, **down),
            number(
                "output_padding for a window of 4",
                0,
                "what the division leaves over on the way down is what output_padding puts back",
                "(56 + 2·1 − 4) mod 2",
                {"output-padding-not-needed": 1, "output-padding-twice": 2, "kernel-for-remainder": 4},
            ),
            number(
                "output_padding for a window of 3",
                1,
                "what the division leaves over on the way down is what output_padding puts back",
                "(56 + 2·1 − 3) mod 2",
                {"output-padding-forgotten": 0, "output-padding-twice": 2, "kernel-for-remainder": 3},
            ),
        ],
    )
