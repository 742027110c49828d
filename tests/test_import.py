"""`import convlib` stays light: what needs torch or matplotlib is imported when it is first used."""

import subprocess
import sys


def test_import_brings_in_nothing_heavy():
    code = (
        "import sys, convlib; "
        "print(*sorted({'torch', 'numpy', 'matplotlib', 'PIL', 'IPython'} & {m.split('.')[0] for m in sys.modules}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
