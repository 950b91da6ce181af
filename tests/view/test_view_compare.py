"""The comparison of two runs: one file, no network, true differences."""

import re
from html.parser import HTMLParser

import pytest

from sim.view.commands import add_commands
from sim.view.compare import change_text, check_pairs, different_keys, rows, write_comparison


class Reader(HTMLParser):
    """Sources, tags and texts of a page."""

    def __init__(self, text):
        super().__init__()
        self.sources, self.tags, self.texts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.sources += [value for name, value in attributes if name in ("src", "href")]

    def handle_data(self, data):
        self.texts.append(data.strip())


@pytest.fixture(scope="module")
def page(analytic, louder, tmp_path_factory):
    path = tmp_path_factory.mktemp("compare") / "two.html"
    write_comparison(analytic, louder, path)
    return path


def test_one_file_that_needs_nothing_else(page):
    reader = Reader(page.read_text(encoding="utf-8"))
    assert [path.name for path in page.parent.iterdir()] == ["two.html"]
    assert "script" not in reader.tags and "link" not in reader.tags
    assert len(reader.sources) == 11  # placement, cut, two pads and limits of both, and the difference
    assert all(source.startswith("data:image/png;base64,") for source in reader.sources)


def test_both_verdicts_and_numbers_are_there(page, analytic, louder):
    text = " ".join(Reader(page.read_text(encoding="utf-8")).texts)
    for run in (analytic, louder):
        assert run.verdict.because in text
    row = re.search(r"left\.current_density_rms_mA_per_cm2\.mean\s+(\S+)\s+(\S+)\s+(× \S+)", text)
    assert row and row.groups() == ("4", "12", "× 3")
    assert "up to the 99.9th percentile by volume of all runs shown" in text


def test_rows_of_both_and_of_one():
    found = {
        row.key: row for row in rows({"a": {"x": 2.0, "n": None}, "b": 1}, {"a": {"x": 3.0}, "c": [1.0, 2.0, 3.0]})
    }
    assert found["a.x"].change == pytest.approx(0.5)
    assert found["b"].other is None and found["b"].change is None
    assert found["c.z"].other == 3.0 and "a.n" not in found
    assert [change_text(c) for c in (None, 0.0, 0.25, -0.5, 2.0)] == ["–", "0 %", "+25 %", "−50 %", "× 3"]


def test_keys_that_differ_are_named(analytic, louder):
    one = analytic.case.model_dump(mode="json")
    other = analytic.case.model_dump(mode="json")
    other["channels"][0]["amplitude_mA"] = 12.0
    other["body"]["layers"][1]["thickness_mm"] = 5.0
    found = set(different_keys(one, other))
    assert found == {("channels.ch1.amplitude_mA", "10.0", "12.0"), ("body.layers.fat.thickness_mm", "4.0", "5.0")}
    assert list(different_keys(one, louder.case.model_dump(mode="json"))) == []


def test_checks_come_with_the_tightest_first(analytic, louder):
    pairs = list(check_pairs(analytic, louder))
    margins = [min(c.margin for c in pair if c is not None and c.margin is not None) for _, *pair in pairs]
    assert margins == sorted(margins) and margins[0] < 0.0


def test_command_writes_where_it_is_told(analytic_folder, louder, tmp_path, capsys):
    import argparse

    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers(), lambda command: None)
    out = tmp_path / "out.html"
    options = parser.parse_args(["compare", str(analytic_folder), str(louder.folder), "--out", str(out)])
    assert options.work(options) == 0
    assert capsys.readouterr().out.strip() == str(out) and out.stat().st_size > 100_000
