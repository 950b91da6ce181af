"""Waveforms from CSV files: what is read, and how a wrong row is named."""

from pathlib import Path

import pytest

from sim.case import Case, parse_case
from sim.errors import CaseError
from sim.waveforms import Sampled, Train

CASES = Path(__file__).parents[2] / "cases"
EXAMPLE = CASES / "waveforms" / "trapezoidal_biphasic.csv"
TRAIN = {"on_s": 5.0, "off_s": 10.0}


def case_of(waveform, folder):
    pads = [
        {"name": name, "pad": {"kind": "disc", "diameter_mm": 8.0}, "position_mm": [x, 0.0]}
        for name, x in (("a", -10.0), ("b", 10.0))
    ]
    channel = {"name": "ch1", "electrodes": {"a": 1.0, "b": -1.0}, "amplitude_mA": 1.0, "waveform": waveform}
    data = {"title": "t", "body": {"site": "forearm"}, "electrodes": pads, "channels": [channel]}
    return parse_case(data, "x.toml", folder)


def read(tmp_path, text, time_unit="us", **keys):
    (tmp_path / "w.csv").write_text(text, encoding="utf-8")
    case = case_of({"kind": "file", "path": "w.csv", "time_unit": time_unit, **keys}, tmp_path)
    return case.channels[0].waveform


def test_example_is_read_and_is_balanced():
    case = case_of({"kind": "file", "path": str(EXAMPLE), "time_unit": "us", "train": TRAIN}, CASES)
    w = case.channels[0].waveform
    assert isinstance(w, Sampled)
    assert (w.train, w.net_charge_s, w.frequency_Hz) == (Train(**TRAIN), 0.0, pytest.approx(100.0))
    # 180 us at the level, 20 us up, and 20 us down to zero: 200 us in all.
    assert w.charge_per_phase_s == pytest.approx(200e-6, rel=1e-12)
    assert w.phase_s == pytest.approx(220e-6, rel=1e-12)
    assert w.pulse_s == pytest.approx(440e-6, rel=1e-12)
    assert Case.model_validate_json(case.model_dump_json()) == case
    again = parse_case(case.model_dump(mode="json", exclude_none=True), "case.json")
    assert again.sha256 == case.sha256


def test_hash_covers_the_samples_and_not_the_name_of_the_file(tmp_path):
    def sha256(name, text, unit="us"):
        (tmp_path / name).write_text(text)
        return case_of({"kind": "file", "path": name, "time_unit": unit}, tmp_path).sha256

    one = sha256("one.csv", "0,0\n1,1\n2,0\n")
    assert sha256("two.csv", "time,value\n\n# a comment\n0, 0\n1, 1\n2, 0") == one
    assert sha256("three.csv", "0,0\n1,1\n2.5,0\n") != one
    assert sha256("four.csv", "0,0\n1,1\n2,0.1\n") != one
    assert sha256("five.csv", "0,0\n1,1\n2,0\n", "ms") != one


@pytest.mark.parametrize(("unit", "period_s"), [("us", 2e-6), ("ms", 2e-3), ("s", 2.0)])
def test_unit_of_the_times(tmp_path, unit, period_s):
    w = read(tmp_path, "5,0\n6,3\n7,0\n", unit)
    assert w.period_s == pytest.approx(period_s, rel=1e-12)
    assert w.at(0.5 * w.period_s) == pytest.approx(1.0)
    assert w.average_rectified == pytest.approx(0.5)


def test_two_rows_of_one_time_are_a_step(tmp_path):
    w = read(tmp_path, "0,2\n1,2\n1,-1\n3,-1\n")
    assert [(piece.duration_s, piece.level) for piece in w.pieces] == [
        (pytest.approx(1e-6), 1.0),
        (pytest.approx(2e-6), -0.5),
    ]
    assert w.net_charge_s == 0.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0,0\n1,x\n2,0\n", r'w\.csv row 2: found "1,x"; accepted: two numbers, time and value'),
        ("time,value\n0,0\n1\n2,0\n", r'w\.csv row 3: found "1"; accepted: two numbers'),
        ("0,0\n1,1,1\n", r'row 2: found "1,1,1"; accepted: two numbers'),
        ("0;0\n1;1\n", r'row 1: found "0;0"; accepted: two numbers, time and value, with a comma'),
        ("t,v\nunit,mA\n0,0\n", r'row 2: found "unit,mA"'),
        ("0,0\n1,nan\n", r'row 2: found "1,nan"'),
        ("0,0\n1,inf\n", r'row 2: found "1,inf"'),
        ("0,0\n2,1\n1,0\n", r"row 3: found a time before the one in front of it, by 1 us; accepted: later times"),
        ("0,0\n" + "z" * 200, r'row 2: found "z{39}…"'),
        ("# nothing\n", r"w\.csv: found 0 samples; accepted: two or more rows"),
        ("0,0\n1,0\n", r"w\.csv: found values from 0 to 0; accepted: the largest magnitude must be positive"),
        ("0,1\n0,1\n", r"w\.csv: found a period of 0 us; accepted: a last time after the first one"),
        ("\n".join(f"{i},1" for i in range(2002)), r"row 2001: found one row too many; accepted: at most 2000 samples"),
    ],
)
def test_wrong_rows_are_named_in_one_line(tmp_path, text, message):
    with pytest.raises(CaseError, match=r"^x\.toml: channels\.ch1\.waveform\.path: .*" + message) as error:
        read(tmp_path, text)
    assert "\n" not in str(error.value)


def test_files_that_cannot_be_read_are_named(tmp_path):
    key = r"^x\.toml: channels\.ch1\.waveform\.path: found .*"
    with pytest.raises(CaseError, match=key + r"none\.csv, which is not readable .*; accepted: the path of a CSV file"):
        case_of({"kind": "file", "path": "none.csv", "time_unit": "us"}, tmp_path)
    (tmp_path / "raw.csv").write_bytes(b"0,0\n\xff\xfe\n")
    with pytest.raises(CaseError, match=key + r"raw\.csv, with bytes that are not UTF-8 \(at byte 4\)"):
        case_of({"kind": "file", "path": "raw.csv", "time_unit": "us"}, tmp_path)
    (tmp_path / "huge.csv").write_bytes(b"0,0\n" * 300_000)
    with pytest.raises(CaseError, match=key + r"huge\.csv, of 1200000 bytes; accepted: a file of at most 1000000"):
        case_of({"kind": "file", "path": "huge.csv", "time_unit": "us"}, tmp_path)


@pytest.mark.parametrize(
    ("waveform", "message"),
    [
        ({"kind": "file", "path": "w.csv"}, r"channels\.ch1\.waveform\.time_unit: found nothing; accepted: this key"),
        ({"kind": "file", "path": "w.csv", "time_unit": "h"}, r"time_unit: found \"h\"; accepted: 'us', 'ms' or 's'"),
        (
            {"kind": "file", "path": "w.csv", "unit": "us"},
            r"waveform\.unit: found an unknown key; accepted: did you mean",
        ),
        ({"kind": "square"}, r"ch1\.waveform: found .*; accepted: kind = 'direct', .*'sampled', 'file'"),
        ({"kind": "russian", "burst_Hz": 120.0}, r"ch1\.waveform: found a burst of 10 ms does not fit"),
        (
            {"kind": "sine", "frequency_Hz": 4e3, "train": {"on_s": 1.0, "off_s": -1.0}},
            r"ch1\.waveform\.train\.off_s: found -1\.0; accepted: greater than or equal to 0",
        ),
        (
            {"kind": "sine", "frequency_Hz": 4e3, "train": {"on": 1.0, "off_s": 1.0}},
            r"ch1\.waveform\.train\.on: found an unknown key; accepted: did you mean on_s\?",
        ),
    ],
)
def test_wrong_keys_of_a_waveform_are_named_with_their_path(tmp_path, waveform, message):
    with pytest.raises(CaseError, match=message):
        case_of(waveform, tmp_path)
