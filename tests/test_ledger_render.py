"""How the ledger looks: text, HTML, records, CSV; always the same, and nothing runs wide."""

import csv
import io
from html.parser import HTMLParser

import architectures
import pytest
import torch
from test_ledger_counts import Calls
from torch import nn

import convlib


@pytest.fixture(scope="module")
def alexnet():
    with torch.device("meta"):
        return convlib.ledger(architectures.alexnet(), (3, 227, 227))


class Table(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.open, self.text = [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_text_shows_the_working_and_the_totals(alexnet):
    text = str(alexnet)
    assert "62,378,344 parameters, 1,135,256,096 multiply-accumulates" in text
    assert "size (227 − 11)/4 + 1 = 55; parameters 11·11·3·96 + 96 = 34,944" in text
    assert "249,513,376 bytes = 237.95 MiB" in text
    assert "1×3×227×227 → 1×96×55×55" in text and "11/4" in text
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("name", ["resnet50", "densenet121", "ViT", "UNet", "TextClassifier"])
def test_text_is_at_most_120_columns(name):
    size = {"UNet": (1, 572, 572), "TextClassifier": (40,)}.get(name, (3, 224, 224))
    with torch.device("meta"):
        account = convlib.ledger(getattr(architectures, name)(), size)
    assert max(map(len, str(account).splitlines())) <= 120


def test_columns_are_aligned(alexnet):
    lines = str(alexnet).splitlines()
    head = next(line for line in lines if line.startswith("Layer (type)"))
    rows = [line for line in lines if "→" in line and line[0].isdigit()]
    for title in ("Parameters", "MACs", "Activation", "Field/jump"):
        end = head.index(title) + len(title)
        assert all(len(row) < end or row[end - 1] != " " for row in rows)


def test_the_same_twice():
    def make():
        torch.manual_seed(0)
        return convlib.ledger(Calls(lambda m, x: {"a": m.layer(x)}, layer=nn.Linear(8, 4)), (8,))

    assert str(make()) == str(make())
    assert make()._repr_html_() == make()._repr_html_()
    assert make().records() == make().records()


def test_html_is_an_accessible_table(alexnet):
    table = Table()
    table.feed(alexnet._repr_html_())
    assert table.open == []
    region = table.tags[0][1]
    assert region["role"] == "region" and region["tabindex"] == "0" and region["aria-label"]
    tags = [tag for tag, _ in table.tags]
    assert tags.count("table") == tags.count("caption") == tags.count("thead") == tags.count("tbody") == 1
    scopes = [attributes["scope"] for tag, attributes in table.tags if tag == "th"]
    assert scopes.count("col") == 6 and scopes.count("row") >= len(alexnet.rows)
    assert "11·11·3·96 + 96 = 34,944" in table.text
    assert "background:#" not in alexnet._repr_html_() and "id=" not in alexnet._repr_html_()


def test_html_is_escaped():
    class Named(nn.Linear):
        pass

    Named.__name__ = "<script>alert(1)</script>"
    model = nn.Sequential()
    model.add_module("<b>&", Named(8, 4))
    shown = convlib.ledger(model, (8,))._repr_html_()
    assert "<script>" not in shown and "<b>" not in shown
    assert "&lt;b&gt;&amp;" in shown


def test_records_are_plain(alexnet, tmp_path):
    records = alexnet.records()
    assert len(records) == len(alexnet.rows)
    assert all(isinstance(value, (str, int, bool, type(None))) for record in records for value in record.values())
    first = records[0]
    assert (first["name"], first["type"], first["parameters"]) == ("0", "Conv2d", 34_944)
    assert (first["input_shape"], first["output_shape"]) == ("1×3×227×227", "1×96×55×55")
    assert (first["receptive_field"], first["jump"]) == (11, 4)
    alexnet.to_csv(tmp_path / "rows.csv")
    opened = io.StringIO()
    alexnet.to_csv(opened)
    assert (tmp_path / "rows.csv").read_text(encoding="utf-8") == opened.getvalue()
    read = list(csv.DictReader(io.StringIO(opened.getvalue())))
    assert sum(int(row["parameters"]) for row in read) == alexnet.parameters


def test_two_axes_stay_plain_in_records():
    record = convlib.ledger(nn.Conv2d(1, 1, (3, 5)), (1, 9, 9)).records()[0]
    assert (record["receptive_field"], record["jump"]) == ("3×5", 1)


def test_long_names_and_nested_shapes_keep_their_line():
    inner = Calls(lambda m, x: {"left": x, "right": (x, x)})
    model = nn.Sequential()
    model.add_module("a_name_that_is_longer_than_the_column_it_would_have_to_fit_in", inner)
    text = str(convlib.ledger(model, (8,)))
    assert "{left: 1×8, right: (1×8, 1×8)}" in text
    assert "a_name_that_is_longer_than_the_column_it_would_have_to_fit_in (Calls)" in text


def test_an_empty_model():
    account = convlib.ledger(nn.Sequential(), (8,))
    assert [(row.name, row.parameters, row.macs) for row in account.rows] == [("", 0, 0)]
    assert "(the model itself) (Sequential)" in str(account) and account._repr_html_()


def test_repr_is_short(alexnet):
    assert repr(alexnet) == "<Ledger of Sequential: 62,378,344 parameters, 1,135,256,096 MACs, 19 rows>"
    assert repr(alexnet.rows[0]) == "Row('0', Conv2d, parameters=34,944, macs=105,415,200)"


def test_long_workings_are_folded():
    layer = nn.BatchNorm2d(1_000_000, device="meta").requires_grad_(False)
    text = str(convlib.ledger(layer, (1_000_000, 1, 1)))
    assert "all frozen\n    buffers running mean 1,000,000 + running variance" in text
    assert max(map(len, text.splitlines())) <= 120
