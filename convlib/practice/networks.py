"""Whole small networks, to be counted row by row."""

from convlib.formulas import batch_norm_parameters, conv_parameters, linear_parameters, output_size, pool_output_size
from convlib.practice.part import asked, number

LINEAR = "The linear layer takes what the flatten gives."


def draw_network(random, level):
    """A network in words, and one part for each field of its table."""
    side = random.choice([28, 32] if level == 1 else [32, 48, 64, 96])
    channels = random.choice([1, 3])
    blocks = 1 if level == 1 else 2
    lines = [f"Count this network row by row. {LINEAR}", f"Input: {channels} × {side} × {side}."]
    rows, totals, without_bias, filters_in_all, normalised = [], [], [], 0, 0
    before_pool = side
    for block in range(1, blocks + 1):
        kernel = random.choice([3, 5])
        stride = random.randint(1, 2) if level == 3 else 1
        padding = random.choice([0, kernel // 2])
        filters = random.choice([6, 8, 16] if block == 1 else [16, 24, 32])
        bias = level < 3
        name = f"conv{block}"
        lines.append(
            f"{name}: Conv2d({channels}, {filters}, kernel_size={kernel}, stride={stride}, padding={padding}"
            f"{'' if bias else ', bias=False'})"
        )
        sizes = {"input_size": side, "kernel_size": kernel, "stride": stride, "padding": padding}
        counted = {"in_channels": channels, "out_channels": filters, "kernel_size": kernel, "bias": bias}
        rows.append(asked(f"{name}: height = width", "output_size", **sizes))
        rows.append(asked(f"{name}: parameters", "conv_parameters", **counted))
        side, held, channels = output_size(**sizes), conv_parameters(**counted), filters
        totals.append(held.total)
        without_bias.append(held.weight)
        filters_in_all += filters
        if level == 3:
            lines.append(f"norm{block}: BatchNorm2d({channels})")
            rows.append(asked(f"norm{block}: trainable parameters", "batch_norm_parameters", num_features=channels))
            totals.append(batch_norm_parameters(channels).trainable)
            without_bias.append(totals[-1])
            normalised += channels
        lines.append(f"pool{block}: MaxPool2d(2)")
        rows.append(asked(f"pool{block}: height = width", "pool_output_size", input_size=side, kernel_size=2))
        as_convolution = conv_parameters(channels, channels, 2)
        wrong = {"pooling-given-parameters": (as_convolution.total, as_convolution.weight, 4, 4 * channels, channels)}
        rows.append(number(f"pool{block}: parameters", 0, "a pooling learns nothing", "no weight, no bias", wrong))
        before_pool, side = side, pool_output_size(side, 2)
    outputs = random.choice([10, 100])
    lines += ["Flatten", f"linear: Linear(?, {outputs})"]
    rows += _linear_rows(channels, side, before_pool, outputs)
    features = [channels * side * side, channels * before_pool * before_pool, channels]
    linear, at_wrong_map, of_channels = (linear_parameters(count, outputs) for count in features)
    before, total = sum(totals), sum(totals) + linear.total
    wrong = {
        "bias-forgotten": sum(without_bias) + linear.weight,
        "linear-forgotten": before,
        "layer-forgotten": tuple(total - one for one in totals),
        "flatten-at-wrong-map": before + at_wrong_map.total,
        "channels-for-features": before + of_channels.total,
        "convolutions-forgotten": linear.total,
    }
    if normalised:
        wrong |= {"running-counted": total + 2 * normalised, "one-number-a-channel": total - normalised}
        wrong["bias-not-there"] = total + filters_in_all
    worked = " + ".join(f"{count:,}" for count in [*totals, linear.total])
    rows.append(number("trainable parameters in all", total, "add the rows up", worked, wrong))
    return "\n".join(lines), rows


def _linear_rows(channels, side, before_pool, outputs):
    features = channels * side * side
    wrong = {
        "flatten-at-wrong-map": channels * before_pool * before_pool,
        "channels-for-features": channels,
        "one-side-of-output": channels * side,
        "one-channel": side * side,
    }
    hint = "channels · height · width of the map that the flatten gets"
    yield number("linear: in_features", features, hint, f"{channels}·{side}·{side}", wrong)
    counted = {slug: linear_parameters(wrong_features, outputs).total for slug, wrong_features in wrong.items()}
    yield asked("linear: parameters", "linear_parameters", also=counted, in_features=features, out_features=outputs)
