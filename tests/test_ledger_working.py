"""Each row shows its arithmetic, from the formulas of the chapters, and never a line that is not what came out."""

import re

import pytest
import torch
from test_ledger_counts import Calls
from torch import nn

import convlib
from convlib.bookkeeping import working

LINES = [
    (nn.Conv2d(3, 96, 11, 4), (3, 227, 227), "(227 − 11)/4 + 1 = 55", "11·11·3·96 + 96 = 34,944"),
    (nn.Conv2d(3, 96, 11, 4), (3, 224, 224), "⌊(224 − 11)/4⌋ + 1 = ⌊53.25⌋ + 1 = 54", "11·11·3·96 + 96 = 34,944"),
    (nn.Conv1d(2, 4, 3, bias=False), (2, 9), "(9 − 3)/1 + 1 = 7", "3·2·4 = 24"),
    (nn.Conv3d(2, 4, 3, 2, 1), (2, 9, 9, 9), "(9 + 2·1 − 3)/2 + 1 = 5", "3·3·3·2·4 + 4 = 220"),
    (nn.Conv2d(4, 4, 3, padding="same", groups=4), (4, 6, 6), None, None),
    (nn.Conv2d(1, 1, (3, 5), padding=(1, 0), dilation=(1, 2)), (1, 9, 20), None, None),
    (nn.ConvTranspose2d(4, 6, 3, 2, 1, output_padding=1), (4, 5, 5), None, "3·3·4·6 + 6 = 222"),
    (nn.ConvTranspose1d(4, 6, 3, 2), (4, 5), None, "3·4·6 + 6 = 78"),
    (nn.MaxPool2d(3, 2), (96, 55, 55), "(55 − 3)/2 + 1 = 27", ""),
    (nn.MaxPool2d(3, 2, ceil_mode=True), (8, 10, 10), "⌈(10 − 3)/2⌉ + 1 = ⌈3.5⌉ + 1 = 5", ""),
    (nn.MaxPool1d(2), (8, 10), "(10 − 2)/2 + 1 = 5", ""),
    (nn.AvgPool2d(2), (8, 10, 10), "(10 − 2)/2 + 1 = 5", ""),
    (nn.AvgPool3d(2), (8, 4, 4, 4), "(4 − 2)/2 + 1 = 2", ""),
    (nn.LPPool2d(2, 2), (8, 10, 10), "(10 − 2)/2 + 1 = 5", ""),
    (nn.AdaptiveAvgPool2d(6), (8, 10, 10), "6, as asked for", ""),
    (nn.AdaptiveMaxPool2d((6, 7)), (8, 10, 10), "H: 6, as asked for, W: 7, as asked for", ""),
    (nn.Linear(9216, 4096), (9216,), "9,216 → 4,096", "9,216·4,096 + 4,096 = 37,752,832"),
    (nn.Flatten(), (256, 6, 6), "256·6·6 = 9,216", ""),
    (nn.Unflatten(1, (2, 3)), (6,), "6 = 2·3", ""),
    (nn.BatchNorm2d(64), (64, 8, 8), "unchanged", "2·64 = 128"),
    (nn.LayerNorm(768), (5, 768), "unchanged", "768 + 768 = 1,536"),
    (nn.InstanceNorm2d(4), (4, 8, 8), "unchanged", ""),
    (nn.ReLU(), (4,), "unchanged", ""),
    (nn.Upsample(scale_factor=2), (4, 13, 13), "2·13 = 26", ""),
    (nn.PixelShuffle(2), (8, 5, 5), "5·2 = 10; channels 8/4 = 2", ""),
    (nn.ZeroPad2d((1, 2, 0, 0)), (4, 5, 5), "H: 5 = 5, W: 5 + 1 + 2 = 8", ""),
    (nn.ConstantPad1d((-1, 0), 0.0), (4, 5), "5 − 1 = 4", ""),
    (nn.Embedding(30_000, 512), (7,), "512 for each index", "30,000·512 = 15,360,000"),
    (nn.LSTM(64, 128), (5, 64), "128", "4·128·64 + 4·128·128 + 4·128 + 4·128 = 99,328"),
    (nn.GRU(64, 128, bidirectional=True, bias=False), (5, 64), "2·128 = 256", None),
    (nn.Bilinear(3, 4, 5), [(3,), (4,)], "", "5·3·4 + 5 = 65"),
    (nn.PReLU(), (4,), "unchanged", "1"),
]


@pytest.mark.parametrize(("layer", "size", "size_line", "parameter_line"), LINES)
def test_worked_lines(layer, size, size_line, parameter_line):
    (row,) = convlib.ledger(layer, size).rows
    if size_line is not None:
        assert row.size_working == size_line
    if parameter_line is not None:
        assert row.parameter_working == parameter_line
    assert row.size_working or isinstance(layer, nn.Bilinear)
    assert row.parameter_working.endswith(f"{row.parameters:,}") or not row.parameters


def test_every_type_in_the_table_has_its_line():
    """A new entry without a line in ``LINES`` fails here; what differs in rank alone, or pads alike, shares one."""

    def family(cls):
        return re.sub(r"(Reflection|Replication|Circular)Pad", "ZeroPad", re.sub(r"[123]d$", "", cls.__name__))

    shown = {family(type(layer)) for layer, *_ in LINES}
    assert {family(cls) for cls in (*working.SIZES, *working.PARAMETERS)} - {"SyncBatchNorm"} <= shown


def test_lines_are_the_formulas_own():
    layer = nn.Conv2d(6, 9, (3, 5), (2, 1), (1, 0), (1, 2), groups=3)
    (row,) = convlib.ledger(layer, (6, 9, 20)).rows
    assert row.size_working == convlib.output_size.worked((9, 20), (3, 5), (2, 1), (1, 0), (1, 2))
    assert row.parameter_working == convlib.conv_parameters.worked(6, 9, (3, 5), groups=3)


def test_the_output_padding_of_a_call_is_shown():
    model = Calls(lambda m, x: m.up(x, output_size=(10, 10)), up=nn.ConvTranspose2d(2, 2, 3, 2, 1))
    (row,) = convlib.ledger(model, (2, 5, 5)).rows
    assert row.size_working == convlib.transposed_output_size.worked((5, 5), 3, 2, 1, output_padding=1)


def test_no_line_that_is_not_what_came_out():
    class Odd(nn.Conv2d):
        def forward(self, x):
            return super().forward(x)[..., 1:]

    class More(nn.Conv2d):
        def __init__(self):
            super().__init__(3, 4, 3)
            self.gain = nn.Parameter(torch.ones(4))

    (row,) = convlib.ledger(Odd(3, 4, 3), (3, 9, 9)).rows
    assert row.size_working == ""
    (row,) = convlib.ledger(More(), (3, 9, 9)).rows
    assert row.parameter_working == "4·3·3·3 + 4 + 4 = 116"
    assert (row.weight, row.bias, row.other) == (108, 4, 4)


def test_receptive_fields_down_alexnet():
    import architectures

    account = convlib.ledger(architectures.alexnet(), (3, 227, 227))
    fields = [row.receptive_field for row in account.rows if row.type in ("Conv2d", "MaxPool2d")]
    sizes = [(f.size, f.jump) for f in fields]
    assert sizes == [(11, 4), (19, 8), (51, 8), (67, 16), (99, 16), (131, 16), (163, 16), (195, 32)]
    assert all(row.receptive_field is None for row in account.rows[-6:])


def test_receptive_fields_with_padding_dilation_and_two_axes():
    model = nn.Sequential(
        nn.Conv2d(1, 1, (3, 5), (2, 1), (1, 0)), nn.ReLU(), nn.Conv2d(1, 1, 3, padding="same", dilation=2)
    )
    last = convlib.ledger(model, (1, 30, 30)).rows[-1].receptive_field
    assert last == convlib.receptive_field([((3, 5), (2, 1), (1, 0)), (3, 1, 2, 2)])


def test_no_receptive_field_behind_a_branch():
    def forward(m, x):
        y = m.one(x)
        z = m.two(y)
        z += y
        return m.three(z)

    model = Calls(
        forward, one=nn.Conv2d(1, 1, 3, padding=1), two=nn.Conv2d(1, 1, 3, padding=1), three=nn.Conv2d(1, 1, 3)
    )
    for _ in range(2):  # the second time from memory
        one, two, three = convlib.ledger(model, (1, 9, 9)).rows
        assert (one.receptive_field.size, two.receptive_field.size, three.receptive_field) == (3, 5, None)
