"""AlexNet's variants, against numbers that were derived apart from this code, and torchsummary's own printout."""

import contextlib
import io
import re

import pytest
import torch
import torchsummary
from torch import nn

import convlib
from convlib import alexnet

CONVOLUTIONS = [34_944, 614_656, 885_120, 1_327_488, 884_992]
GROUPED = [34_944, 307_456, 885_120, 663_936, 442_624]
LINEAR = [37_752_832, 16_781_312, 4_097_000]
SHAPES = [(96, 55), (96, 27), (256, 27), (256, 13), (384, 13), (384, 13), (256, 13), (256, 6)]
MACS = {1: 1_135_256_096, 2: 724_406_816}
HIDDEN = (1, 3, 4, 5, 6)  # of the eight layers with weights: conv 2, 4, 5 and fc 6, 7


def built(make, *args):
    with torch.device("meta"):
        return make(*args)


def weighted(model):
    return [layer for layer in model.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]


def counts(model):
    return [sum(parameter.numel() for parameter in layer.parameters()) for layer in weighted(model)]


def by_formula(layer):
    if isinstance(layer, nn.Linear):
        return convlib.linear_parameters(layer.in_features, layer.out_features).total
    return convlib.conv_parameters(layer.in_channels, layer.out_channels, layer.kernel_size, layer.groups).total


@pytest.mark.parametrize(
    ("make", "args", "rows", "total"),
    [
        (alexnet.plain, (), CONVOLUTIONS + LINEAR, 62_378_344),
        (alexnet.plain, (2,), GROUPED + LINEAR, 60_965_224),
        (alexnet.complete, (), CONVOLUTIONS + LINEAR, 62_378_344),
        (alexnet.torchvision_layers, (), [23_296, 307_392, 663_936, 884_992, 590_080, *LINEAR], 61_100_840),
    ],
)
def test_every_row_and_the_total(make, args, rows, total):
    model = built(make, *args)
    assert counts(model) == [by_formula(layer) for layer in weighted(model)] == rows
    assert sum(parameter.numel() for parameter in model.parameters()) == sum(rows) == total
    assert not list(model.buffers())


def test_parts_of_the_total():
    assert sum(CONVOLUTIONS) == 3_747_200
    assert sum(LINEAR) == 58_631_144
    assert round(100 * sum(LINEAR) / (sum(CONVOLUTIONS) + sum(LINEAR))) == 94


@pytest.mark.parametrize("groups", [1, 2])
def test_shapes_and_macs_at_every_layer(groups):
    model = built(alexnet.plain, groups)
    x, macs = torch.zeros(1, *alexnet.INPUT_SIZE, device="meta"), 0
    for layer, (channels, side) in zip(model.features, SHAPES, strict=True):
        call = (layer.kernel_size, layer.stride, layer.padding, layer.dilation)
        size = convlib.output_size if isinstance(layer, nn.Conv2d) else convlib.pool_output_size
        height, width = size(tuple(x.shape[2:]), *call)
        x = layer(x)
        assert tuple(x.shape[1:]) == (channels, height, width) == (channels, side, side)
        if isinstance(layer, nn.Conv2d):
            macs += convlib.conv_macs(layer.in_channels, channels, layer.kernel_size, side, layer.groups)
    for layer in model.classifier:
        macs += convlib.linear_macs(layer.in_features, layer.out_features)
    assert macs == MACS[groups]
    assert tuple(model(torch.zeros(2, *alexnet.INPUT_SIZE, device="meta")).shape) == (2, 1000)


def test_the_other_variants_run_through():
    for make, side in ((alexnet.torchvision_layers, 224), (alexnet.complete, 227)):
        assert tuple(built(make)(torch.zeros(2, 3, side, side, device="meta")).shape) == (2, 1000)


@pytest.fixture(scope="module")
def printout():
    """torchsummary's rows (layer, output shape, parameters) and its totals."""
    with contextlib.redirect_stdout(io.StringIO()) as text:
        torchsummary.summary(alexnet.plain(), alexnet.INPUT_SIZE, device="cpu")
    rows = re.findall(r"^ +(\w+)-\d+ +\[([-\d, ]+)\] +([\d,]+)$", text.getvalue(), re.M)
    totals = dict(re.findall(r"^([\w /()-]+): ([\d,.]+)$", text.getvalue(), re.M))
    return rows, totals


def test_torchsummary_prints_the_same(printout):
    rows, totals = printout
    model = built(alexnet.plain)
    layers = [*model.features, *model.classifier]
    assert len(rows) == len(layers) == 11
    size = alexnet.INPUT_SIZE
    for layer, (name, shape, parameters) in zip(layers, rows, strict=True):
        assert name == type(layer).__name__
        if isinstance(layer, nn.Linear):
            size, count = (layer.out_features,), by_formula(layer)
        elif isinstance(layer, nn.Conv2d):
            size = layer.out_channels, *convlib.output_size(size[1:], layer.kernel_size, layer.stride, layer.padding)
            count = by_formula(layer)
        else:
            size, count = (size[0], *convlib.pool_output_size(size[1:], layer.kernel_size, layer.stride)), 0
        assert [int(number) for number in shape.split(",")] == [-1, *size]
        assert int(parameters.replace(",", "")) == count
    assert totals["Total params"] == totals["Trainable params"] == "62,378,344"
    assert totals["Forward/backward pass size (MB)"] == "5.96"


def test_the_complete_network_adds_no_parameters():
    kinds = [type(layer).__name__ for layer in built(alexnet.complete).modules()]
    assert [kinds.count(kind) for kind in ("ReLU", "LocalResponseNorm", "Dropout")] == [7, 2, 2]
    norm = alexnet.response_norm()
    assert (norm.size, norm.beta, norm.k) == (5, 0.75, 2)
    assert norm.alpha / norm.size == pytest.approx(1e-4)


@pytest.fixture(scope="module", params=["plain", "two towers", "complete"])
def initialised(request):
    torch.manual_seed(0)
    make = {"plain": alexnet.plain, "two towers": lambda: alexnet.plain(2), "complete": alexnet.complete}
    model = make[request.param]()
    assert alexnet.initialise(model) is model
    return model


def test_initial_biases(initialised):
    for number, layer in enumerate(weighted(initialised)):
        assert torch.equal(layer.bias, torch.full_like(layer.bias, float(number in HIDDEN))), number


def test_initial_weights(initialised):
    for layer in weighted(initialised):
        assert abs(layer.weight.mean().item()) < 5e-4
        assert layer.weight.std().item() == pytest.approx(0.01, rel=0.03)


def test_initialise_refuses_another_network():
    with pytest.raises(ValueError):
        alexnet.initialise(nn.Sequential(nn.Conv2d(3, 4, 3), nn.Linear(4, 2)))


def total(groups=(1, 2, 1, 2, 2), bias=True, flat=9216, grouped=False):
    """The parameters of AlexNet by the formulas alone, with room for mistakes."""
    sides = [(3, 96, 11), (96, 256, 5), (256, 384, 3), (384, 384, 3), (384, 256, 3)]
    groups = groups if grouped else (1,) * 5
    counted = [convlib.conv_parameters(*side, group, bias) for side, group in zip(sides, groups, strict=True)]
    counted += [convlib.linear_parameters(*pair, bias) for pair in ((flat, 4096), (4096, 4096), (4096, 1000))]
    return sum(count.total for count in counted)


def test_each_wrong_total_comes_from_its_mistake():
    assert total() == 62_378_344
    assert total(grouped=True) == 60_965_224
    assert total(bias=False) == 62_367_776  # no biases
    side = convlib.output_size(224, 11, 4)
    for kernel, stride, padding in ((3, 2, 0), (5, 1, 2), (3, 2, 0), (3, 1, 1), (3, 2, 0)):
        side = convlib.output_size(side, kernel, stride, padding)
    assert side == 5
    assert total(flat=256 * side * side) == 50_844_008  # a 54-pixel first map
    assert total(groups=(1, 2, 2, 2, 2), grouped=True) == 60_522_856  # conv 3 grouped too
    assert total(flat=256 * 13 * 13) == 201_838_952  # the last pool forgotten
