"""The script behind docs/modalities.md: what was computed is kept, and one case that fails does not cost the others."""

import json
import sys

import pytest
from PIL import Image

from scripts import modalities

NAMES = ["tens_low_back_conventional", "cosmetic_galvanic_cheek"]
ROWS = "<!-- table: begin -->\nold\n<!-- table: end -->\n"
FACTS = {
    "accuracy": "draft",
    "unknowns": 37134,
    "mode": "electroquasistatic",
    "frequencies": 5,
    "seconds": 4.6,
    "impedance_ohm": [
        {"frequency_Hz": 50.0, "magnitude": 342.0, "phase_deg": -19.2},
        {"frequency_Hz": 1e3, "magnitude": 1211.0, "phase_deg": -11.0},
        {"frequency_Hz": 4e3, "magnitude": 183.0, "phase_deg": -8.0},
    ],
    "outputs": {"ch1": {"voltage_peak_V": 4.29, "current_peak_mA": 20.0}},
    "probes": {"nerve": 14.2},
    "verdict": "not_evaluated",
    "picture": "current [in] and out",
}


@pytest.fixture
def page(tmp_path, monkeypatch):
    """A page with two cases, and a folder for what is kept."""
    monkeypatch.setattr(modalities, "KEPT", tmp_path / "kept")
    lines = [f"[`x`](../cases/{name}.toml)\n\n![words](images/modalities/{name}.png)\n" for name in NAMES]
    (tmp_path / "modalities.md").write_text("\n".join(lines) + ROWS)
    return tmp_path / "modalities.md"


def run(page, monkeypatch, facts_of, *options):
    monkeypatch.setattr(modalities, "facts_of", facts_of)
    monkeypatch.setattr(sys, "argv", ["modalities", "--docs", str(page.parent), *options])
    modalities.main()


def drawing(case, picture):
    """Facts without a solver, and a noisy picture."""
    Image.effect_noise((1600, 1200), 90).save(picture)
    return FACTS


def failing(case, picture):
    if "galvanic" in case.title.lower():
        raise ArithmeticError("no luck")
    return drawing(case, picture)


def test_one_case_that_fails_does_not_cost_the_others(page, monkeypatch, capsys):
    with pytest.raises(SystemExit, match="modalities: 1 of 2 failed: cosmetic_galvanic_cheek"):
        run(page, monkeypatch, failing)
    assert "[2/2] cosmetic_galvanic_cheek: FAILED: ArithmeticError: no luck" in capsys.readouterr().out
    text = page.read_text()
    assert "old" not in text
    assert (
        "| tens low back conventional | draft | 37 134 | capacitive | 5 | 5 s | 342 Ω, -19° | 1.21 kΩ, -11° | "
        "183 Ω, -8° | 4.29 V | 14.2 V/m | not evaluated |\n| cosmetic galvanic cheek | – |"
    ) in text
    assert "![current (in) and out](images/modalities/tens_low_back_conventional.png)" in text
    assert "![words](images/modalities/cosmetic_galvanic_cheek.png)" in text
    picture = page.parent / "images" / "modalities" / "tens_low_back_conventional.png"
    with Image.open(picture) as image:
        assert image.size == (1000, 750)
    assert [file.name for file in picture.parent.iterdir()] == [picture.name]


def test_what_was_computed_is_not_computed_again(page, monkeypatch):
    computed = []

    def counting(case, picture):
        computed.append((case.title, case.numerics.accuracy))
        return drawing(case, picture) | {"accuracy": case.numerics.accuracy}

    for options in ((), (), ("--accuracy", "standard", "--only", NAMES[1]), ("--accuracy", "standard")):
        run(page, monkeypatch, counting, *options)
    assert [accuracy for _, accuracy in computed] == ["draft", "draft", "standard", "standard"]
    assert page.read_text().count("| standard |") == 2
    modalities.place(NAMES[0], "standard")[0].write_text(json.dumps({"key": "other code", "facts": FACTS}))
    modalities.place(NAMES[0], "draft")[1].unlink()
    modalities.write_page(page, NAMES)
    assert "| tens low back conventional | – |" in page.read_text()


def test_an_unknown_case_is_named(page, monkeypatch):
    with pytest.raises(SystemExit, match=r"no case tens in .*; one of tens_low_back_conventional, cosmetic_galv"):
        run(page, monkeypatch, drawing, "--only", "tens")
