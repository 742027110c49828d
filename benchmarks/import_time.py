"""How long does ``import convlib`` take? ``python -m benchmarks.import_time``

A process that imports it against one that imports nothing, in pairs, so that both meet the same machine.
"""

import statistics
import subprocess
import sys
import time

PAIRS = 15


def main():
    pairs = []
    for number in range(PAIRS + 1):
        _progress(f"import, pair {number} of {PAIRS}")
        pairs.append([_seconds(code) for code in ("pass", "import convlib")])
    bare, imported = zip(*pairs[1:], strict=True)  # the first fills the disk's cache
    more = statistics.median(long - short for short, long in pairs[1:])
    print(f"A Python that imports convlib, median of {PAIRS} pairs")
    print(f"{'bare':>12}{statistics.median(bare) * 1000:8.1f} ms")
    print(f"{'convlib':>12}{statistics.median(imported) * 1000:8.1f} ms")
    print(f"{'more':>12}{more * 1000:8.1f} ms")


def _seconds(code):
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def _progress(what):
    if sys.stderr.isatty():
        print(f"\r\x1b[Kmeasuring {what} …\r", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
