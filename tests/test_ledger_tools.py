"""What torchsummary and torchinfo get wrong, shown on them, and right in the ledger."""

import copy
import re

import pytest
import torch
import torchinfo
import torchsummary
from test_ledger_counts import Calls
from torch import nn

import convlib


@pytest.fixture
def summary(capsys):
    def run(model, size):
        torchsummary.summary(model, size, device="cpu")
        printed = capsys.readouterr().out
        found = re.findall(r"(Total|Trainable|Non-trainable) params: ([\d,]+)", printed)
        sizes = re.findall(r"(Input size|Forward/backward pass size|Params size) \(MB\): ([\d.]+)", printed)
        return {name: int(n.replace(",", "")) for name, n in found} | {name: float(n) for name, n in sizes}

    return run


def twice():
    return Calls(lambda m, x: m.layer(m.layer(x)), layer=nn.Linear(8, 8))


def test_a_layer_used_twice_is_counted_twice(summary):
    assert summary(twice(), (8,))["Total"] == 144
    assert convlib.ledger(twice(), (8,)).parameters == 72


def test_buffers_are_missed(summary):
    model = nn.Sequential(nn.BatchNorm2d(4))
    assert summary(model, (4, 5, 5))["Total"] == 8
    account = convlib.ledger(model, (4, 5, 5))
    assert (account.parameters, account.buffer_values, account.keras.total) == (8, 9, 16)


def test_parameters_of_other_names_are_missed(summary):
    model = nn.Sequential(nn.Linear(8, 8), Calls(lambda m, x: x * m.gain, gain=nn.Parameter(torch.ones(8))))
    assert summary(model, (8,))["Total"] == 72
    assert convlib.ledger(model, (8,)).parameters == 80
    model = nn.Sequential(Calls(lambda m, x: m.rnn(x)[0], rnn=nn.RNN(8, 4, batch_first=True)))
    with pytest.raises((AttributeError, TypeError)):  # the recurrent layer's nested output, too
        summary(nn.Sequential(nn.LSTM(8, 4, batch_first=True)), (7, 8))
    assert convlib.ledger(model, (7, 8)).parameters == 4 * 8 + 4 * 4 + 4 + 4


def test_parameters_on_the_model_itself_are_missed(summary):
    model = Calls(lambda m, x: m.layer(x) * m.gain, layer=nn.Linear(8, 8), gain=nn.Parameter(torch.ones(8)))
    assert summary(model, (8,))["Total"] == 72
    assert convlib.ledger(model, (8,)).parameters == 80


def test_a_frozen_bias_is_reported_trainable(summary):
    model = nn.Sequential(nn.Linear(8, 4))
    model[0].bias.requires_grad_(False)
    printed = summary(model, (8,))
    assert (printed["Trainable"], printed["Non-trainable"]) == (36, 0)
    account = convlib.ledger(model, (8,))
    assert (account.trainable, account.frozen) == (32, 4)


def test_an_unused_branch_is_missed(summary):
    model = Calls(lambda m, x: m.one(x), one=nn.Linear(8, 2), two=nn.Linear(8, 3))
    assert summary(model, (8,))["Total"] == 18
    assert convlib.ledger(model, (8,)).parameters == 45


def test_running_statistics_move(summary):
    model = nn.Sequential(nn.BatchNorm2d(4))
    summary(model, (4, 5, 5))
    assert model[0].num_batches_tracked == 1 and model[0].running_mean.abs().sum() > 0
    model = nn.Sequential(nn.BatchNorm2d(4))
    convlib.ledger(model, (4, 5, 5))
    assert model[0].num_batches_tracked == 0 and model[0].running_mean.abs().sum() == 0


def test_the_random_state_moves(summary):
    model = nn.Sequential(nn.Linear(8, 4))
    torch.manual_seed(0)
    before = torch.get_rng_state()
    convlib.ledger(model, (8,))
    assert torch.equal(torch.get_rng_state(), before)
    summary(model, (8,))
    assert not torch.equal(torch.get_rng_state(), before)


def test_dicts_and_nested_outputs_and_integers_fail(summary):
    inner = Calls(lambda m, d: m.layer(d["x"]), layer=nn.Linear(8, 4))
    models = [
        (Calls(lambda m, x: m.inner({"x": x}), inner=inner), (8,)),
        (nn.Sequential(Calls(lambda m, x: {"x": x}), inner), (8,)),
        (Calls(lambda m, x: m.inner(x=x), inner=Calls(lambda m, *, x: x)), (8,)),
        (nn.Sequential(nn.Embedding(10, 4)), (7,)),
    ]
    for model, size in models:
        with pytest.raises(Exception):  # noqa: B017 - each fails in its own way
            summary(copy.deepcopy(model), size)  # a copy: it leaves its hooks behind
        assert convlib.ledger(model, size).parameters == sum(p.numel() for p in model.parameters())


def test_a_failure_leaves_its_hooks(summary):
    model = nn.Sequential(nn.Linear(8, 4), nn.Linear(8, 4))
    with pytest.raises(RuntimeError):
        summary(model, (8,))
    assert len(model[0]._forward_hooks) == 1
    model = nn.Sequential(nn.Linear(8, 4), nn.Linear(8, 4))
    with pytest.raises(RuntimeError):
        convlib.ledger(model, (8,))
    assert not model[0]._forward_hooks


def test_megabytes_are_of_two_kinds(summary):
    """torchsummary's MB is 2^20 bytes, torchinfo's 10^6; the ledger says MiB and the exact bytes."""
    model = nn.Sequential(nn.Linear(1000, 1000, bias=False))
    assert summary(model, (1000,))["Params size"] == round(4e6 / 2**20, 2) == 3.81
    assert "Params size (MB): 4.00" in str(torchinfo.summary(model, (1, 1000), verbose=0))
    assert "4,000,000 bytes = 3.81 MiB" in str(convlib.ledger(model, (1000,)))


def test_every_hooked_output_counts_twice(summary):
    """Twice for a gradient, and again for a ReLU in place, which takes no memory."""
    model = nn.Sequential(nn.Linear(8, 2**20), nn.ReLU(inplace=True))
    assert summary(model, (8,))["Forward/backward pass size"] == 2 * 2 * 4
    assert convlib.ledger(model, (8,)).activation_bytes == 4 * 2**20


def test_torchinfo_counts_biases_as_mult_adds():
    model = nn.Conv2d(3, 8, 3)
    bias = 8 * 7 * 7
    assert (
        torchinfo.summary(model, (1, 3, 9, 9), verbose=0).total_mult_adds
        == convlib.ledger(model, (3, 9, 9)).macs + bias
    )


def test_torchinfo_does_not_see_attention():
    model = Calls(lambda m, x: m.attention(x, x, x)[0], attention=nn.MultiheadAttention(8, 2, batch_first=True))
    info = torchinfo.summary(model, (1, 5, 8), verbose=0)
    assert info.total_mult_adds == 0
    assert convlib.ledger(model, (5, 8)).macs == 5 * 4 * 8 * 8 + 2 * 5 * 5 * 8


def test_torchinfo_counts_batch_norm_as_mult_adds_and_misses_other_names():
    model = nn.Sequential(nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64))
    mult_adds = torchinfo.summary(model, (1, 3, 224, 224), verbose=0).total_mult_adds
    assert mult_adds == convlib.ledger(model, (3, 224, 224)).macs + 2 * 64
    model = nn.Sequential(Calls(lambda m, x: x * m.gain, gain=nn.Parameter(torch.ones(8))))
    assert torchinfo.summary(model, (1, 8), verbose=0).total_mult_adds == 0


def test_torchinfo_counts_a_shared_tensor_twice(summary):
    """Two modules that hold one tensor; torchsummary does so, too."""
    one, two = nn.Linear(8, 8, bias=False), nn.Linear(8, 8, bias=False)
    two.weight = one.weight
    tied = nn.Sequential(one, two)
    assert summary(tied, (8,))["Total"] == torchinfo.summary(tied, (1, 8), verbose=0).total_params == 128
    assert convlib.ledger(tied, (8,)).parameters == 64


def test_torchinfo_counts_a_layer_used_twice_once():
    assert torchinfo.summary(twice(), (1, 8), verbose=0).total_params == 72


def test_torchinfo_doubles_the_outputs_of_layers_with_parameters_only():
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
    assert torchinfo.summary(model, (1, 8), verbose=0).total_output_bytes == 2 * 4 * (16 + 4)
    assert convlib.ledger(model, (8,)).activation_bytes == 4 * (16 + 16 + 4)


def test_torchinfo_leaves_the_statistics_and_moves_the_random_state():
    model = nn.Sequential(nn.BatchNorm2d(4))
    before = torch.get_rng_state()
    torchinfo.summary(model, (1, 4, 5, 5), verbose=0)
    assert model[0].num_batches_tracked == 0
    assert not torch.equal(torch.get_rng_state(), before)


def test_torchinfo_forgets_a_mixed_mode():
    model = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8))
    model[1].eval()
    convlib.ledger(model, (8,))
    assert (model[0].training, model[1].training) == (True, False)
    torchinfo.summary(model, (1, 8), verbose=0)
    assert (model[0].training, model[1].training) == (True, True)


def test_a_trainable_bias_is_reported_frozen(summary):
    model = nn.Sequential(nn.Linear(8, 4))
    model[0].weight.requires_grad_(False)
    printed = summary(model, (8,))
    assert (printed["Trainable"], printed["Non-trainable"]) == (0, 36)
    account = convlib.ledger(model, (8,))
    assert (account.trainable, account.frozen) == (4, 32)


def test_running_statistics_of_a_frozen_layer_move_only_in_training_mode(summary):
    model = nn.Sequential(nn.BatchNorm2d(4)).requires_grad_(False)
    summary(model.eval(), (4, 5, 5))
    assert model[0].num_batches_tracked == 0
    summary(model.train(), (4, 5, 5))
    assert model[0].num_batches_tracked == 1


def test_sizes_of_alexnet(summary):
    """A ReLU, a normalisation and a dropout count like any other output, twice."""
    plain, complete = convlib.alexnet.plain(), convlib.alexnet.complete()
    account = convlib.ledger(plain, (3, 227, 227))
    printed = summary(plain, (3, 227, 227))
    assert printed["Forward/backward pass size"] == round(2 * account.activation_bytes / 2**20, 2) == 5.96
    assert printed["Params size"] == 237.95
    assert summary(complete, (3, 227, 227))["Forward/backward pass size"] == 14.69
    info = torchinfo.summary(plain, (1, 3, 227, 227), verbose=0)
    units = 290_400 + 186_624 + 2 * 64_896 + 43_264 + 2 * 4_096 + 1_000
    assert info.total_mult_adds - account.macs == units == 659_272
    assert info.total_output_bytes == 2 * 4 * units
