"""The pictures: the same at every run, readable in both themes, and showing what they say."""

import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from convlib import figures
from convlib.figures.scene import Scene
from convlib.figures.style import COLOURS, LIGHT, Picture
from convlib.figures.windows import Axis, Windows

SVG = "{http://www.w3.org/2000/svg}"
PICTURES = {
    "architecture": lambda: figures.architecture([("in", "", (3, 227, 227)), ("conv1", "11×11", (96, 55, 55))]),
    "batch_norm": lambda: figures.batch_norm(3),
    "convolution": lambda: figures.convolution((6, 8), 3, stride=2),
    "convolution padded": lambda: figures.convolution(5, 3, padding=1, position=7),
    "costs": lambda: figures.costs(["conv1", "conv2"], {"parameters": [34944, 614656], "MACs": [5, 0]}),
    "folding": lambda: figures.folding(3, 8, 3),
    "normalised": lambda: figures.normalised([1.0, 3.0, 3.0, 9.0], gamma=2.0, beta=5.0),
    "groups": lambda: figures.groups(4, 8, 3, [1, 2, 4]),
    "output_size_formula": lambda: figures.output_size_formula((6, 8), (3, 4), stride=2, padding=1),
    "parameters_formula": lambda: figures.parameters_formula(3, 96, 11),
    "positions": lambda: figures.positions(8, 3, stride=2),
    "positions ceil": lambda: figures.positions(4, 2, stride=3, padding=1, ceil_mode=True),
    "receptive_field_chain": lambda: figures.receptive_field_chain(15, [(3, 1), (2, 2), (3, 1)]),
    "running_mean": lambda: figures.running_mean([0.0, 0.3, 0.51], 1.0),
    "transposed": lambda: figures.transposed(4, 3, stride=2, padding=1, output_padding=1),
}
BOOK = [
    {"input_size": 5, "kernel_size": 3},
    {"input_size": 5, "kernel_size": 3, "padding": 1},
    {"input_size": 5, "kernel_size": 3, "stride": 2, "padding": 1},
    {"input_size": (6, 8), "kernel_size": 3, "stride": 2},
    {"input_size": 7, "kernel_size": 3, "dilation": 2},
]
OTHERS = [
    {"input_size": (4, 6), "kernel_size": (3, 2), "stride": (1, 2), "padding": (1, 0)},
    {"input_size": 3, "kernel_size": 3},
    {"input_size": (1, 9), "kernel_size": (1, 2), "stride": (1, 3)},
    {"input_size": 17, "kernel_size": 17, "padding": 1},
]


@pytest.fixture(scope="module")
def svgs():
    return {name: make() for name, make in PICTURES.items()}


def test_every_figure_is_tried():
    assert {name.split()[0] for name in PICTURES} == set(figures.__all__) - {"convolution_gif", "operation"}


def test_the_same_at_every_run():
    code = (
        "import sys, hashlib, test_figures as t\n"
        "for make in t.PICTURES.values(): print(hashlib.sha256(make().data.encode()).hexdigest())\n"
        "for case in t.BOOK: print(hashlib.sha256(t.figures.convolution_gif(**case).data).hexdigest())"
    )
    here = os.path.dirname(__file__)
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=here,
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    first, second = (run.communicate()[0] for run in runs)
    assert first == second
    assert len(first.split()) == len(PICTURES) + len(BOOK)


@pytest.mark.parametrize("name", PICTURES)
def test_svg(svgs, name):
    picture = svgs[name]
    assert picture.mime_type == "image/svg+xml"
    root = ET.fromstring(picture.data)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == picture.alt
    assert len(picture.alt) >= 30
    assert "date" not in picture.data.lower()
    assert "metadata" not in picture.data
    assert not re.search(r"(/tmp|/home|\\d{4}-\\d{2}-\\d{2})", picture.data)
    style = root.find(f"{SVG}style").text
    rest = picture.data.replace(style, "")
    assert not [colour for pair in COLOURS.values() for colour in pair if colour in rest]
    assert all(f"--{name}:{colour}" in style for name, pair in COLOURS.items() for colour in pair)
    assert set(re.findall(r"var\(--(\w+)\)", rest)) <= set(COLOURS)
    colours = set(re.findall(r"#[0-9a-fA-F]{6}\b", re.sub(r'(href|url\()="?#\w+', "", rest)))
    assert not colours, "colours outside the palette do not follow the theme"
    assert any("".join(text.itertext()).strip() for text in root.iter(f"{SVG}text"))


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("convolution", ["6 × 8", "2 × 3", "6 / 6", "1", "6"]),
        ("convolution padded", ["5 × 5", "7 / 25", "0"]),
        ("positions", ["⌊(8 − 3)/2⌋ + 1 = ⌊2.5⌋ + 1 = 3", "1", "3"]),
        ("parameters_formula", ["= 11·11·3·96 + 96 = 34,944"]),
        ("output_size_formula", ["= ⌊(6 + 2·1 − 3)/2⌋ + 1 = ⌊2.5⌋ + 1 = 3", "= (8 + 2·1 − 4)/2 + 1 = 4"]),
        ("costs", ["614,656", "conv1"]),
        ("architecture", ["96×55×55", "conv1"]),
    ],
)
def test_text_stays_text(svgs, name, texts):
    held = {"".join(text.itertext()).strip() for text in ET.fromstring(svgs[name].data).iter(f"{SVG}text")}
    assert set(texts) <= held


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "convolution",
            ["6 by 8 input", "3 by 3 window, stride 2", "output is 2 by 3", "position 6 of 6", "13 hatched"],
        ),
        ("convolution padded", ["5 by 5 input with padding 1", "output is 5 by 5", "position 7 of 25"]),
        ("positions", ["8 pixels", "3 positions of a window of 3", "One pixel is hatched"]),
        ("positions ceil", ["4 pixels with 1 of padding", "2 positions of a window of 2, 3 apart", "crossed out"]),
        ("transposed", ["4 input pixels", "row of 9", "8 cells"]),
        ("receptive_field_chain", ["15 pixels", "13, 6, 4 cells", "8 pixels wide", "moves by 2"]),
        ("parameters_formula", ["3 channels; 96 filters", "34,848 weights and 96 biases"]),
        ("output_size_formula", ["H = 6", "W = 8", "P = 1", "F_H = 3", "F_W = 4", "S = 2"]),
        ("groups", ["groups = 2 it has 144 weights"]),
        ("batch_norm", ["6 trainable, 6 running, and 1 counter"]),
    ],
)
def test_alt_says_the_numbers(svgs, name, words):
    assert [word for word in words if word not in svgs[name].alt] == []


# Colours


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("name", "least"),
    [(name, 4.5) for name in ("ink", "muted", "window_edge", "output_edge", "kernel_edge", "unread")] + [("line", 3)],
)
def test_contrast(name, least, theme):
    assert contrast(COLOURS[name][theme], COLOURS["paper"][theme]) >= least


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [("ink", "input"), ("ink", "window"), ("ink", "output"), ("muted", "padding")],
)
def test_contrast_of_text_on_cells(text, ground, theme):
    assert contrast(COLOURS[text][theme], COLOURS[ground][theme]) >= 4.5


# GIFs


def frames(picture):
    image = Image.open(io.BytesIO(picture.data))
    shown, times = [], []
    for number in range(image.n_frames):
        image.seek(number)
        shown.append(np.array(image.convert("RGB")).astype(int))
        times.append(image.info["duration"])
    return shown, times


def rgb(name):
    return np.array([int(LIGHT[name][at : at + 2], 16) for at in (1, 3, 5)])


@pytest.mark.parametrize("case", BOOK + OTHERS, ids=repr)
def test_gif(case):
    windows, picture = Windows(**case), figures.convolution_gif(**case)
    shown, times = frames(picture)
    assert picture.mime_type == "image/gif"
    assert len(shown) == len(windows)
    assert times == [500] * (len(windows) - 1) + [2000]
    assert 440 <= shown[0].shape[1] <= 500
    if case in BOOK:
        assert len(picture.data) <= 60_000
    for before, after in pairwise(shown):
        assert (before != after).any()
    rows, columns = windows.output_size
    assert f"the output is {rows} by {columns}" in picture.alt
    assert f"{len(windows)} positions" in picture.alt


def written_cells(image, scene):
    """The names of the palette's colours in a corner of each output cell, where no digit stands."""
    names = [name for name in COLOURS if not name.startswith("kernel")]
    palette = np.array([rgb(name) for name in names])
    height = image.shape[0]
    rows, columns = scene.windows.output_size
    found = []
    for row in range(rows):
        for column in range(columns):
            corner = scene.out_left + column + 0.14, scene.out_top + row + 0.14
            x, y = scene.axes.transData.transform(corner)
            pixel = image[int(height - y), int(x)]
            found.append(names[np.abs(palette - pixel).sum(axis=1).argmin()])
    return found


@pytest.mark.parametrize("case", BOOK + OTHERS[:1], ids=repr)
def test_each_frame_writes_its_own_cell(case):
    scene = Scene(Windows(**case))
    count = len(scene.windows)
    for number, image in enumerate(frames(figures.convolution_gif(**case))[0]):
        expected = ["output"] * number + ["window"] + ["paper"] * (count - number - 1)
        assert written_cells(image, scene) == expected


@pytest.mark.parametrize("case", BOOK + OTHERS[:1], ids=repr)
def test_each_frame_marks_what_its_window_reads(case):
    scene = Scene(Windows(**case))
    windows = scene.windows
    for number, image in enumerate(frames(figures.convolution_gif(**case))[0]):
        lit = set()
        for row, column in windows.pixels():
            spots = [(column + 0.75, row + 0.2), (column + 0.2, row + 0.75), (column + 0.8, row + 0.6)]
            places = [(int(image.shape[0] - y), int(x)) for x, y in scene.axes.transData.transform(spots)]
            if all(np.abs(image[place] - rgb("window")).sum() < 12 for place in places):
                lit.add((row, column))
        assert lit == set(windows.reads(*windows.position(number)))


def test_a_gif_of_200_positions_and_no_more():
    assert len(frames(figures.convolution_gif((10, 20), 1, milliseconds=20))[0]) == 200
    with pytest.raises(ValueError, match=r"input_size=\(3, 67\) gives 201 positions; a GIF shows 200 at most"):
        figures.convolution_gif((3, 67), 1)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: figures.convolution_gif(5, 7), ValueError, "kernel_size=7 does not fit"),
        (lambda: figures.convolution_gif(5, 3, stride=0), ValueError, "stride=0 must be at least 1"),
        (lambda: figures.convolution_gif((5, 5, 5), 3), ValueError, r"input_size=\(5, 5, 5\) has length 3"),
        (lambda: figures.convolution_gif(5.0, 3), TypeError, "input_size=5.0"),
        (lambda: figures.convolution_gif(5, 3, milliseconds=10), ValueError, "milliseconds=10 must be at least 20"),
        (lambda: figures.convolution_gif(5, 3, milliseconds=0.5), TypeError, "milliseconds=0.5 must be an int"),
        (lambda: figures.convolution_gif(5, 3, padding="same"), TypeError, "padding='same' must be an int"),
        (lambda: figures.convolution(5, 3, position=0), ValueError, "position=0 must be from 1 to 9"),
        (lambda: figures.convolution(5, 3, position=10), ValueError, "position=10 must be from 1 to 9"),
        (lambda: figures.convolution(5, 3, position=2.0), TypeError, "position=2.0 must be an int"),
        (lambda: figures.positions(5, 7), ValueError, "kernel_size=7 does not fit"),
        (lambda: figures.positions((5, 5), 3), TypeError, r"input_size=\(5, 5\) must be an int"),
        (lambda: figures.positions(5, 3, padding="same"), TypeError, "padding='same' must be an int"),
        (lambda: figures.positions(400, 3), ValueError, "input_size=400"),
        (lambda: figures.transposed(4, 3, output_padding=1), ValueError, "output_padding=1"),
        (lambda: figures.transposed(200, 3), ValueError, "input_size=200"),
        (lambda: figures.output_size_formula(227, 11, 4), ValueError, "input_size=227"),
        (lambda: figures.output_size_formula(8, 3, (1, 2)), TypeError, r"stride=\(1, 2\) must be an int"),
        (lambda: figures.convolution(227, 11, 4), ValueError, "input_size=227"),
        (lambda: figures.receptive_field_chain(5, [(7, 1)]), ValueError, "kernel_size=7 does not fit"),
        (lambda: figures.receptive_field_chain(500, [(7, 1)]), ValueError, "input_size=500"),
        (lambda: figures.batch_norm(9), ValueError, "num_features=9"),
        (lambda: figures.groups(4, 8, 3, [3]), ValueError, "groups=3 must divide in_channels=4"),
        (lambda: figures.parameters_formula(0, 8, 3), ValueError, "in_channels=0 must be at least 1"),
        (lambda: figures.parameters_formula(3, 8, (3, 3, 3)), ValueError, r"kernel_size=\(3, 3, 3\)"),
        (lambda: figures.costs(["a"], {"MACs": [1, 2]}), ValueError, "2 values, but there are 1 names"),
    ],
)
def test_refusals(call, error, words):
    with pytest.raises(error, match=words):
        call()


# Saving


def test_save_writes_the_whole_picture(tmp_path):
    gif = figures.convolution_gif(3, 2)
    gif.save(tmp_path / "a.gif")
    assert (tmp_path / "a.gif").read_bytes() == gif.data
    svg = figures.positions(5, 3)
    svg.save(str(tmp_path / "a.svg"))
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == svg.data
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gif", "a.svg"]


def test_save_leaves_the_old_file_if_it_fails(tmp_path, monkeypatch):
    path = tmp_path / "a.svg"
    path.write_text("old")

    def fail(*_):
        raise OSError("no space")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        Picture("new", "image/svg+xml", "words").save(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_notebook_gets_the_picture_and_its_words():
    picture = figures.convolution_gif(3, 2)
    data, metadata = picture._repr_mimebundle_()
    assert set(data) == {"image/gif", "text/plain"}
    assert data["text/plain"] == metadata["image/gif"]["alt"] == picture.alt


# Windows

side = st.tuples(st.integers(1, 9), st.integers(1, 9))
small = st.tuples(st.integers(1, 3), st.integers(1, 3))


@settings(max_examples=300)
@given(side, small, small, st.tuples(st.integers(0, 2), st.integers(0, 2)), small)
def test_windows_counted(size, kernel, stride, padding, dilation):
    (height, width), (f_h, f_w), (s_h, s_w), (p_h, p_w), (d_h, d_w) = size, kernel, stride, padding, dilation
    read, cells = set(), []
    for top in range(-p_h, height + p_h, s_h):
        for left in range(-p_w, width + p_w, s_w):
            window = [(top + row * d_h, left + column * d_w) for row in range(f_h) for column in range(f_w)]
            if window[-1][0] < height + p_h and window[-1][1] < width + p_w:
                read |= set(window)
                cells.append(window)
    assume(cells)
    windows = Windows(size, kernel, stride, padding, dilation)
    assert len(windows) == len(cells)
    assert [windows.reads(*windows.position(number)) for number in range(len(windows))] == cells
    inside = [(row, column) for row in range(height) for column in range(width)]
    assert windows.unread() == [pixel for pixel in inside if pixel not in read]
    rows = Axis(height, f_h, s_h, p_h, d_h, windows.output_size[0])
    assert set(rows.unread()) == set(range(height)) - {row for row, _ in read}


def test_slug():
    assert Windows(5, 3, 2, 1).slug() == "h5-k3-s2-p1"
    assert Windows((6, 8), 3, 2).slug() == "h6x8-k3-s2-p0"
    assert Windows(7, 3, dilation=2).slug() == "h7-k3-s1-p0-d2"
