"""MACs are those of what runs: FlopCounterMode on a real run is the witness where it sees all, hand counts elsewhere."""

import pytest
import torch
from test_ledger_counts import Calls
from torch import nn
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

import convlib

pytestmark = pytest.mark.filterwarnings("ignore:.*TF32.*:UserWarning")  # from switching mkldnn off


def counted(model, *inputs):
    """Half the FLOPs of a real run, with the implementations whose operators FlopCounterMode knows."""
    with FlopCounterMode(display=False) as flops, sdpa_kernel(SDPBackend.MATH), torch.backends.mkldnn.flags(False):
        model(*inputs)
    return flops.get_total_flops() // 2


MODELS = {
    "conv": (nn.Conv2d(3, 8, 3, padding=1), [(3, 9, 7)]),
    "conv1d, groups": (nn.Conv1d(4, 8, 3, groups=2, stride=2), [(4, 9)]),
    "conv3d": (nn.Conv3d(2, 4, 3, dilation=2), [(2, 7, 7, 7)]),
    "circular": (nn.Conv2d(3, 8, 3, padding="same", padding_mode="circular"), [(3, 9, 7)]),
    "transposed": (nn.ConvTranspose2d(4, 6, 3, stride=2, groups=2), [(4, 5, 5)]),
    "linear": (nn.Linear(8, 4), [(5, 8)]),
    "functional conv": (
        Calls(lambda m, x: functional.conv2d(x, m.kernel), kernel=nn.Parameter(torch.rand(4, 3, 3, 3))),
        [(3, 9, 9)],
    ),
    "matmul": (Calls(lambda m, x, y: x @ y), [(3, 4), (4, 5)]),
    "einsum": (Calls(lambda m, x, y: torch.einsum("bij,bkj->bik", x, y)), [(3, 4), (5, 4)]),
    "attention": (
        Calls(lambda m, x: m.attention(x, x, x)[0], attention=nn.MultiheadAttention(8, 2, batch_first=True)),
        [(5, 8)],
    ),
    "scaled dot product": (Calls(lambda m, q: functional.scaled_dot_product_attention(q, q, q)), [(2, 5, 8)]),
    "encoder layer": (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), [(5, 8)]),
    "transformer": (nn.Transformer(8, 2, 1, 1, 16, batch_first=True), [(5, 8), (6, 8)]),
    "lstm": (nn.LSTM(8, 5, 2, bidirectional=True, batch_first=True), [(7, 8)]),
    "lstm with projection": (nn.LSTM(8, 5, proj_size=3, batch_first=True), [(7, 8)]),
    "gru": (nn.GRU(8, 5), [(7, 8)]),
    "rnn": (nn.RNN(8, 5, nonlinearity="relu"), [(7, 8)]),
    "mapped": (Calls(lambda m, x: torch.func.vmap(m.layer)(x), layer=nn.Linear(8, 4)), [(5, 8)]),
    "gru cell": (nn.GRUCell(8, 5), [(8,)]),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("train", [True, False])
def test_as_flop_counter_mode_counts_a_real_run(name, batch, train):
    model, sizes = MODELS[name]
    account = convlib.ledger(model.train(train), sizes, batch_size=batch)
    assert account.macs == counted(model, *(torch.rand(batch, *size) for size in sizes)) > 0
    assert account.macs == sum(row.macs for row in account.rows)
    assert not account.computed


def needs_values(model):
    return nn.Sequential(Calls(lambda m, x: x * float(x.sum() >= -1e9)), *model)


@pytest.mark.parametrize("name", ["conv", "linear", "attention", "scaled dot product", "encoder layer", "transposed"])
@pytest.mark.parametrize("train", [True, False])
def test_a_run_with_data_counts_the_same(name, train):
    model, sizes = MODELS[name]
    without = convlib.ledger(model.train(train), sizes, batch_size=2)
    with torch.set_grad_enabled(train):  # without gradients, encoder layers have a fused way that hides their products
        account = convlib.ledger(needs_values([model]).train(train), sizes, batch_size=2)
    assert account.computed and account.macs == without.macs


def test_a_recurrent_run_with_data_counts_the_same():
    for layer in (nn.LSTM(8, 5, 2, bidirectional=True, batch_first=True), nn.GRU(8, 5, batch_first=True)):
        account = convlib.ledger(needs_values([layer]), (7, 8), batch_size=2)
        assert account.computed and account.macs == convlib.ledger(layer, (7, 8), batch_size=2).macs


def test_products_that_flop_counter_mode_does_not_see():
    model = Calls(lambda m, x: x[0] @ m.vector, vector=nn.Parameter(torch.rand(4)))
    assert convlib.ledger(model, (3, 4)).macs == 12


def test_biases_and_all_else_are_not_counted():
    assert convlib.ledger(nn.Conv2d(3, 8, 3), (3, 9, 9)).macs == convlib.conv_macs(3, 8, 3, (7, 7))
    assert convlib.ledger(nn.Linear(8, 4), (8,)).macs == convlib.linear_macs(8, 4)
    rest = nn.Sequential(nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2), nn.Upsample(scale_factor=2), nn.Softmax(1))
    assert convlib.ledger(rest, (3, 8, 8)).macs == 0


def test_a_container_that_multiplies_has_a_row_of_its_own():
    def forward(m, x):
        y = m.project(x)
        return y @ y.transpose(1, 2)

    root, project = convlib.ledger(Calls(forward, project=nn.Linear(8, 4)), (5, 8)).rows
    assert (root.name, root.macs, root.parameters) == ("", 5 * 5 * 4, 0)
    assert project.macs == 5 * 8 * 4


def test_remembering_does_not_mix_up_what_is_equal_in_python():
    """1, 1.0 and True make different types; a stride goes on to the next layer."""
    model = Calls(lambda m, x: [m.look(y) for y in (x + 1, x + 1.0, x & True)], look=nn.Identity())
    for _ in range(2):
        types = [row.output_shape for row in convlib.ledger(model, (4,), dtypes=torch.int64).rows]
        assert types == [(1, 4)] * 3
    for layout in (torch.contiguous_format, torch.channels_last) * 2:
        model = nn.Sequential(nn.ReLU(), Calls(lambda m, x: x.view(2, -1) if x.is_contiguous() else x.flatten(1)))
        rows = convlib.ledger(model, torch.rand(2, 3, 5, 5).to(memory_format=layout)).rows
        assert rows[1].activation_bytes == (0 if layout is torch.contiguous_format else 4 * 150)


def test_types_are_told_apart_in_memory():
    model = Calls(lambda m, x: (m.one(x + 1), m.two(x + 1.0)), one=nn.Softplus(), two=nn.Softplus())
    model.one.forward = lambda x: x.clone()
    model.two.forward = lambda x: x.clone()
    for _ in range(2):
        rows = convlib.ledger(model, (5000,), dtypes=torch.int64).rows  # large, so without values
        assert [row.activation_bytes for row in rows] == [5000 * 8, 5000 * 4]


def test_complex_numbers_and_integers_are_counted():
    layer = nn.Linear(8, 4, dtype=torch.complex64)
    assert convlib.ledger(layer, (8,), dtypes=torch.complex64).macs == counted(layer, torch.rand(1, 8) + 0j)
    model = Calls(lambda m, x, y: x @ y)
    assert convlib.ledger(model, [(3, 4), (4, 5)], dtypes=torch.int64).macs == 60


def test_what_a_hook_on_the_model_multiplies_is_counted():
    model = nn.Sequential(nn.Linear(8, 4))
    model.register_forward_hook(lambda module, inputs, output: output @ output.T)
    assert convlib.ledger(model, (8,), batch_size=3).macs == 3 * 32 + 3 * 3 * 4
