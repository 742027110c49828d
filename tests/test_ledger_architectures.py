"""Real architectures against their published counts. The source of each figure stands beside it."""

import architectures
import pytest
import torch

import convlib

# torchvision: the weights' metadata ("num_params") in torchvision.models, https://docs.pytorch.org/vision/stable/models
IMAGE = (3, 224, 224)
PUBLISHED = {
    # the sum by hand of the eight layers (book: chapter alexnet): 3,747,200 in convolutions, 58,631,144 in FC layers
    "alexnet": ((3, 227, 227), 62_378_344, 1_135_256_096),
    "vgg16": (IMAGE, 138_357_544, 15_470_264_320),  # torchvision VGG16_Weights; paper, table 2: 138 million
    "resnet18": (IMAGE, 11_689_512, 1_814_073_344),  # torchvision ResNet18_Weights; paper, table 1: 1.8·10^9 FLOPs
    "resnet50": (IMAGE, 25_557_032, 4_089_184_256),  # torchvision ResNet50_Weights: 4.09 GFLOPS
    "mobilenet_v2": (IMAGE, 3_504_872, 300_774_272),  # torchvision MobileNet_V2_Weights; paper, table 4: 300 million
    "densenet121": (IMAGE, 7_978_856, 2_834_161_664),  # torchvision DenseNet121_Weights: 2.83 GFLOPS
    "squeezenet1_0": (IMAGE, 1_248_424, 818_924_576),  # torchvision SqueezeNet1_0_Weights: 0.82 GFLOPS
    "googlenet": (IMAGE, 6_998_552, None),  # by hand below; paper, table 1: about 6.8 million
    "UNet": ((1, 572, 572), 31_030_658, None),  # by hand below
    "ViT": (IMAGE, 86_567_656, 17_563_828_224),  # torchvision ViT_B_16_Weights: 86,567,656 and 17.56 GFLOPS
    "Siamese": ([(1, 28, 28)] * 2, 80 + 16 + 2064, 2 * (3 * 3 * 8 * 26 * 26 + 128 * 16)),  # by hand
    # by hand: 10,000·128; two layers, each way 4·256·(inputs + 256 + 2); 512·2 + 2
    "TextClassifier": ((40,), 1_280_000 + 2 * 1024 * (128 + 258) + 2 * 1024 * (512 + 258) + 1026, None),
    "LanguageModel": ((12,), 64_000 + 2 * 3 * 64 * 64 + 2 * 3 * 64, 12 * (6 * 64 * 64 + 64_000)),  # by hand
}


def built(name):
    with torch.device("meta"):
        return getattr(architectures, name)()


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_counts(name):
    size, parameters, macs = PUBLISHED[name]
    model = built(name)
    account = convlib.ledger(model, size)
    assert account.parameters == parameters == sum(p.numel() for p in model.parameters())
    assert account.parameters == sum(row.parameters for row in account.rows)
    assert account.buffer_values == sum(b.numel() for b in model.buffers())
    if macs is not None:
        assert account.macs == macs
    assert not account.computed and account.notes == []


def conv(channels, width, kernel_size):
    return kernel_size**2 * channels * width + width


def test_googlenet_by_hand():
    """Table 1 of the paper, row by row."""
    plan = [
        (192, 64, 96, 128, 16, 32, 32), (256, 128, 128, 192, 32, 96, 64), (480, 192, 96, 208, 16, 48, 64),
        (512, 160, 112, 224, 24, 64, 64), (512, 128, 128, 256, 24, 64, 64), (512, 112, 144, 288, 32, 64, 64),
        (528, 256, 160, 320, 32, 128, 128), (832, 256, 160, 320, 32, 128, 128), (832, 384, 192, 384, 48, 128, 128),
    ]  # fmt: skip
    total = conv(3, 64, 7) + conv(64, 64, 1) + conv(64, 192, 3) + 1024 * 1000 + 1000
    for c, one, r3, three, r5, five, pool in plan:
        total += conv(c, one, 1) + conv(c, r3, 1) + conv(r3, three, 3) + conv(c, r5, 1) + conv(r5, five, 5)
        total += conv(c, pool, 1)
    assert total == PUBLISHED["googlenet"][1]


def test_u_net_by_hand():
    """Figure 1 of the paper, left to right; its output is 388×388×2."""
    down = sum(conv(a, b, 3) + conv(b, b, 3) for a, b in ((1, 64), (64, 128), (128, 256), (256, 512), (512, 1024)))
    up = sum(conv(2 * b, b, 2) + conv(2 * b, b, 3) + conv(b, b, 3) for b in (512, 256, 128, 64))
    assert down + up + conv(64, 2, 1) == PUBLISHED["UNet"][1]
    assert convlib.ledger(built("UNet"), (1, 572, 572)).rows[-1].output_shape == (1, 2, 388, 388)


def test_a_shared_network_is_counted_once_and_runs_twice():
    account = convlib.ledger(built("Siamese"), [(1, 28, 28)] * 2)
    assert [row.call for row in account.rows] == [1] * 6 + [2] * 6
    assert sum(row.parameters for row in account.rows[6:]) == 0


@pytest.mark.parametrize("depth", [0, 1, 2, 3, 9])
@pytest.mark.parametrize("name", ["vgg16", "densenet121", "ViT", "Siamese"])
def test_folding_keeps_the_totals(name, depth):
    size = PUBLISHED[name][0]
    model = built(name)
    whole, folded = convlib.ledger(model, size), convlib.ledger(model, size, depth=depth)
    for total in ("parameters", "trainable", "buffer_values", "macs", "activation_bytes", "keras"):
        assert getattr(whole, total) == getattr(folded, total)
    assert all(row.name.count(".") < depth or row.name == "" for row in folded.rows)
    assert len(folded.rows) <= len(whole.rows)


def test_a_folded_row_goes_from_the_modules_input_to_its_output():
    features = convlib.ledger(built("vgg16"), IMAGE, depth=1).rows[0]
    assert (features.name, features.type) == ("features", "Sequential")
    assert (features.input_shape, features.output_shape) == ((1, 3, 224, 224), (1, 512, 7, 7))
    assert features.parameter_working == "sum of 13 rows = 14,714,688"
