import math
import tomllib

import pytest

from sim.errors import CaseError
from sim.folders import CASES
from sim.interfaces import LibraryContact, SpectrumFile, available_contacts, load_contacts, read_spectrum

HEADER = "frequency_Hz,magnitude_ohm_cm2,phase_deg\n"


@pytest.mark.parametrize("name", available_contacts())
def test_every_file_loads_and_every_number_has_source_and_status(name):
    file = load_contacts(name)
    assert file.id == name
    for entry in file.entries.values():
        assert file.source and file.caveat and entry.note and entry.status
        assert entry.contact.note
    path = CASES / "interfaces" / f"{name}.toml"
    assert tomllib.loads(path.read_text(encoding="utf-8"))["id"] == path.stem


def test_folder_holds_nothing_else():
    files = sorted((CASES / "interfaces").rglob("*"))
    assert [path.name for path in files] == [f"{name}.toml" for name in available_contacts()]


def test_published_magnitudes_of_gelled_skin():
    entries = load_contacts("rosell-1988").entries
    for name, slow in (("low", 1e4), ("high", 1e6)):
        contact = entries[name].contact
        for f, ohm_cm2 in ((1.0, slow), (1e5, 220.0), (1e6, 120.0)):
            assert abs(contact.impedance(f)) == pytest.approx(ohm_cm2 * 1e-4)


@pytest.mark.parametrize("name", ["low", "high"])
def test_phases_of_gelled_skin_are_the_slopes(name):
    entry = load_contacts("rosell-1988").entries[name]
    assert entry.status == "computed" and "phases computed" in entry.note
    first, middle, last = entry.contact.magnitude_ohm_cm2
    before, after = math.log10(middle / first) / 5, math.log10(last / middle) / 1
    expected = (90 * before, 45 * (before + after), 90 * after)
    assert entry.contact.phase_deg == pytest.approx(expected, abs=0.005)


def test_published_contacts_of_the_saline_tank():
    entries = load_contacts("cheng-1989").entries
    found = [(entry.note, entry.contact.impedance(0.0).real * 1e4, entry.status) for entry in entries.values()]
    expected = [("284.0", 58.0), ("139.7", 35.0), ("62.3", 15.0), ("29.5", 7.5)]
    assert [(f"bath of {bath} ohm cm", pytest.approx(z), "primary") for bath, z in expected] == found


def test_stratum_corneum_is_unverified_and_has_the_corner_of_its_range():
    entries = load_contacts("stratum-corneum").entries
    assert {entry.status for entry in entries.values()} == {"unverified"}
    corners = []
    for entry in entries.values():
        R, C = entry.contact.resistance_ohm_cm2, entry.contact.capacitance_nF_per_cm2
        assert R == 1e5 and 20.0 <= C <= 60.0
        corners.append(1 / (2 * math.pi * R * C * 1e-9))
    assert min(corners) == pytest.approx(27, abs=0.5) and max(corners) == pytest.approx(80, abs=0.5)


def test_contacts_by_name():
    named = LibraryContact(kind="library", file="cheng-1989", entry="bath-62")
    assert named.contact.impedance(0.0) == pytest.approx(15e-4)
    assert named.source == "Cheng 1989, metal in a saline tank, bath-62 (primary)"
    with pytest.raises(KeyError, match="nobody"):
        _ = LibraryContact(kind="library", file="nobody", entry="x").contact
    with pytest.raises(KeyError, match="x"):
        _ = LibraryContact(kind="library", file="cheng-1989", entry="x").contact


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('status = "primary"', 'status = "sure"', "'primary', 'secondary', 'computed' or 'unverified'"),
        ('status = "primary"\n', "", "status"),
        ('kind = "resistance"', 'kind = "library"', "kind"),
        ("resistance_ohm_cm2 = 58.0", "resistance_ohm_cm2 = -58.0", "greater than or equal to 0.001"),
        ('source = "K.-S.', 'cause = "K.-S.', "source"),
    ],
)
def test_broken_files_are_refused(tmp_path, old, new, message):
    text = (CASES / "interfaces" / "cheng-1989.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "cheng-1989.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        load_contacts("cheng-1989", tmp_path)


def read(folder, text):
    (folder / "z.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_spectrum(SpectrumFile(kind="table", path="z.csv"), folder, "x.toml: electrodes.left.contact")


def test_a_spectrum_from_a_file(tmp_path):
    found = read(tmp_path, "# gelled, left arm\n" + HEADER + "1, 1e4, -30\n\n100, 1000, -45.5\n# end\n")
    assert found.frequency_Hz == (1.0, 100.0)
    assert found.magnitude_ohm_cm2 == (1e4, 1000.0)
    assert found.phase_deg == (-30.0, -45.5)
    marked = b"\xef\xbb\xbf" + HEADER.encode() + b"1,1,0\r\n2,1,0\r\n"
    assert read(tmp_path, marked).frequency_Hz == (1.0, 2.0), "as a spreadsheet saves it"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r'contact\.path: found a first row ""; accepted: frequency_Hz,magnitude_ohm_cm2,phase_deg'),
        ("f,z,phase\n1,1,0\n2,1,0\n", 'found a first row "f,z,phase"'),
        (HEADER, "found 0 rows of numbers; accepted: 2 to 10000"),
        (HEADER + "1,1,0\n", "found 1 rows of numbers; accepted: 2 to 10000"),
        (HEADER + "1,1,0\n2,1\n", r'path: row 3: found "2,1"; accepted: three finite numbers'),
        (HEADER + "1,1,0\n2,1,nan\n", r'path: row 3: found "2,1,nan"; accepted: three finite numbers'),
        (HEADER + "1,1,0\n2,x,0\n", r'path: row 3: found "2,x,0"'),
        (HEADER + "# note\n1,1,0\n2,1,-91\n", r"row 4: found phase_deg -91; accepted: greater than or equal to -90"),
        (HEADER + "0,1,0\n2,1,0\n", r"row 2: found frequency_Hz 0; accepted: greater than 0"),
        (HEADER + "2,1,0\n1,1,0\n", r"contact\.path: found 1 Hz after 2 Hz; accepted: frequencies that grow"),
        (HEADER + "".join(f"{i},1,0\n" for i in range(1, 10002)), "found 10001 rows of numbers; accepted: 2 to 10000"),
        (b"\xff\xfe", r"contact\.path: found z\.csv, with bytes that are not UTF-8 \(at byte 0\)"),
        (b"#" * 1_000_001, r"found z\.csv, of 1000001 bytes; accepted: a file of at most 1000000"),
    ],
)
def test_broken_spectra_say_which_row(tmp_path, text, message):
    with pytest.raises(CaseError, match=message) as raised:
        read(tmp_path, text)
    assert "\n" not in str(raised.value)


def test_missing_spectra(tmp_path):
    with pytest.raises(CaseError, match=r"none\.csv, which is not readable \(No such file.*path of a CSV file"):
        read_spectrum(SpectrumFile(kind="table", path="none.csv"), tmp_path, "x.toml: leads.a.contact")
    with pytest.raises(CaseError, match="not readable"):
        read_spectrum(SpectrumFile(kind="table", path="."), tmp_path, "x.toml: leads.a.contact")
