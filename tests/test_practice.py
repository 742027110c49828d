"""Practice: the right answer is never called a mistake, each mistake is recognised, and no message gives the answer."""

import re
from itertools import combinations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from convlib import practice
from convlib.practice.bank import encode_part
from convlib.practice.exercises import exercises
from convlib.practice.key import MOST_PAIRS, NEVER_WITH_ANOTHER, key_of
from convlib.practice.laws import LAWS, right_value
from convlib.practice.mistakes import MISTAKES, SLIPS, slips
from convlib.practice.reading import read_answer

DRILLS = [
    practice.draw(quantity, seed, level)
    for quantity in practice.QUANTITIES
    for level in (1, 2, 3)
    for seed in range(12)
]
SINGLE = [drill for drill in DRILLS if drill.quantity in LAWS]
NOTHING_TO_COMBINE = ("linear_parameters", "batch_norm_parameters")  # each of their mistakes hides the others
ON_ONE_AXIS = {"axis-too-many"}  # drills on parameters have two axes
cases = pytest.mark.parametrize("quantity", LAWS)


def drawn(quantity):
    return [drill for drill in SINGLE if drill.quantity == quantity]


# Wrong answers worked out by hand: what goes wrong, and the mistake that it is.
CONV1 = {"in_channels": 3, "out_channels": 96, "kernel_size": 11}
CONV2 = {"in_channels": 96, "out_channels": 256, "kernel_size": 5, "groups": 2}
BY_HAND = [
    ("conv_parameters", CONV1, 34_848, "bias-forgotten"),
    ("conv_parameters", {"in_channels": 6, "out_channels": 100, "kernel_size": 5}, 2_600, "depth-forgotten"),
    ("conv_parameters", CONV1, 34_851, "bias-per-input"),
    ("conv_parameters", CONV1, 34_849, "one-bias"),
    ("conv_parameters", CONV1, 11 * 3 * 96 + 96, "side-for-area"),
    ("conv_parameters", CONV2, 614_656, "groups-ignored"),
    ("conv_parameters", CONV2, 153_856, "one-group"),
    ("conv_parameters", CONV2, 307_200 + 128, "biases-divided"),
    ("conv_parameters", {"in_channels": 80, "out_channels": 384, "kernel_size": (3,)}, 276_864, "axis-too-many"),
    ("conv_parameters", {"in_channels": 3, "out_channels": 64, "kernel_size": (3, 5)}, 1_792, "side-squared"),
    ("conv_parameters", {"in_channels": 3, "out_channels": 64, "kernel_size": (3, 5)}, 4_864, "side-squared"),
    ("linear_parameters", {"in_features": 400, "out_features": 120}, 48_000, "bias-forgotten"),
    ("linear_parameters", {"in_features": 400, "out_features": 120}, 520, "features-added"),
    ("batch_norm_parameters", {"num_features": 64}, 256, "running-counted"),
    ("batch_norm_parameters", {"num_features": 64}, 64, "one-number-a-channel"),
    ("batch_norm_parameters", {"num_features": 64}, 129, "buffers-for-parameters"),
    ("batch_norm_parameters", {"num_features": 64}, 257, "state-for-parameters"),
    ("batch_norm_parameters", {"num_features": 64, "affine": False}, 128, "affine-ignored"),
    ("batch_norm_parameters", {"num_features": 24, "track_running_stats": False}, 96, "running-not-there"),
    ("batch_norm_parameters", {"num_features": 24, "track_running_stats": False}, 0, "switches-exchanged"),
    ("output_size", {"input_size": 227, "kernel_size": 11, "stride": 4}, 54, "plus-one-forgotten"),
    ("output_size", {"input_size": 224, "kernel_size": 11, "stride": 4}, 55, "ceiling-for-floor"),
    ("output_size", {"input_size": 32, "kernel_size": 5, "padding": 2}, 28, "padding-forgotten"),
    ("output_size", {"input_size": 32, "kernel_size": 5, "padding": 2}, 30, "padding-one-side"),
    ("output_size", {"input_size": 32, "kernel_size": 3, "dilation": 2}, 30, "dilation-ignored"),
    ("output_size", {"input_size": 32, "kernel_size": 3, "dilation": 2}, 26, "dilation-as-gap"),
    ("output_size", {"input_size": (48, 64), "kernel_size": 3}, (62, 46), "height-for-width"),
    ("output_size", {"input_size": 227, "kernel_size": 11, "stride": 4}, 217, "stride-ignored"),
    ("pool_output_size", {"input_size": 56, "kernel_size": 2}, 55, "default-stride-ignored"),
    ("pool_output_size", {"input_size": 56, "kernel_size": 2}, 56, "size-before"),
    (
        "pool_output_size",
        {"input_size": 112, "kernel_size": 3, "stride": 2, "ceil_mode": True},
        55,
        "floor-for-ceiling",
    ),
    (
        "pool_output_size",
        {"input_size": 5, "kernel_size": 2, "stride": 2, "padding": 1, "ceil_mode": True},
        4,
        "clamp-forgotten",
    ),
    ("transposed_output_size", {"input_size": 28, "kernel_size": 4, "stride": 2, "padding": 1}, 60, "padding-added"),
    ("transposed_output_size", {"input_size": 28, "kernel_size": 3, "stride": 2}, 59, "minus-one-forgotten"),
    ("conv_macs", {**CONV1, "output_size": 55}, 34_848, "weights-for-macs"),
    ("conv_macs", {**CONV1, "output_size": 55}, 34_944, "parameters-for-macs"),
    ("conv_macs", {**CONV1, "output_size": (14, 20)}, 34_848 * 20, "one-side-of-output"),
    ("output_size", {"input_size": 32, "kernel_size": 3, "dilation": 2}, 27, "dilation-times-kernel"),
    ("conv_parameters", {**CONV1, "bias": False}, 34_849, "bias-not-there"),
    ("batch_norm_parameters", {"num_features": 64, "track_running_stats": False}, 129, "counter-not-there"),
    ("conv_macs", {**CONV1, "output_size": 55}, 2 * 105_415_200, "flops-for-macs"),
    ("conv_macs", {**CONV1, "output_size": 55}, 105_415_200 + 290_400, "biases-counted"),
    ("receptive_field", {"layers": [(3, 1), (3, 2), (3, 1)]}, 7, "jump-ignored"),
    ("receptive_field", {"layers": [(3, 1), (3, 2), (3, 1)]}, 13, "kernel-not-less-one"),
    ("receptive_field", {"layers": [(3, 1), (3, 2), (3, 1)]}, 8, "start-forgotten"),
    ("receptive_field", {"layers": [(3, 1), (3, 2), (3, 1)]}, 11, "own-stride-first"),
]


@pytest.mark.parametrize(("quantity", "inputs", "answer", "slug"), BY_HAND, ids=lambda value: str(value)[:40])
def test_mistakes_worked_out_by_hand(quantity, inputs, answer, slug):
    found = practice.diagnose(quantity, answer, **inputs)
    assert not found.correct
    assert found.mistakes[0] == slug or slug in found.mistakes


def test_two_mistakes_made_together():
    found = practice.diagnose("conv_parameters", 11 * 11 * 96, **CONV1)
    assert found.mistakes == ("bias-forgotten", "depth-forgotten")
    found = practice.diagnose("output_size", 27, input_size=32, kernel_size=5, padding=2)
    assert found.mistakes == ("plus-one-forgotten", "padding-forgotten")


def test_an_axis_alone_can_be_wrong():
    found = practice.diagnose("output_size", (46, 61), input_size=(48, 64), kernel_size=3)
    assert found.mistakes == ("plus-one-forgotten",)
    assert found.message.startswith("Along W: ")


def test_the_same_mistake_on_both_axes_comes_before_a_mix_of_axes():
    inputs = {"input_size": (1080, 1920), "kernel_size": (3, 5), "stride": 2, "padding": (1, 2)}
    assert practice.diagnose("output_size", (539, 959), **inputs).mistakes[0] == "plus-one-forgotten"
    assert practice.diagnose("output_size", (540, 959), **inputs).mistakes[0] == "plus-one-forgotten"
    assert practice.diagnose("output_size", (960, 540), **inputs).mistakes == ("height-for-width",)


def test_axes_with_mistakes_of_their_own_are_named_apart():
    inputs = {"input_size": (256, 224), "kernel_size": (3, 1), "stride": 3, "dilation": 2}
    found = practice.diagnose("output_size", (83, 76), **inputs)
    assert found.mistakes == ("plus-one-forgotten", "ceiling-for-floor")
    assert found.message.startswith("Along H: You counted the steps.") and " Along W: You rounded up." in found.message
    assert "Or:" not in found.message


def test_a_rounded_answer_may_have_more_digits():
    mib = exercises()["tools-mib"][0]
    assert mib.diagnose(44.5908).correct and not mib.diagnose(44.6).correct and not mib.diagnose(46.76).correct
    assert mib.diagnose(44.6).mistakes == ("too-few-digits",)


@cases
def test_no_sentence_is_said_twice(quantity):
    for drill in drawn(quantity):
        for number in drill.parts[0].key.wrong[0]:
            message = drill.diagnose((number,) * len(drill.parts[0].key.right)).message
            told = message.removeprefix("Along H: ").removeprefix("Along W: ").split(" Or: ")
            assert len(set(told)) == len(told), (drill.text, message)


@cases
def test_the_laws_give_what_convlib_gives(quantity):
    for drill in drawn(quantity):
        law, right = LAWS[quantity], right_value(quantity, drill.inputs)
        rights = right if isinstance(right, tuple) else (right,)
        assert tuple(map(law.value, law.cases(**drill.inputs))) == rights, drill.text


@cases
def test_the_right_answer_is_right(quantity):
    for drill in drawn(quantity):
        found = practice.diagnose(quantity, drill.answer, **drill.inputs)
        assert found.correct and found.mistakes == (), drill.text


@cases
def test_each_mistake_is_recognised_by_its_value(quantity):
    recognised = set()
    for drill in drawn(quantity):
        law, key = LAWS[quantity], key_of(quantity, drill.inputs)
        for slug, change in law.ways:
            values = [law.value(case | change(case)) for case in law.cases(**drill.inputs)]
            if None in values or key.is_right(values):
                continue
            found = practice.diagnose(quantity, tuple(values), **drill.inputs)
            assert slug in found.mistakes, (drill.text, values)
            assert all(len(explanation) == 1 for explanation in key.explain(tuple(values)))
            recognised.add(slug)
    assert recognised == set(LAWS[quantity].mistakes) - ON_ONE_AXIS, "drills in which each mistake can be made"


@cases
def test_two_mistakes_are_recognised_by_their_value(quantity):
    seen = 0
    for drill in drawn(quantity):
        law, key = LAWS[quantity], key_of(quantity, drill.inputs)
        case = law.cases(**drill.inputs)[0]
        wrong = key.wrong[0]
        for (first, change), (second, then) in combinations(law.ways, 2):
            value = law.value((once := case | change(case)) | then(once))
            known = [explanation for explanation in wrong.get(value, []) if len(explanation) == 2]
            if (first, second) in known:
                seen += 1
            elif first == second or {first, second} & NEVER_WITH_ANOTHER:
                assert (first, second) not in known
            elif value not in (None, *key.right[0]) and len(known) < MOST_PAIRS:
                # one of the two alone gives the number, or the one undoes the other
                assert any(len(explanation) == 1 for explanation in wrong.get(value, [])), (drill.text, first, second)
    assert seen or quantity in NOTHING_TO_COMBINE


@given(st.integers(0, 10**12))
def test_slips_of_arithmetic(right):
    found = slips(right)
    assert right not in found
    for value, slug in found.items():
        assert slug in SLIPS
        if slug == "off-by-one":
            assert abs(value - right) == 1
        if slug == "digits-swapped":
            assert sorted(str(value)) == sorted(str(right))
        if slug.startswith("factor"):
            factor = {"factor-two": 2, "factor-ten": 10}[slug]
            assert value == right * factor or value * factor == right


@pytest.mark.parametrize(
    ("answer", "slug"),
    [(34_945, "off-by-one"), (43_944, "digits-swapped"), (69_888, "factor-two"), (349_440, "factor-ten")],
)
def test_a_slip_is_called_a_slip(answer, slug):
    assert practice.diagnose("conv_parameters", answer, **CONV1).mistakes == (slug,)


def test_an_unknown_answer_gets_the_formula_and_no_guess():
    found = practice.diagnose("conv_parameters", 12_345, **CONV1)
    assert (found.correct, found.mistakes) == (False, ())
    assert "F_H·F_W·(C_in/groups)·C_out" in found.hint


def test_no_sentence_holds_a_digit():
    assert [slug for slug, sentence in MISTAKES.items() if re.search(r"\d", sentence)] == []


def test_no_message_gives_the_answer():
    for drill in DRILLS:
        for part in drill.parts:
            rights = {f"{number:,}" for right in part.key.right for number in right}
            rights |= {f"{number}" for right in part.key.right for number in right}
            numbers = part.key.wrong[0] if len(part.key.right) == 1 else []
            for number in numbers:
                message = re.sub(r"^Your number gives [\d,]+\.", "", part.diagnose(number).message)
                assert not rights & set(re.findall(r"[\d,]*\d", message)), (drill.text, message)


def test_a_number_of_the_question_is_left_out_where_it_is_the_answer():
    message = practice.diagnose("conv_parameters", 1, in_channels=1, out_channels=2, kernel_size=1, bias=False).message
    assert "2" not in message
    assert "96 outputs" in practice.diagnose("conv_parameters", 34_848, **CONV1).message


@settings(max_examples=300)
@given(st.sampled_from(list(practice.QUANTITIES)), st.integers(0, 10**6), st.integers(1, 3))
def test_drills_are_the_same_for_the_same_seed_and_their_answers_are_right(quantity, seed, level):
    drill = practice.draw(quantity, seed, level)
    assert drill == practice.draw(quantity, seed, level)
    for part in drill.parts:
        assert part.diagnose(part.answer).correct
        for right in part.key.right if len(part.key.right) == 1 else []:
            for value in right:
                assert part.diagnose(value).correct
                assert re.search(rf"(?<!\d){value:,}(?!\d)", part.working), (drill.text, part.working)


@pytest.mark.parametrize("name", [name for name in practice.QUANTITIES if name.startswith("which_")])
def test_the_other_way_round_every_right_answer_is_accepted(name):
    for drill in DRILLS:
        if drill.quantity == name:
            (unknown,) = [argument for argument, value in drill.inputs.items() if value is None]
            quantity = "conv_parameters" if unknown == "out_channels" else "output_size"
            (rights,) = drill.parts[0].key.right
            targets = {right_value(quantity, {**drill.inputs, unknown: value}) for value in rights}
            assert len(targets) == 1 and f"{targets.pop():,}" in drill.text
            for value in {*range(1, 60)} - {*rights}:
                assert not drill.diagnose(value).correct


def test_the_other_way_round_a_wrong_number_meets_what_it_gives():
    drill = next(drill for drill in DRILLS if drill.quantity == "which_padding")
    for value in {*range(12)} - {*drill.parts[0].key.right[0]}:
        given = right_value("output_size", {**drill.inputs, "padding": value})
        assert drill.diagnose(value).message.startswith(f"Your number gives {given:,}.")
    assert drill.diagnose(drill.parts[0].key.right[0][0] + 0.37).message == MISTAKES["not-whole"]


def test_the_other_way_round_fractions_tell_what_was_solved():
    (padding,) = exercises()["output-size-inverse"]  # 56 to 28 with a window of 3 and stride 2
    assert padding.diagnose(0.5).mistakes == ("solved-exactly",)  # (27·2 + 3 − 56)/2
    assert padding.diagnose(1.5).mistakes == ("position-for-step",)  # (28·2 + 3 − 56)/2
    assert padding.diagnose(1.2).mistakes == ("not-whole",)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_networks_are_counted_like_pytorch_counts_them(level):
    for seed in range(12):
        drill = practice.draw("network", seed, level)
        answers = {part.label: part.answer for part in drill.parts}
        layers, names = [], []
        channels, height, width = map(int, re.search(r"Input: (\d+) × (\d+) × (\d+)", drill.text).groups())
        for name, layer in re.findall(r"(\w+): (\w+\(.*\))", drill.text):
            layers.append(eval(f"nn.{layer.replace('?', str(answers['linear: in_features']))}", {"nn": nn}))
            names.append(name)
        layers.insert(-1, nn.Flatten())
        names.insert(-1, "flatten")
        x = torch.zeros(2, channels, height, width)
        for name, layer in zip(names, layers, strict=True):
            x = layer(x)
            if f"{name}: height = width" in answers:
                assert x.shape[-1] == answers[f"{name}: height = width"]
            held = sum(parameter.numel() for parameter in layer.parameters())
            for label in (f"{name}: parameters", f"{name}: trainable parameters"):
                assert answers.get(label, held) == held
        total = sum(parameter.numel() for parameter in nn.Sequential(*layers).parameters())
        assert answers["trainable parameters in all"] == total


@pytest.mark.parametrize(
    ("text", "count", "numbers"),
    [
        ("34,944", 1, (34_944,)),
        ("34 944", 1, (34_944,)),
        ("34\u202f944", 1, (34_944,)),
        (" 34944 ", 1, (34_944,)),
        ("5.61", 1, (5.61,)),
        ("−7", 1, (-7,)),
        ("55x54", 2, (55, 54)),
        ("(55, 54)", 2, (55, 54)),
        ("55 × 54", 2, (55, 54)),
        ("55 by 54", 2, (55, 54)),
        ("55", 2, (55, 55)),
        ("1,2", 1, None),
        ("3,49,44", 1, None),
        ("", 1, None),
        ("1e5", 1, None),
        ("<b>1</b>", 1, None),
        ("55 54 53", 2, None),
        ("1,079 × 1,919", 2, (1_079, 1_919)),
        ("1,079", 2, (1_079, 1_079)),
        ("224,224", 2, (224, 224)),
        ("26 × 26", 1, (26,)),
        ("26 × 27", 1, None),
        ("9" * 300, 1, None),
    ],
)
def test_answers_as_people_type_them(text, count, numbers):
    assert read_answer(text, count) == numbers


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: practice.diagnose("size", 3, input_size=5), ValueError, "quantity='size' must be one of output_size,"),
        (lambda: practice.diagnose("conv_parameters", "3", **CONV1), TypeError, "answer='3' must be a number"),
        (lambda: practice.diagnose("conv_parameters", True, **CONV1), TypeError, "answer=True"),
        (lambda: practice.diagnose("conv_parameters", (1, 2), **CONV1), ValueError, "has 2 numbers; 1 are asked for"),
        (lambda: practice.diagnose("output_size", 3, input_size=0, kernel_size=1), ValueError, "input_size=0"),
        (lambda: practice.diagnose("output_size", 3, input_size=2, kernel_size=5), ValueError, "does not fit"),
        (lambda: practice.diagnose("receptive_field", 3, layers=5), TypeError, "layers=5"),
        (lambda: practice.draw("size", 0), ValueError, "quantity='size'"),
        (lambda: practice.draw("output_size", -1), ValueError, "seed=-1 must be at least 0"),
        (lambda: practice.draw("output_size", 0, 4), ValueError, "level=4 must be 1, 2 or 3"),
        (lambda: practice.check("conv1", 3), ValueError, "slug='conv1' must be one of output-size-lenet,"),
        (lambda: practice.check("output-size-lenet", 3), ValueError, "must be a list of 2 answers: after the conv"),
        (lambda: practice.check("parameters-bug", {}), TypeError, "answer={} must be a number"),
    ],
)
def test_refusals_name_the_argument(call, error, words):
    with pytest.raises(error, match=re.escape(words)):
        call()


def test_check_hint_and_solution_in_a_notebook():
    reply = practice.check("output-size-lenet", [27, "14"])
    assert repr(reply) == (
        "✗ after the convolution: You counted the steps. The place where the window starts is a position, too.\n"
        "✓ after the pool: Right."
    )
    assert "(H + 2P − F)/S" in repr(practice.hint()) and "= 28" in repr(practice.solution())
    assert "= 307,456" in repr(practice.solution("parameters-bug"))
    assert "still open" in repr(practice.check("parameters-bug"))


def test_nothing_that_a_reader_types_is_markup():
    reply = practice.check("parameters-bug", "<img src=x onerror=alert(1)>")
    assert "<img" not in reply._repr_html_() and "not a number" in repr(reply)


def test_a_key_survives_as_plain_data():
    part = practice.draw("output_size", 3, 3).parts[0]
    data = encode_part(part)
    assert data["right"] == [list(right) for right in part.key.right]
    for table, wrong in zip(data["wrong"], part.key.wrong, strict=True):
        assert len(table.split(";")) == len(wrong)
