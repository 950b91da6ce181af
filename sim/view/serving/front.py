"""The front of ``faradic serve``: it lets in who has the token, and leads to the page of a run or of a study."""

import asyncio
import secrets
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Protocol

from aiohttp import web

from sim.sweep.manifest import FILE as STUDY
from sim.view.errors import ViewError
from sim.view.headless import renderer
from sim.view.run import open_run
from sim.view.serving.files import file_answer
from sim.view.serving.guard import Guard, is_loopback
from sim.view.serving.sessions import Sessions

NEEDED = ("trame", "trame_vtk", "trame_vuetify", "vtkmodules.vtkWebCore", "vtkmodules.web")


class Subject(Protocol):
    """What is served."""

    def add_to(self, app: web.Application, sessions: Sessions) -> None:
        """Add its routes, of which "/" is the first page."""
        ...


class ServedRun:
    """A run: its page, and the files of its report.

    Parameters
    ----------
    folder
        The run folder.

    Raises
    ------
    ViewError
        If it holds no run.
    """

    def __init__(self, folder: Path) -> None:
        open_run(folder)
        self.folder = folder.resolve()

    def add_to(self, app: web.Application, sessions: Sessions) -> None:
        """Add its routes; the process of the first page starts with the server."""
        links = {"report": "/file/report.html"}

        async def begin(_: web.Application) -> None:
            sessions.start_ahead(self.folder, links)

        async def enter(_: web.Request) -> web.StreamResponse:
            raise web.HTTPFound(await sessions.open(self.folder, links))

        app.on_startup.append(begin)
        app.router.add_get("/", enter, allow_head=False)
        app.router.add_get("/file/{name}", self.file)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """One of the report files."""
        return file_answer(self.folder, request.match_info["name"])


def application(subject: Subject, guard: Guard, sessions: Sessions) -> web.Application:
    """The routes of a subject and of the pages, each behind the same checks."""
    app = web.Application(middlewares=[guard.check])
    subject.add_to(app, sessions)
    sessions.add_to(app)
    return app


def subject_of(folder: Path) -> Subject:
    """What a folder holds.

    Raises
    ------
    ViewError, StudyError
        If it is neither a run nor a study with its table.
    """
    if (folder / STUDY).is_file():
        from sim.view.serving.study import ServedStudy

        return ServedStudy(folder)
    return ServedRun(folder)


def serve(folder: Path, host: str, port: int, sessions: int) -> int:
    """Serve a run or a study until it is interrupted.

    Raises
    ------
    ViewError, StudyError
        If the folder holds neither, nothing can be drawn, trame is not installed, or an option is out of its range.
    OSError
        If the port is taken.
    """
    if not 1 <= sessions <= 64:
        raise ViewError(f"--sessions: found {sessions}; accepted: 1 to 64")
    if not 0 <= port <= 65535:
        raise ViewError(f"--port: found {port}; accepted: 0 to 65535")
    require_trame()
    subject = subject_of(folder)
    renderer()
    with suppress(KeyboardInterrupt):  # the way to end it
        asyncio.run(_serve(subject, host, port, sessions))
    return 0


async def _serve(subject: Subject, host: str, port: int, sessions: int) -> None:
    token = secrets.token_urlsafe(24)
    runner = web.AppRunner(application(subject, Guard(token, host), Sessions(sessions)), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        taken = runner.addresses[0][1]
        shown = f"[{host}]" if ":" in host else host
        print(f"http://{shown}:{taken}/?token={token}", flush=True)
        print(f"Drawn by {renderer().words}. Ctrl-C ends it.", flush=True)
        if not is_loopback(host):
            print("Others can reach this address, and what passes is not encrypted: prefer ssh -L.", flush=True)
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def require_trame() -> None:
    """Check that what the page needs is installed.

    Raises
    ------
    ViewError
        Naming what to install.
    """
    for name in NEEDED:
        try:
            import_module(name)
        except ImportError as error:
            raise ViewError(
                f"serve: found no {name}; needed: pip install trame trame-vtk trame-vuetify, and vtk from PyPI "
                "(Debian's has no vtkWebCore)"
            ) from error
