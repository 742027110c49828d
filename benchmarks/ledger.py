"""How fast is the ledger, and how much memory does it take? ``python -m benchmarks.ledger``

Against torchsummary and torchinfo, warm and in one process, turn by turn, so that all three meet the same machine.
"""

import contextlib
import io
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch
import torchinfo
import torchsummary
from torch import nn

import convlib

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
import architectures

REPEATS = 9


def main():
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads\n")
    compare()
    growth("Pixels", "VGG-16 without its dense layers", _pixels)
    growth("Batch", "ResNet-18", _batches)
    growth("Layers", "convolutions in a chain", _layers)
    for task in ("alexnet", "huge"):
        print(_peak(task))


def compare():
    """Median time of each tool, the account printed to a string by all three, and the median of the ratios."""
    print(f"Time, median of {REPEATS} rounds [ms]; times faster: the median of the rounds' ratios")
    print(f"{'':12}{'ledger':>10}{'torchsummary':>16}{'torchinfo':>14}{'× torchsummary':>18}{'× torchinfo':>14}")
    for name, size in (("alexnet", 227), ("vgg16", 224), ("resnet50", 224)):
        _progress(name)
        model = getattr(architectures, name)()
        tools = [lambda m=model, s=size, t=tool: t(m, (3, s, s)) for tool in (_ledger, _torchsummary, _torchinfo)]
        rounds = [[_seconds(tool) for tool in tools] for _ in range(REPEATS + 1)][1:]  # the first warms up
        ours, summary, info = ([one[i] for one in rounds] for i in range(3))
        print(
            f"{name:12}{_ms(ours):>10}{_ms(summary):>16}{_ms(info):>14}"
            f"{_ratio(summary, ours):>18}{_ratio(info, ours):>14}"
        )


def growth(what, model, measure):
    """Time against a size of the task."""
    print(f"\n{what}: {model}, median [ms]")
    for label, call in measure():
        _progress(f"{what} {label}")
        times = [_seconds(call) for _ in range(REPEATS + 1)][1:]
        print(f"{label:>12}{_ms(times):>12}")


def _pixels():
    model = architectures.vgg16().features
    for size in (224, 512, 1024, 2048, 4096):
        yield f"{size}×{size}", lambda s=size: convlib.ledger(model, (3, s, s))


def _batches():
    model = architectures.resnet18()
    for count in (1, 64, 4096):
        yield str(count), lambda n=count: convlib.ledger(model, (3, 224, 224), batch_size=n)


def _layers():
    for count in (10, 100, 1000):
        model = nn.Sequential(*(nn.Conv2d(8, 8, 3, padding=1) for _ in range(count)))
        yield str(count), lambda m=model: convlib.ledger(m, (8, 32, 32))


def huge():
    """A perceptron with 10^11 parameters, built on the meta device."""
    with torch.device("meta"):
        return nn.Sequential(*(layer for _ in range(10) for layer in (nn.Linear(100_000, 100_000), nn.ReLU())))


def _peak(task):
    """One ledger in a process of its own: how much its peak memory rises above that of the model."""
    _progress(f"memory of {task}")
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.ledger", task], check=True, capture_output=True, text=True
    ).stdout.rstrip()


def _measure_peak(task):
    import resource

    unit = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts
    small = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 2))
    convlib.ledger(small, (3, 4, 4))  # what is loaded once, the tables of operators, is not the model's
    model, size = (architectures.alexnet(), (3, 227, 227)) if task == "alexnet" else (huge(), (100_000,))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    seconds = _seconds(lambda: convlib.ledger(model, size))
    rise = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit - before
    count = convlib.ledger(model, size)
    print(
        f"\nMemory: {task}, {count.parameters:,} parameters ({count.parameter_bytes / 2**30:,.2f} GiB), "
        f"{count.macs:,} MACs:\n  peak rises by {rise / 2**20:.1f} MiB, first ledger of it in {seconds * 1000:.1f} ms"
    )


def _ledger(model, size):
    return str(convlib.ledger(model, size))


def _torchsummary(model, size):
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        torchsummary.summary(model, size, device="cpu")
    return printed.getvalue()


def _torchinfo(model, size):
    return str(torchinfo.summary(model, (1, *size), verbose=0))


def _seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _ms(times):
    return f"{statistics.median(times) * 1000:,.2f}"


def _ratio(others, ours):
    return f"{statistics.median(other / own for other, own in zip(others, ours, strict=True)):.1f}"


def _progress(what):
    if sys.stderr.isatty():
        print(f"\r\x1b[Kmeasuring {what} …\r", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    _measure_peak(sys.argv[1]) if len(sys.argv) > 1 else main()
