"""A Slurm that belongs to the tests: started in a folder of its own, ended afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from sweeping import wait_for

HERE = Path(__file__).parent
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel")


def start_slurm(**settings):
    """A running Slurm in a new folder: the folder, the process, the environment of its clients."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    if os.geteuid() != 0:
        pytest.skip("needs root to start a Slurm of its own")
    folder = Path(tempfile.mkdtemp(prefix="fs", dir="/tmp"))
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
        other.bind(("127.0.0.1", port + 1))
    process = subprocess.Popen(
        [str(HERE / "slurm.sh"), str(folder), str(port)], env=os.environ | settings, start_new_session=True
    )
    environment = {"SLURM_CONF": str(folder / "slurm.conf")}

    def ready():
        sinfo = ["sinfo", "--noheader", "--format", "%T"]
        return "idle" in subprocess.run(sinfo, env=os.environ | environment, capture_output=True, text=True).stdout

    if not wait_for(ready, 30.0):
        logs = "\n".join(path.read_text() for path in folder.glob("*.log"))
        stop_slurm(folder, process)
        pytest.fail(f"Slurm does not start:\n{logs}")
    return folder, process, environment


def stop_slurm(folder, process):
    """End the daemons and take away their files."""
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    shutil.rmtree(folder, ignore_errors=True)
