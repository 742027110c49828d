"""``python -m convlib MODULE:NAME --input …``: what it prints, on which stream, with which exit status."""

import csv
import io
import subprocess
import sys

import pytest

from convlib.__main__ import main

MODELS = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 4)

    def forward(self, x):
        return self.layer(x)

class Two(Net):
    def forward(self, x, i):
        return self.layer(x) * i

def build():
    return nn.Sequential(Net(), nn.BatchNorm1d(4))

def broken():
    raise RuntimeError("no weights")

instance = Net()
words = nn.Embedding(10, 4)
number = 3

class box:
    Net = Net

def device():
    return nn.Linear(*map(int, (8, 4))) if torch.empty(1).is_meta else nn.Linear(8, 5)
"""


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch):
    (tmp_path / "some_models.py").write_text(MODELS)
    (tmp_path / "needs_more.py").write_text("import surely_not_there\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "some_models", raising=False)


def run(*arguments):
    try:
        return main(list(arguments))
    except SystemExit as exit:
        return exit.code


@pytest.mark.parametrize("name", ["Net", "instance", "box.Net"])
def test_a_class_and_an_instance(name, capsys):
    assert run(f"some_models:{name}", "--input", "8") == 0
    out, err = capsys.readouterr()
    assert "8·4 + 4 = 36" in out and err == ""


def test_the_options(capsys):
    assert run("some_models:build", "--input", "8", "--depth", "1", "--keras", "--batch-size", "3") == 0
    out = capsys.readouterr().out
    assert "3×8 → 3×4" in out and "As Keras counts" in out
    assert run("some_models:Two", "--input", "8", "--input", "4", "--dtype", "float32", "--dtype", "int64") == 0
    assert run("some_models:words", "--input", "7", "--dtype", "int64") == 0
    capsys.readouterr()
    assert run("some_models:Net", "--input", "8", "--csv") == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row["parameters"] == "36"
    assert run("some_models:device", "--input", "8", "--meta") == 0
    assert "8·4 + 4 = 36" in capsys.readouterr().out


WRONG = [
    (["some_models:Nope", "--input", "8"], "has no 'Nope'"),
    (["some_models", "--input", "8"], "MODULE:NAME"),
    (["no_such_module_here:Net", "--input", "8"], "no module 'no_such_module_here'"),
    (["some_models:number", "--input", "8"], "must be or make a torch.nn.Module, not int"),
    (["some_models:Net"], "--input"),
    (["some_models:Net", "--input", "3,a"], "--input '3,a'"),
    (["some_models:Net", "--input", "0"], "--input '0'"),
    (["some_models:Net", "--input", "8", "--dtype", "int63"], "--dtype 'int63'"),
    (["some_models:Net", "--input", "8", "--dtype", "int64", "--dtype", "int64"], "--dtype is given 2 times"),
    (["some_models:Net", "--input", "8", "--batch-size", "0"], "batch_size=0"),
    (["some_models:Net", "--input", "8", "--depth", "-1"], "depth=-1"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG)
def test_a_wrong_command_line_has_status_2(arguments, says, capsys):
    assert run(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == "" and says in err and "Traceback" not in err


FAILS = [
    (["some_models:Net", "--input", "9"], "layer (Linear) failed on input 1×9"),
    (["some_models:broken", "--input", "9"], "some_models:broken() failed: RuntimeError: no weights"),
    (["needs_more:Net", "--input", "9"], "importing needs_more failed"),
]


@pytest.mark.parametrize(("arguments", "says"), FAILS)
def test_a_failing_model_has_status_1(arguments, says, capsys):
    assert run(*arguments) == 1
    out, err = capsys.readouterr()
    assert out == "" and says in err and "Traceback" not in err


def test_as_a_process(tmp_path):
    command = [sys.executable, "-m", "convlib", "some_models:Net", "--input", "8"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and "36 parameters" in done.stdout and done.stderr == ""


def test_importing_convlib_imports_neither_torch_nor_numpy():
    code = "import sys, convlib; print([m for m in ('torch', 'numpy', 'matplotlib') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
