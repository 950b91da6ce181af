"""A study in the browser: its table, and the cases behind the rows. What is asked stands in the address alone."""

import asyncio
import json
import re
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError
from markupsafe import Markup
from pydantic import ValidationError

from sim.case import Case
from sim.report.page import report_text
from sim.safety.verdict import SafetyVerdict
from sim.sweep.index import DATABASE, read_rows
from sim.sweep.manifest import FILE, Manifest, read_manifest
from sim.sweep.problems import StudyError
from sim.sweep.rows import Row
from sim.sweep.store import Store
from sim.view.run import FILES as OF_A_RUN
from sim.view.serving.files import file_answer, is_served
from sim.view.serving.sessions import Sessions
from sim.view.serving.table import A_PAGE, OUTCOME, OUTCOMES, Query, cell_of, cell_words, chosen, columns_shown

TEMPLATES = Path(__file__).parents[1]
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"


class ServedStudy:
    """The folder of a study.

    Parameters
    ----------
    root
        The folder.

    Raises
    ------
    StudyError
        If it holds no study with a table.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.store = Store(self.root)
        self._stamp: tuple[int, ...] = ()
        self._read: tuple[Manifest, list[Row]]
        self.contents()

    def add_to(self, app: web.Application, sessions: Sessions) -> None:
        """Add its routes."""
        app.router.add_get("/", self.table)
        app.router.add_get("/case/{id}", partial(self.open, sessions), allow_head=False)
        app.router.add_get("/case/{id}/tables", self.tables)
        app.router.add_get("/case/{id}/file/{name}", self.file)

    def contents(self) -> tuple[Manifest, list[Row]]:
        """The points and the rows; read again when they have changed."""
        paths = [self.root / FILE, self.root / DATABASE]
        stamp = tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)
        if stamp != self._stamp:
            self._read = read_manifest(self.root), read_rows(self.root)
            self._stamp = stamp
        return self._read

    def _present(self) -> tuple[Manifest, list[Row]]:
        """The same for a browser, while the folder may change.

        Raises
        ------
        aiohttp.web.HTTPServiceUnavailable
            If there is no table any more.
        """
        try:
            return self.contents()
        except StudyError as error:
            raise web.HTTPServiceUnavailable(text=f"{error}\n") from error

    async def table(self, request: web.Request) -> web.StreamResponse:
        """The first page: the rows that the address asks for."""
        return _html(await asyncio.to_thread(self._table_text, dict(request.query)))

    async def open(self, sessions: Sessions, request: web.Request) -> web.StreamResponse:
        """A case: its page as of a run where it has fields, else its tables."""
        folder = self._folder(request)
        tables = f"/case/{folder.name}/tables"
        if not _has_fields(folder):
            raise web.HTTPFound(tables)
        raise web.HTTPFound(await sessions.open(folder, {"← back to the study": "/", "tables": tables}))

    async def tables(self, request: web.Request) -> web.StreamResponse:
        """The tables of a case, or why there are none."""
        return _html(await asyncio.to_thread(self._case_text, self._folder(request)))

    async def file(self, request: web.Request) -> web.StreamResponse:
        """One of the report files of a case."""
        return file_answer(self._folder(request), request.match_info["name"])

    def _folder(self, request: web.Request) -> Path:
        """Of a case of this study; nothing else is a folder, and no link is followed."""
        id = request.match_info["id"]
        ids = {entry.id for entry in self._present()[0].entries}
        if id not in ids or self.store.folder(id).resolve() != self.store.folder(id):
            raise web.HTTPNotFound(text="no such case in this study\n")
        return self.store.folder(id)

    def _table_text(self, asked: dict[str, str]) -> str:
        manifest, rows = self._present()
        query, problem = Query(), ""
        try:
            query = Query.of(asked)
            columns = columns_shown(rows, manifest.columns, query)
            found = chosen(rows, columns, query)
        except StudyError as error:
            problem = str(error)
            columns, found = columns_shown(rows, manifest.columns, Query()), []
        pages = max(-(-len(found) // A_PAGE), 1)
        page = min(query.page, pages)
        return _template("study.html.jinja").render(
            title=manifest.title,
            query=query,
            problem=problem,
            columns=columns,
            outcome=OUTCOME,
            outcomes=OUTCOMES,
            rows=found[(page - 1) * A_PAGE : page * A_PAGE],
            found=len(found),
            all=len(rows),
            page=page,
            pages=pages,
            cell=cell_of,
            words=cell_words,
        )

    def _case_text(self, folder: Path) -> str:
        id = folder.name
        values = next(entry.values for entry in self._present()[0].entries if entry.id == id)
        around: dict[str, Any] = {
            "id": id,
            "values": values,
            "with_fields": _has_fields(folder),
            "files": [name for name in ("case.json", "result.json", "verdict.json") if is_served(folder, name)],
        }
        if not self.store.done(id):
            failure = self.store.failure(id)
            return _template("missing.html.jinja").render(failure=failure, **around)
        try:
            case = Case.model_validate_json((folder / "case.json").read_bytes())
            verdict = SafetyVerdict.model_validate_json((folder / "verdict.json").read_bytes())
            result = json.loads((folder / "result.json").read_bytes())
            return report_text(case, result, verdict, (), folder, TEMPLATES / "case.html.jinja", **around)
        except (ValidationError, ValueError, KeyError, OSError, UndefinedError) as error:
            text = f"cases/{id}: files that cannot be read: {str(error).splitlines()[0]}; compute the case again\n"
            raise web.HTTPInternalServerError(text=text) from error


def _has_fields(folder: Path) -> bool:
    return all((folder / name).is_file() for name in OF_A_RUN)


def _template(name: str) -> Any:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.filters["breakable"] = _breakable
    return environment.get_template(name)


def _breakable(column: str) -> Markup:
    """A name of a column that may be broken after its points and underscores."""
    return Markup("<wbr>").join(part for part in re.split(r"(?<=[._])", column) if part)


def _html(text: str) -> web.Response:
    headers = {"Content-Security-Policy": POLICY}
    return web.Response(text=text, content_type="text/html", charset="utf-8", headers=headers)
