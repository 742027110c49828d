"""What the ledger takes: sizes, tensors, dicts, types; what forwards give and pass to each other; what is refused."""

from collections import namedtuple
from dataclasses import dataclass

import pytest
import torch
from test_ledger_counts import Calls
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

import convlib

LINEAR = nn.Linear(8, 4)


@pytest.mark.parametrize("size", [(8,), [8], torch.Size([8]), [(8,)], [[8]]])
def test_one_size(size):
    account = convlib.ledger(LINEAR, size)
    assert (account.rows[0].input_shape, account.rows[0].output_shape) == ((1, 8), (1, 4))


@pytest.mark.parametrize("data", [torch.rand(3, 8), [torch.rand(3, 8)], {"input": torch.rand(3, 8)}])
def test_given_tensors_keep_their_batch(data):
    for account in (convlib.ledger(LINEAR, data), convlib.ledger(LINEAR, input_data=data)):
        assert account.rows[0].output_shape == (3, 4)


def test_several_sizes_and_the_batch():
    model = Calls(lambda m, x, y: m.layer(x) + y, layer=nn.Linear(8, 4))
    account = convlib.ledger(model, [(8,), (4,)], batch_size=5)
    assert account.rows[0].output_shape == (5, 4)
    assert account.macs == 5 * 32


def test_a_dict_is_the_keywords():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(8, 4)

        def forward(self, *, image, flag=True):
            return {"scores": self.layer(image) if flag else image}

    for given in ({"image": (8,)}, {"image": (8,), "flag": True}, {"image": torch.rand(1, 8)}):
        assert convlib.ledger(Model(), given).rows[0].output_shape == (1, 4)


def test_a_dict_can_be_the_one_argument():
    model = Calls(None, layer=nn.Linear(8, 4))
    model.forward = lambda batch: model.layer(batch["x"])
    assert convlib.ledger(model, {"x": (8,)}).macs == 32
    assert convlib.ledger(model, [{"x": (8,)}]).macs == 32


def test_integer_inputs():
    model = nn.Sequential(nn.Embedding(10, 4), nn.Linear(4, 2))
    for dtypes in (None, torch.int64, [torch.int32], torch.long):
        account = convlib.ledger(model, (7,), dtypes=dtypes)
        assert account.rows[0].output_shape == (1, 7, 4)
        assert not account.computed
    assert convlib.ledger(model, (7,)).input_bytes == 7 * 8
    assert convlib.ledger(model, torch.zeros(2, 7, dtype=torch.long)).rows[1].output_shape == (2, 7, 2)


def test_types_by_name_and_the_type_of_the_model():
    model = Calls(lambda m, x, i: m.layer(x) + m.table(i).sum(1), layer=nn.Linear(8, 4), table=nn.Embedding(9, 4))
    model.double()
    assert convlib.ledger(model, [(8,), (3,)], dtypes=[torch.float64, torch.int64]).rows[0].activation_bytes == 32
    assert convlib.ledger(model, [(8,), (3,)]).rows[0].activation_bytes == 32


def test_one_number_an_input():
    model = Calls(lambda m, x, step: m.layer(x) * step[:, None], layer=nn.Linear(8, 4))
    assert convlib.ledger(model, [(8,), ()], batch_size=3).rows[0].output_shape == (3, 4)


@dataclass(slots=True)
class Output:
    scores: torch.Tensor
    states: tuple


class Holder:
    def __init__(self, x):
        self.x = x


Pair = namedtuple("Pair", "a b")


@pytest.mark.parametrize(
    ("out", "shape"),
    [
        (lambda x: (x, x[0]), ((1, 8), (8,))),
        (lambda x: [x, [x, None]], ((1, 8), (1, 8))),
        (lambda x: {"a": x, "b": {"c": x}}, {"a": (1, 8), "b": {"c": (1, 8)}}),
        (lambda x: Output(x, (x, x)), {"scores": (1, 8), "states": ((1, 8), (1, 8))}),
        (lambda x: Holder(x), {"x": (1, 8)}),
        (lambda x: Pair(x, x), ((1, 8), (1, 8))),
        (lambda x: None, None),
        (lambda x: 3, None),
    ],
)
def test_any_output(out, shape):
    model = Calls(lambda m, x: m.head(x), head=Calls(lambda m, x: out(x)))
    account = convlib.ledger(model, (8,))
    assert account.rows[0].output_shape == shape
    assert str(account) and account._repr_html_()


def test_modules_that_pass_lists_to_each_other():
    model = nn.Sequential(Calls(lambda m, x: [x, x * 2]), Calls(lambda m, pair: torch.cat(pair, 1)), nn.Linear(16, 2))
    account = convlib.ledger(model, (8,))
    assert account.rows[1].input_shape == ((1, 8), (1, 8))
    assert account.rows[2].output_shape == (1, 2)


def test_a_packed_sequence():
    packed = pack_padded_sequence(torch.rand(2, 5, 8), torch.tensor([5, 3]), batch_first=True)
    account = convlib.ledger(nn.LSTM(8, 4), [packed])
    assert account.macs == 8 * (16 * 8 + 16 * 4)


REFUSED = [
    (TypeError, "model", {"model": nn.Linear, "input_size": (8,)}),
    (TypeError, "model", {"model": "net", "input_size": (8,)}),
    (TypeError, "input_size", {"model": LINEAR}),
    (TypeError, "input_size", {"model": LINEAR, "input_size": (8,), "input_data": torch.rand(1, 8)}),
    (TypeError, "input_size=8", {"model": LINEAR, "input_size": 8}),
    (TypeError, "input_size='8'", {"model": LINEAR, "input_size": "8"}),
    (ValueError, r"input_size\[0\]\[0\]=0 ", {"model": LINEAR, "input_size": (0,)}),
    (ValueError, r"input_size\[0\]\[1\]=-1", {"model": LINEAR, "input_size": (8, -1)}),
    (TypeError, r"input_size\[0\]\[1\]=2.0", {"model": LINEAR, "input_size": (8, 2.0)}),
    (ValueError, "input_size", {"model": LINEAR, "input_size": []}),
    (ValueError, "batch_size=0", {"model": LINEAR, "input_size": (8,), "batch_size": 0}),
    (TypeError, "batch_size=True", {"model": LINEAR, "input_size": (8,), "batch_size": True}),
    (TypeError, "batch_size=2.5", {"model": LINEAR, "input_size": (8,), "batch_size": 2.5}),
    (TypeError, "dtypes='float'", {"model": LINEAR, "input_size": (8,), "dtypes": "float"}),
    (ValueError, "dtypes", {"model": LINEAR, "input_size": (8,), "dtypes": [torch.float32] * 2}),
    (ValueError, "depth=-1", {"model": LINEAR, "input_size": (8,), "depth": -1}),
    (TypeError, "depth=1.5", {"model": LINEAR, "input_size": (8,), "depth": 1.5}),
    (TypeError, "keras=1", {"model": LINEAR, "input_size": (8,), "keras": 1}),
    (TypeError, "progress=1", {"model": LINEAR, "input_size": (8,), "progress": 1}),
]


@pytest.mark.parametrize(("error", "says", "arguments"), REFUSED)
def test_bad_arguments_are_refused_by_name(error, says, arguments):
    with pytest.raises(error, match=says):
        convlib.ledger(**arguments)


def test_constants_that_a_forward_makes():
    def forward(m, x):
        n = x.shape[-1]
        mask = torch.ones(n, n, device="cpu").tril()  # a device of its own
        steps = torch.arange(n)
        x = x * steps + torch.zeros(n)
        x = torch.where(mask[0] > 0, x, torch.tensor(0.0))
        return m.layer(x[:, torch.arange(int(steps.max()) + 1)])

    account = convlib.ledger(Calls(forward, layer=nn.Linear(8, 4)), (8,))
    assert account.rows[0].output_shape == (1, 4)
    assert not account.computed


def test_large_constants_take_no_memory():
    model = Calls(lambda m, x: x + torch.ones(10**7, 10**7).tril()[:8, :8].sum(0))
    account = convlib.ledger(model, (8,))
    assert account.rows[0].output_shape == (1, 8) and not account.computed


def test_a_constant_written_in_place_stays_itself():
    def forward(m, x):
        total = torch.zeros(8)
        assert total.add_(x[0]) is total
        total[2:4] = x[0, :2]
        return m.layer(total)

    account = convlib.ledger(Calls(forward, layer=nn.Linear(8, 4)), (8,))
    assert account.rows[0].output_shape == (4,) and not account.computed
