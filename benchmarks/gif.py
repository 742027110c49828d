"""How fast is a GIF made? ``python -m benchmarks.gif``

Against the same frames by matplotlib's FuncAnimation and PillowWriter, which draw the whole scene anew for each
frame. Same drawing code, same figure size, in one process, turn by turn, so that both meet the same machine.
"""

import gc
import statistics
import sys
import tempfile
import time
from pathlib import Path

from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.backends.backend_agg import FigureCanvasAgg

from convlib import figures
from convlib.figures.scene import Scene
from convlib.figures.style import styled
from convlib.figures.windows import Windows

ROUNDS = 7
CASE = {"input_size": 5, "kernel_size": 3, "padding": 1}


def main():
    with tempfile.TemporaryDirectory() as folder:
        tools = (lambda: len(figures.convolution_gif(**CASE).data)), (lambda: redrawn(Path(folder) / "redrawn.gif"))
        rounds = []
        for number in range(ROUNDS + 1):
            _progress(f"GIF, round {number} of {ROUNDS}")
            rounds.append([_seconds(tool) for tool in tools])
        ours, theirs = zip(*rounds[1:], strict=True)  # the first warms up
        sizes = [tool() for tool in tools]
    ratio = statistics.median(their / our for our, their in zip(ours, theirs, strict=True))
    case = ", ".join(f"{name}={value}" for name, value in CASE.items())
    print(f"A GIF of {len(Windows(**CASE))} frames ({case}), median of {ROUNDS} rounds")
    for name, times, size in (("convlib", ours, sizes[0]), ("FuncAnimation, PillowWriter", theirs, sizes[1])):
        print(f"{name:>28}{statistics.median(times) * 1000:10,.1f} ms{size:10,} bytes")
    print(f"{'times faster':>28}{ratio:10.1f}, the median of the rounds' ratios")


def redrawn(path):
    """The animation with a full redraw for each frame, which is how FuncAnimation works; its size in bytes."""
    windows = Windows(**CASE)
    with styled():
        scene = Scene(windows)
        FigureCanvasAgg(scene.figure)

        def frame(number):
            if number:
                scene.written(number - 1)
            scene.move(number)
            return ()

        animation = FuncAnimation(scene.figure, frame, frames=len(windows), init_func=tuple)
        animation.save(path, writer=PillowWriter(fps=2), dpi=72)
    return path.stat().st_size


def _seconds(call):
    gc.collect()  # what the other tool left behind is not this one's work
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _progress(what):
    if sys.stderr.isatty():
        print(f"\r\x1b[Kmeasuring {what} …\r", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
