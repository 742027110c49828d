"""Real architectures, written from their papers, for the tests and the benchmark of the ledger.

Variants that the papers leave open follow the published parameter counts named in ``test_ledger_architectures``.
"""

from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional


def alexnet():
    """One tower, 227×227 (Krizhevsky, Sutskever and Hinton, 2012, without its split over two GPUs)."""
    return nn.Sequential(
        nn.Conv2d(3, 96, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(96, 256, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 384, 3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Flatten(),
        nn.Linear(9216, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000),
    )  # fmt: skip


def vgg16():
    """Configuration D (Simonyan and Zisserman, 2014), 224×224."""
    layers, channels = [], 3
    for width, repeats in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(repeats):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
            channels = width
        layers.append(nn.MaxPool2d(2, 2))
    dense = [nn.Linear(512 * 7 * 7, 4096), nn.ReLU(inplace=True), nn.Dropout()]
    dense += [nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(4096, 1000)]
    return nn.Sequential(
        OrderedDict(features=nn.Sequential(*layers), flatten=nn.Flatten(), dense=nn.Sequential(*dense))
    )


def conv_bn(channels, width, kernel_size, stride=1, groups=1, activation=nn.ReLU):
    """Convolution without bias, batch normalisation, activation (None for none)."""
    layers = [nn.Conv2d(channels, width, kernel_size, stride, (kernel_size - 1) // 2, groups=groups, bias=False)]
    layers.append(nn.BatchNorm2d(width))
    return nn.Sequential(*layers, *([activation(inplace=True)] if activation else []))


class Residual(nn.Module):
    """A residual block (He, Zhang, Ren and Sun, 2015); a projection where the shapes differ."""

    def __init__(self, body, channels, width, stride):
        super().__init__()
        self.body = body
        same = stride == 1 and channels == width
        self.shortcut = nn.Identity() if same else conv_bn(channels, width, 1, stride, activation=None)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.body(x) + self.shortcut(x))


def _basic(channels, width, stride):
    body = nn.Sequential(conv_bn(channels, width, 3, stride), conv_bn(width, width, 3, activation=None))
    return Residual(body, channels, width, stride), width


def _bottleneck(channels, width, stride):
    out = 4 * width
    inner = conv_bn(channels, width, 1), conv_bn(width, width, 3, stride), conv_bn(width, out, 1, activation=None)
    return Residual(nn.Sequential(*inner), channels, out, stride), out


def _resnet(block, repeats):
    stem = [*conv_bn(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1)]
    layers, channels = [], 64
    for stage, count in enumerate(repeats):
        for i in range(count):
            made, channels = block(channels, 64 * 2**stage, 2 if stage and not i else 1)
            layers.append(made)
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000)]
    return nn.Sequential(*stem, *layers, *head)


def resnet18():
    return _resnet(_basic, (2, 2, 2, 2))


def resnet50():
    return _resnet(_bottleneck, (3, 4, 6, 3))


class Inverted(nn.Module):
    """An inverted residual with a linear bottleneck (Sandler et al., 2018)."""

    def __init__(self, channels, width, stride, expansion):
        super().__init__()
        inner = channels * expansion
        first = [] if expansion == 1 else [conv_bn(channels, inner, 1, activation=nn.ReLU6)]
        depthwise = conv_bn(inner, inner, 3, stride, groups=inner, activation=nn.ReLU6)
        self.body = nn.Sequential(*first, depthwise, conv_bn(inner, width, 1, activation=None))
        self.adds = stride == 1 and channels == width

    def forward(self, x):
        return x + self.body(x) if self.adds else self.body(x)


def mobilenet_v2():
    layers, channels = [conv_bn(3, 32, 3, 2, activation=nn.ReLU6)], 32
    plan = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
    for expansion, width, count, stride in plan:
        for i in range(count):
            layers.append(Inverted(channels, width, stride if i == 0 else 1, expansion))
            channels = width
    layers += [conv_bn(320, 1280, 1, activation=nn.ReLU6), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Dropout(0.2), nn.Linear(1280, 1000))


def _norm_relu_conv(channels, width, kernel_size):
    conv = nn.Conv2d(channels, width, kernel_size, padding=kernel_size // 2, bias=False)
    return [nn.BatchNorm2d(channels), nn.ReLU(inplace=True), conv]


class Dense(nn.Module):
    """A layer that adds its channels to all it was given (Huang, Liu, van der Maaten and Weinberger, 2016)."""

    def __init__(self, channels, growth):
        super().__init__()
        self.body = nn.Sequential(*_norm_relu_conv(channels, 4 * growth, 1), *_norm_relu_conv(4 * growth, growth, 3))

    def forward(self, x):
        return torch.cat([x, self.body(x)], 1)


def densenet121():
    layers, channels = [*conv_bn(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1)], 64
    for stage, count in enumerate((6, 12, 24, 16)):
        if stage:
            layers += [*_norm_relu_conv(channels, channels // 2, 1), nn.AvgPool2d(2, 2)]
            channels //= 2
        for _ in range(count):
            layers.append(Dense(channels, 32))
            channels += 32
    head = [nn.BatchNorm2d(channels), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, *head, nn.Linear(channels, 1000))


class Concat(nn.Module):
    """Branches side by side, their channels joined."""

    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


def _conv_relu(channels, width, kernel_size, **settings):
    return nn.Sequential(nn.Conv2d(channels, width, kernel_size, **settings), nn.ReLU(inplace=True))


def _inception(channels, one, reduce3, three, reduce5, five, pool):
    return Concat(
        _conv_relu(channels, one, 1),
        nn.Sequential(_conv_relu(channels, reduce3, 1), _conv_relu(reduce3, three, 3, padding=1)),
        nn.Sequential(_conv_relu(channels, reduce5, 1), _conv_relu(reduce5, five, 5, padding=2)),
        nn.Sequential(nn.MaxPool2d(3, 1, 1), _conv_relu(channels, pool, 1)),
    )


def googlenet():
    """Table 1 of Szegedy et al., "Going deeper with convolutions" (2014), without the auxiliary classifiers."""
    pool = {"kernel_size": 3, "stride": 2, "ceil_mode": True}
    return nn.Sequential(
        _conv_relu(3, 64, 7, stride=2, padding=3), nn.MaxPool2d(**pool), nn.LocalResponseNorm(5),
        _conv_relu(64, 64, 1), _conv_relu(64, 192, 3, padding=1), nn.LocalResponseNorm(5), nn.MaxPool2d(**pool),
        _inception(192, 64, 96, 128, 16, 32, 32), _inception(256, 128, 128, 192, 32, 96, 64), nn.MaxPool2d(**pool),
        _inception(480, 192, 96, 208, 16, 48, 64), _inception(512, 160, 112, 224, 24, 64, 64),
        _inception(512, 128, 128, 256, 24, 64, 64), _inception(512, 112, 144, 288, 32, 64, 64),
        _inception(528, 256, 160, 320, 32, 128, 128), nn.MaxPool2d(**pool),
        _inception(832, 256, 160, 320, 32, 128, 128), _inception(832, 384, 192, 384, 48, 128, 128),
        nn.AvgPool2d(7), nn.Flatten(), nn.Dropout(0.4), nn.Linear(1024, 1000),
    )  # fmt: skip


def _fire(channels, squeeze, expand):
    sides = Concat(_conv_relu(squeeze, expand, 1), _conv_relu(squeeze, expand, 3, padding=1))
    return nn.Sequential(_conv_relu(channels, squeeze, 1), sides)


def squeezenet1_0():
    """Table 1 of Iandola et al. (2016), 224×224."""
    pool = {"kernel_size": 3, "stride": 2, "ceil_mode": True}
    return nn.Sequential(
        _conv_relu(3, 96, 7, stride=2), nn.MaxPool2d(**pool),
        _fire(96, 16, 64), _fire(128, 16, 64), _fire(128, 32, 128), nn.MaxPool2d(**pool),
        _fire(256, 32, 128), _fire(256, 48, 192), _fire(384, 48, 192), _fire(384, 64, 256), nn.MaxPool2d(**pool),
        _fire(512, 64, 256), nn.Dropout(), _conv_relu(512, 1000, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
    )  # fmt: skip


def _double(channels, width):
    return nn.Sequential(_conv_relu(channels, width, 3), _conv_relu(width, width, 3))


class UNet(nn.Module):
    """Figure 1 of Ronneberger, Fischer and Brox (2015): 572×572×1 in, 388×388×2 out, no padding, cropped skips."""

    def __init__(self):
        super().__init__()
        widths = (64, 128, 256, 512, 1024)
        self.down = nn.ModuleList(_double(a, b) for a, b in zip((1, *widths), widths, strict=False))
        self.pool = nn.MaxPool2d(2)
        pairs = list(zip(widths[:0:-1], widths[-2::-1], strict=True))
        self.up = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, 2) for a, b in pairs)
        self.join = nn.ModuleList(_double(a, b) for a, b in pairs)
        self.head = nn.Conv2d(64, 2, 1)

    def forward(self, x):
        skips = []
        for level, block in enumerate(self.down):
            x = block(self.pool(x) if level else x)
            skips.append(x)
        for up, join, skip in zip(self.up, self.join, skips[-2::-1], strict=True):
            x = up(x)
            cut = (skip.shape[-1] - x.shape[-1]) // 2
            x = join(torch.cat([skip[..., cut : cut + x.shape[-2], cut : cut + x.shape[-1]], x], 1))
        return self.head(x)


class EncoderBlock(nn.Module):
    def __init__(self, width, heads, hidden):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))

    def forward(self, x):
        y = self.norm1(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        return x + self.mlp(self.norm2(x))


class ViT(nn.Module):
    """ViT-B/16 at 224×224 (Dosovitskiy et al., 2020): a class token, learned positions, 12 blocks."""

    def __init__(self, width=768, depth=12, heads=12, hidden=3072, patch=16, size=224):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.zeros(1, (size // patch) ** 2 + 1, width))
        self.blocks = nn.ModuleList(EncoderBlock(width, heads, hidden) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 1000)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_token.expand(len(x), -1, -1), x], 1) + self.positions
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


class Siamese(nn.Module):
    """One embedding network for two images (Bromley et al., 1993): the same weights, used twice."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Sequential(
            nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(128, 16)
        )

    def forward(self, left, right):
        return functional.pairwise_distance(self.embed(left), self.embed(right))


class TextClassifier(nn.Module):
    """Embedding, two-layer bidirectional LSTM, linear layer."""

    def __init__(self, words=10_000, width=128, hidden=256, classes=2):
        super().__init__()
        self.embedding = nn.Embedding(words, width)
        self.lstm = nn.LSTM(width, hidden, num_layers=2, bidirectional=True, batch_first=True, dropout=0.1)
        self.head = nn.Linear(2 * hidden, classes)

    def forward(self, indices):
        outputs, _ = self.lstm(self.embedding(indices))
        return self.head(outputs[:, -1])


class LanguageModel(nn.Module):
    """An output layer tied to the embedding (Press and Wolf, 2016)."""

    def __init__(self, words=1000, width=64):
        super().__init__()
        self.embedding = nn.Embedding(words, width)
        self.gru = nn.GRU(width, width, batch_first=True)
        self.head = nn.Linear(width, words, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, indices):
        return self.head(self.gru(self.embedding(indices))[0])
