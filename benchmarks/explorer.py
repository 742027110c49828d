"""How fast does the explorer draw? ``python -m benchmarks.explorer``

In Chromium, without a graphics card: the time from a step or a change until every pixel of the picture is painted and
the words and numbers around it are laid out. A screen that shows 60 pictures a second leaves 16.7 ms for it.
"""

import statistics
import sys
import tempfile
from pathlib import Path

import convlib
from convlib.explorer.element import script_element

sys.path.insert(0, str(Path(__file__).parent.parent / "tools"))
import chromium

ROUNDS = 100
LARGEST = {"input_size": 512, "in_channels": 4096, "out_channels": 4096}
CASES = {  # each is drawn with its window, a larger or smaller one, and steps of it
    "largest, window 3": {**LARGEST, "kernel_size": 3},
    "largest, window 16, dilation 4": {**LARGEST, "kernel_size": 16, "dilation": 4, "padding": 8},
    "largest, most unread": {**LARGEST, "kernel_size": 2, "stride": 16},
    "largest, transposed to 8,235": {**LARGEST, "kernel_size": 16, "dilation": 4, "stride": 16, "mode": "transposed"},
    "most cells with lines": {"input_size": 32, "kernel_size": 16, "padding": 8},
    "AlexNet, conv 1": {"input_size": 227, "kernel_size": 11, "stride": 4, "in_channels": 3, "out_channels": 96},
}

# getImageData waits for the painting of the canvas, offsetHeight for the layout.
MEASURE = """([kind, rounds]) => {
  const element = document.querySelector("conv-explorer"), canvas = element.shadowRoot.querySelector("canvas");
  const times = [], { state } = element, all = element.geometry[0].count * element.geometry[1].count;
  const other = { ...state, kernel_size: state.kernel_size.map((side) => side - 1), padding: [0, 0] };
  for (let round = -10; round < rounds; round++) {
    const start = performance.now();
    if (kind === "step") element.step(round % 2 ? 1 : -1) || element.step(Math.floor(all / 2));
    else element._changed(round % 2 ? other : state);
    element.offsetHeight;
    canvas.getContext("2d").getImageData(0, 0, 1, 1);
    if (round >= 0) times.push(performance.now() - start);
  }
  return times;
}"""


def main():
    if not chromium.PATH:
        print(chromium.HOW_TO_GET_IT)
        return
    size, shared = (len(text.encode()) for text in (convlib.explorer()._repr_html_(), script_element()))
    print(
        f"An explorer is {size - shared:,} bytes and {shared:,} of script, which a page of the book fetches as a file."
    )
    print(f"\nTime to draw [ms], {ROUNDS} rounds{'step':>17}{'change':>30}")
    print(f"{'':34}" + f"{'median':>10}{'95 %':>11}{'max':>9}" * 2)
    with chromium.browser() as browser, tempfile.TemporaryDirectory() as folder:
        for name, case in CASES.items():
            _progress(name)
            path = Path(folder) / "page.html"
            path.write_text(f"<!doctype html><meta charset=utf-8>{convlib.explorer(**case)._repr_html_()}", "utf-8")
            page = browser.new_page(viewport={"width": 1280, "height": 900}, device_scale_factor=2)
            page.goto(path.as_uri())
            times = [page.evaluate(MEASURE, [kind, ROUNDS]) for kind in ("step", "change")]
            page.close()
            shown = [(statistics.median(each), statistics.quantiles(each, n=20)[-1], max(each)) for each in times]
            print(f"{name:34}" + "".join(f"{median:10.1f}{most:11.1f}{worst:9.1f}" for median, most, worst in shown))


def _progress(what):
    if sys.stderr.isatty():
        print(f"\r\x1b[Kdrawing {what} …\r", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
