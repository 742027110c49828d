"""JupyterLab, started once: a reader runs a notebook there, plays with the explorer and practises."""

import os
import re
import subprocess
import sys
import time

import nbformat
import pytest
from browser import complaints, skip_without_chromium
from nbformat.v4 import new_code_cell, new_notebook

skip_without_chromium()

CELLS = [
    "import convlib\n\nconvlib.explorer(6, 3, stride=2)",
    "convlib.practice.trainer(questions=2, networks=1)",
    'convlib.practice.check("parameters-bug", 153_856)',
]
METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab of its own, with one notebook that was not run yet."""
    home = tmp_path_factory.mktemp("lab")
    (home / "work").mkdir()
    nbformat.write(
        new_notebook(cells=[new_code_cell(cell) for cell in CELLS], metadata=METADATA), home / "work/try.ipynb"
    )
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }
    options = [
        "--no-browser",
        "--allow-root",
        "--port=0",
        "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True",
    ]
    options += [
        f"--ServerApp.root_dir={home / 'work'}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    log = home / "log"
    with log.open("w") as said:
        command = [sys.executable, "-m", "jupyterlab", *options]
        environment = os.environ | {name: str(home / folder) for name, folder in own.items()}
        server = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
    try:
        deadline = time.monotonic() + 120
        while not (found := re.search(r"http://(?:localhost|127\.0\.0\.1):\d+", log.read_text("utf-8"))):
            assert server.poll() is None and time.monotonic() < deadline, (
                f"JupyterLab does not start:\n{log.read_text()}"
            )
            time.sleep(0.2)
        yield found[0]
    finally:
        server.terminate()
        server.wait(30)


def test_the_explorer_and_the_trainer_work_in_jupyterlab(lab, new_page):
    page = new_page(viewport={"width": 1280, "height": 1400})
    wrong = complaints(page)
    page.goto(f"{lab}/lab/tree/try.ipynb")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=120_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=120_000)  # earlier it would ask for a kernel
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
    size = page.locator('conv-explorer [data-name="input_size"][data-axis="0"]')
    size.wait_for(timeout=120_000)
    size.fill("8")
    size.press("Enter")
    page.locator("conv-explorer").get_by_text("⌊(8 − 3)/2⌋ + 1").first.wait_for()

    field = page.locator("conv-practice form input").first
    field.scroll_into_view_if_needed()
    field.fill("123456789")
    field.press("Enter")
    assert page.locator("conv-practice .practice-reply").first.inner_text().startswith("✗ ")
    assert page.locator(".jp-OutputArea-output").get_by_text("the right number").is_visible()
    assert [said for said in wrong if "conv-" in said or "practice" in said] == []
