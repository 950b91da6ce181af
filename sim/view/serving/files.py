"""Files of run folders that a browser may have: those named here, and nothing that a link leads to."""

from pathlib import Path

from aiohttp import web

FILES = {
    "report.html": "text/html",
    "result.json": "application/json",
    "verdict.json": "application/json",
    "case.json": "application/json",
}
FROZEN = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def file_answer(folder: Path, name: str) -> web.Response:
    """One of the report files; a link that leads out of the run folder is not followed.

    Parameters
    ----------
    folder
        The run folder, without links in its path.

    Raises
    ------
    aiohttp.web.HTTPNotFound
        For any other name, and where the run has no such file.
    """
    if not is_served(folder, name):
        raise web.HTTPNotFound()
    headers = {"Content-Security-Policy": FROZEN}
    body = (folder / name).read_bytes()
    return web.Response(body=body, content_type=FILES[name], charset="utf-8", headers=headers)


def is_served(folder: Path, name: str) -> bool:
    """Whether there is such a file, and it may be had."""
    path = folder / name
    return name in FILES and path.is_file() and path.resolve().parent == folder
