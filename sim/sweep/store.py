"""The folder of a study: what is done is what lies there."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Any, Literal, TypeAlias

from meshes.store import write_atomically
from sim.folders import cache_folder
from sim.sweep.problems import StudyError

Kind: TypeAlias = Literal["case", "mesh", "solver", "limit", "killed", "timeout", "memory", "compiling", "unexpected"]
LOST: tuple[Kind, ...] = ("killed", "timeout", "memory", "compiling")  # by the machine: worth another attempt
LOG_LINES = 40  # of the end of a log: a crash prints some 30
COMPILED = "compiled"  # folder of the study in which its compiled forms are


@dataclass(frozen=True)
class Failure:
    """Why a case has no result, with the last lines of its log."""

    kind: Kind
    message: str
    log: tuple[str, ...] = ()


@dataclass(frozen=True)
class Store:
    """STUDY_DIR: ``cases/<id>/`` with case.json, verdict.json, result.json (last), error.json, log.txt, attempts."""

    root: Path

    def folder(self, id: str) -> Path:
        """Of a case."""
        return self.root / "cases" / id

    @property
    def work(self) -> Path:
        """Where driver and workers leave notes for each other."""
        return self.root / "work"

    def done(self, id: str) -> bool:
        """Whether the case has a result."""
        return (self.folder(id) / "result.json").exists()

    def failure(self, id: str) -> Failure | None:
        """Why the case failed, if it did."""
        try:
            data = json.loads((self.folder(id) / "error.json").read_text(encoding="utf-8"))
            return Failure(data["kind"], data["message"], tuple(data["log"]))
        except (OSError, ValueError, KeyError):
            return None

    def keep_failure(self, id: str, failure: Failure) -> None:
        """Write down why a case failed."""
        text = json.dumps(asdict(failure), indent=2) + "\n"
        write_atomically(self.folder(id) / "error.json", lambda path: path.write_text(text, encoding="utf-8"))

    def read(self, id: str, name: str) -> dict[str, Any] | None:
        """The content of result.json or verdict.json; None where there is none that can be read."""
        try:
            content: dict[str, Any] = json.loads((self.folder(id) / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return content

    def forget(self, id: str) -> None:
        """Take away what an unfinished or failed attempt has left."""
        for name in ("result.json", "error.json", "attempts"):
            (self.folder(id) / name).unlink(missing_ok=True)

    def begin(self, id: str, run: str) -> int:
        """Note that an attempt begins; the number of attempts of this run that have begun before and never ended."""
        path = self.folder(id) / "attempts"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as file:
            file.seek(0)
            before = sum(line.strip() == run for line in file)
            file.write(f"{run}\n")
        return before

    def end(self, id: str) -> None:
        """Note that the attempt has ended, with a result or an error."""
        (self.folder(id) / "attempts").unlink(missing_ok=True)

    def log_tail(self, id: str) -> tuple[str, ...]:
        """The last lines of a case's log."""
        try:
            text = (self.folder(id) / "log.txt").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ()
        return tuple(text.splitlines()[-LOG_LINES:])

    def sweep_partial(self, ids: Iterable[str]) -> None:
        """Remove half-written files of killed processes, and results that cannot be read."""
        for id in ids:
            folder = self.folder(id)
            if not folder.exists():
                continue
            with os.scandir(folder) as entries:
                names = [entry.name for entry in entries]
            for name in names:
                if name.startswith(".") and name.endswith((".json", ".vtu")):
                    (folder / name).unlink(missing_ok=True)
            if "result.json" in names and not _whole(folder / "result.json"):
                self.forget(id)

    @contextmanager
    def driven(self) -> Iterator[None]:
        """Be the one process that drives this study.

        Raises
        ------
        StudyError
            If another one does.
        """
        self.work.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("a+") as file:
            try:
                flock(file, LOCK_EX | LOCK_NB)
            except BlockingIOError as error:
                file.seek(0)
                raise StudyError([f"{self.root}: found it in use by process {file.read().strip() or '?'}; accepted: "
                                  "one sweep at a time in a folder"]) from error  # fmt: skip
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    def clear_work(self) -> None:
        """Remove the notes of earlier runs."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True, exist_ok=True)


def use_compiled_forms(root: Path) -> None:
    """Let this process and those that it starts keep compiled forms in the study; comes before DOLFINx is imported."""
    os.environ["FARADIC_CACHE"] = str(cache_folder().resolve())  # before it would follow the next line
    os.environ["XDG_CACHE_HOME"] = str((root / COMPILED).resolve())


def _whole(path: Path) -> bool:
    """Whether a file ends as JSON does; a rename after a crash of the machine may have left it empty or cut off."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 4, 0))
        return size > 2 and file.read().rstrip().endswith(b"}")
