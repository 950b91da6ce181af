"""Options of faradic sweep that mean nothing are refused before anything is computed."""

import os

import pytest

from sim.cli import main

STUDY = "cases/sweeps/pads.toml"


def refused(monkeypatch, capsys, *arguments):
    monkeypatch.setattr("sys.argv", ["faradic", "sweep", *arguments])
    for name in ("PETSC_OPTIONS", "OMP_NUM_THREADS", "XDG_CACHE_HOME"):  # which the command may set
        monkeypatch.setenv(name, os.environ.get(name, ""))
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    return capsys.readouterr().err


@pytest.mark.parametrize("action", ["run", "slurm-script"])
@pytest.mark.parametrize(
    ("option", "value", "accepted"),
    [
        ("--retries", "-1", "a whole number from 0 on"),
        ("--retries", "2.5", "a whole number from 0 on"),
        ("--timeout", "-1", "seconds from 0 on"),
        ("--timeout", "nan", "seconds from 0 on"),
        ("--timeout", "inf", "seconds from 0 on"),
    ],
)
def test_numbers_of_attempts_are_checked(monkeypatch, capsys, action, option, value, accepted):
    assert accepted in refused(monkeypatch, capsys, action, STUDY, option, value)


def test_no_time_out_in_the_process_of_the_command(monkeypatch, capsys, tmp_path):
    out = tmp_path / "out"
    message = refused(monkeypatch, capsys, "run", STUDY, "--serial", "--timeout", "5", "--out", str(out))
    assert "--timeout: found it with --serial" in message and "Traceback" not in message
    assert not out.exists()


def test_a_script_takes_the_same_numbers(tmp_path, monkeypatch, capsys):
    """It comes as far as the case that is missing."""
    study = tmp_path / "study.toml"
    study.write_text('title = "x"\nbase = "none.toml"\n[[axes]]\npath = "title"\nvalues = ["a", "b"]\n')
    message = refused(monkeypatch, capsys, "slurm-script", str(study), "--timeout", "5", "--out", str(tmp_path / "out"))
    assert "none.toml" in message and "Traceback" not in message


@pytest.mark.parametrize("name", ["x,mm", "a<b", "a=b", "a b"])
def test_names_of_axes_can_be_asked_for(tmp_path, monkeypatch, capsys, name):
    study = tmp_path / "study.toml"
    study.write_text(
        f'title = "one"\nbase = "case.toml"\n[[axes]]\nname = "{name}"\n'
        'paths = ["channels.ch1.amplitude_mA"]\nvalues = [1.0, 2.0]\n'
    )
    assert "name" in refused(monkeypatch, capsys, "check", str(study))
