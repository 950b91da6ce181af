"""The table of a study in the browser: which rows, which order, which cases open, and what is never served."""

import asyncio
import json
import re
import shutil
import sqlite3
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from analytic import CASE
from study_folder import write_study

from sim.sweep.index import read_rows
from sim.sweep.problems import StudyError
from sim.view.serving import sessions
from sim.view.serving.child import Child
from sim.view.serving.front import application, subject_of
from sim.view.serving.guard import Guard
from sim.view.serving.study import ServedStudy
from sim.view.serving.table import Query, chosen, columns_shown, outcome_of


@pytest.fixture(scope="module")
def root(tmp_path_factory, analytic_folder):
    return write_study(tmp_path_factory.mktemp("served") / "study", analytic_folder)


@pytest.fixture(scope="module")
def rows(root):
    return read_rows(root)


AXES = ("channels.ch1.amplitude_mA",)


def asked(rows, **texts):
    query = Query.of(texts)
    columns = columns_shown(rows, AXES, query)
    return [row["case"] for row in chosen(rows, columns, query)]


def test_outcomes_are_told_apart(rows):
    assert [outcome_of(row) for row in rows] == ["caution", "caution", "exceeded", "failed", "missing"]
    assert asked(rows, outcome="caution") == ["a1", "a2"]
    assert asked(rows, outcome="failed") == ["a4"]
    assert asked(rows, outcome="pass") == []


def test_text_is_found_in_what_a_row_shows_and_in_its_reasons(rows):
    assert asked(rows, text="NO CONVERGENCE") == ["a4"]
    assert asked(rows, text="output-rms-up-to-400hz") == ["a1", "a2", "a3"]
    assert asked(rows, text="a2") == ["a2"]
    assert len(asked(rows)) == 5


def test_numbers_are_compared_as_numbers(rows):
    # amplitudes of 10, 9, 500, 30, 40 mA: as texts 9 would be the largest but one
    assert asked(rows, where="channels.ch1.amplitude_mA>=10, channels.ch1.amplitude_mA<100") == ["a1", "a4", "a5"]
    assert asked(rows, where="impedance.ch1.ohm<=1000", outcome="exceeded") == ["a3"]
    assert asked(rows, where="electrodes.left.area_mm2>1") == ["a1", "a2", "a3"]  # rows without a number never fit


def test_order_puts_numbers_by_size_and_empty_cells_last(rows):
    assert asked(rows, sort="channels.ch1.amplitude_mA") == ["a2", "a1", "a4", "a5", "a3"]
    assert asked(rows, sort="channels.ch1.amplitude_mA", order="down") == ["a3", "a5", "a4", "a1", "a2"]
    assert asked(rows, sort="limiting_margin")[0] == "a3"
    assert asked(rows, sort="limiting_margin", order="down")[-2:] == ["a4", "a5"]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"where": "impedance.ch1.ohms<3"}, "found no column impedance.ch1.ohms; accepted: impedance.ch1.ohm"),
        ({"where": "1; DROP TABLE cases"}, "found 1; DROP TABLE cases; accepted: COLUMN=TEXT"),
        ({"where": "limiting_margin<much"}, "accepted: COLUMN=TEXT, or COLUMN with one of <, <=, >, >= and a number"),
        ({"sort": "log"}, "sort: found log; accepted: case, channels.ch1.amplitude_mA"),
        ({"order": "sideways"}, "order: found sideways; accepted: up, down"),
        ({"outcome": "good"}, "outcome: found good; accepted: pass, caution"),
        ({"page": "-1"}, "page: found -1; accepted: a number from 1"),
        ({"text": "x" * 501}, "found more than 500 letters"),
    ],
)
def test_what_a_browser_asks_is_checked(rows, texts, words):
    with pytest.raises(StudyError) as refused:
        asked(rows, **texts)
    assert words in str(refused.value)


@asynccontextmanager
async def visiting(root, most=2):
    guard, pages = Guard("token", "127.0.0.1"), sessions.Sessions(most)
    async with TestClient(TestServer(application(subject_of(root), guard, pages))) as client:
        client.session.headers["Cookie"] = f"{guard.cookie}=token"
        yield client, pages


def get(root, path, most=2):
    async def visit():
        async with visiting(root, most) as (client, _):
            answer = await client.get(path, allow_redirects=False)
            return answer.status, dict(answer.headers), (await answer.text()).replace("<wbr>", "")

    return asyncio.run(visit())


def test_the_table_shows_axes_outcome_what_limits_and_key_numbers(root):
    status, headers, html = get(root, "/")
    assert status == 200 and "Study &lt;of&gt; amplitudes" in html
    assert "default-src 'none'" in headers["Content-Security-Policy"] and "script" not in html.casefold()
    for column in (*AXES, "outcome", "limiting_check", "safe_amplitude_mA.ch1", "impedance.ch1.ohm"):
        assert f">{column}</a>" in html
    cells = [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[dh][ >].*?</t[dh]>", html.split("<tbody>")[1])]
    assert cells[:6] == [
        "a1",
        "10",
        "caution",
        "iec-60601-2-10/output-rms-up-to-400Hz",
        "ch1",
        "0.972",
    ]  # 1 - 10 √0.02 / 50
    assert "5 of 5 rows" in html


def test_filter_and_order_stand_in_the_address(root):
    html = get(root, "/?outcome=caution&sort=channels.ch1.amplitude_mA&order=down")[2]
    assert "2 of 5 rows" in html and html.index(">a1<") < html.index(">a2<") and ">a3<" not in html
    assert 'aria-sort="descending"' in html and '<option value="caution" selected>' in html
    assert "order=up" in re.search(r'href="([^"]*)">channels.ch1.amplitude_mA<', html)[1]  # the other way round
    status, _, html = get(root, "/?where=nothing%3C3%22%3E%3Cscript%3E")
    assert status == 200 and 'role="alert"' in html and "<script" not in html


def test_many_rows_come_in_pages(tmp_path, analytic_folder):
    root = write_study(tmp_path / "long", analytic_folder, more=240)
    html = get(root, "/?page=3")[2]
    assert "245 of 245 rows, page 3 of 3" in html and html.count('<th scope="row">') == 45
    assert "page=2" in html and "page=4" not in html
    assert "page 3 of 3" in get(root, "/?page=99")[2]


def test_a_case_with_fields_opens_as_a_run(root, monkeypatch):
    started = []

    async def starts(folder, links):
        started.append((folder, links))
        return Child(None, 1, "secret")

    monkeypatch.setattr(sessions, "start_child", starts)
    monkeypatch.setattr(Child, "end", lambda self: asyncio.sleep(0))
    monkeypatch.setattr(Child, "ended", False)
    status, headers, _ = get(root, "/case/a1")
    assert status == 302 and re.match(r"/s/\w+/index.html\?", headers["Location"])
    assert started == [(root / "cases" / "a1", {"← back to the study": "/", "tables": "/case/a1/tables"})]


def test_a_closed_page_makes_room_for_another(root, monkeypatch):
    ended = []

    async def starts(*_):
        return Child(None, 1, "secret")

    async def ends(child):
        ended.append(child)

    async def visit():
        async with visiting(root, most=2) as (client, pages):
            for _ in range(2):
                assert (await client.get("/case/a1", allow_redirects=False)).status == 302
            assert (await client.get("/case/a1", allow_redirects=False)).status == 503
            first, second = pages.children.values()
            first.left = True
            assert (await client.get("/case/a1", allow_redirects=False)).status == 302
            assert ended == [first] and second in pages.children.values() and len(pages.children) == 2

    monkeypatch.setattr(sessions, "start_child", starts)
    monkeypatch.setattr(Child, "end", ends)
    monkeypatch.setattr(Child, "ended", False)
    asyncio.run(visit())


def test_a_page_that_was_loaded_anew_is_open(root, monkeypatch):
    async def echo(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data)
        return socket

    async def visit():
        drawing = web.Application()
        drawing.router.add_get("/ws", echo)
        async with TestServer(drawing) as process, visiting(root, most=1) as (client, pages):

            async def starts(*_):
                return Child(None, process.port, "secret")

            monkeypatch.setattr(sessions, "start_child", starts)
            await client.get("/case/a1", allow_redirects=False)
            (name,) = pages.children
            for _ in range(2):
                socket = await client.ws_connect(f"/s/{name}/ws")
                await socket.send_str("still there?")
                assert (await socket.receive_str()) == "still there?"
                open_one = (await client.get("/case/a1", allow_redirects=False)).status
                assert open_one == 503 and list(pages.children) == [name]
                await socket.close()

    monkeypatch.setattr(Child, "ended", False)
    monkeypatch.setattr(Child, "end", lambda self: asyncio.sleep(0))
    asyncio.run(visit())


def test_a_case_without_fields_opens_as_tables(root):
    status, headers, _ = get(root, "/case/a2")
    assert status == 302 and headers["Location"] == "/case/a2/tables"
    status, headers, html = get(root, "/case/a2/tables")
    assert status == 200 and "script" not in html.casefold()
    assert "faradic sweep run STUDY --fields" in html and 'href="/"' in html
    assert "electrode-mean-density" in html and "Contact area" in html and "Solver" in html
    assert "channels.ch1.amplitude_mA = 9.0" in html


def test_a_failed_and_a_missing_case_say_so(root):
    html = get(root, "/case/a4/tables")[2]
    assert "Failed: solver" in html and "solver: no convergence" in html and "last words &lt;here&gt;" in html
    assert "Not computed yet" in get(root, "/case/a5/tables")[2]


@pytest.mark.parametrize(
    "path",
    [
        "/case/zz",
        "/case/zz/tables",
        "/case/..%2f..%2fetc/tables",
        "/case/a1%2f..%2fa2/tables",
        "/case/linked/tables",
        "/case/a1/file/fields.vtu",
        "/case/a1/file/log.txt",
        "/case/a1/file/..%2f..%2f..%2fsecret.json",
        "/case/..%2f..%2f/file/secret.json",
        "/case/a2/file/report.html",
        "/file/results.csv",
        "/file/study.json",
        "/study.json",
        "/results.csv",
    ],
)
def test_nothing_else_of_the_study_is_served(root, path):
    status, _, body = get(root, path)
    assert status == 404 and "outside" not in body and "root:" not in body


def test_named_files_of_its_cases_are_served(root):
    status, headers, body = get(root, "/case/a1/file/result.json")
    assert status == 200 and json.loads(body)["title"] == CASE["title"]
    assert "sandbox" in headers["Content-Security-Policy"]


def test_a_link_that_takes_the_place_of_a_case_is_not_followed(root):
    kept = root / "cases" / "a2"
    kept.rename(root / "kept")
    outside = root.parent / "outside"
    shutil.copytree(root / "kept", outside)
    kept.symlink_to(outside)
    try:
        assert get(root, "/case/a2/tables")[0] == 404
        assert get(root, "/case/a2/file/result.json")[0] == 404
    finally:
        kept.unlink()
        shutil.rmtree(outside)
        (root / "kept").rename(kept)


def test_without_the_token_a_study_shows_nothing(root):
    async def visit():
        async with TestClient(
            TestServer(application(subject_of(root), Guard("token", "127.0.0.1"), sessions.Sessions(1)))
        ) as client:
            return [(await client.get(path)).status for path in ("/", "/?token=wrong", "/case/a1", "/case/a2/tables")]

    assert asyncio.run(visit()) == [403] * 4


def test_a_table_that_was_made_anew_is_read_anew(tmp_path, analytic_folder):
    root = write_study(tmp_path / "changing", analytic_folder)
    served = ServedStudy(root)
    assert len(served.contents()[1]) == 5
    with sqlite3.connect(root / "index.sqlite") as database:
        database.execute("DELETE FROM cases WHERE \"case\" = 'a5'")
    database.close()
    assert len(served.contents()[1]) == 4


def test_folders_that_are_no_study_are_named(tmp_path):
    (tmp_path / "study.json").write_text('{"title": "x", "extents": [], "samples": null, "entries": []}')
    with pytest.raises(StudyError, match=r"found no index.sqlite; accepted: .* faradic sweep collect"):
        subject_of(tmp_path)


def test_files_of_another_version_are_one_line(root):
    path = root / "cases" / "a3" / "verdict.json"
    kept = path.read_bytes()
    path.write_text('{"overall": "fine"}')
    try:
        status, _, body = get(root, "/case/a3/tables")
        assert status == 500 and body.startswith("cases/a3: files that cannot be read") and body.count("\n") == 1
    finally:
        path.write_bytes(kept)


def test_results_of_another_version_are_one_line(root):
    path = root / "cases" / "a3" / "result.json"
    kept = path.read_bytes()
    result = json.loads(kept)
    for key in ("notes", "probes", "versions"):
        path.write_text(json.dumps({name: value for name, value in result.items() if name != key}))
        status, _, body = get(root, "/case/a3/tables")
        path.write_bytes(kept)
        assert status == 500 and body.startswith("cases/a3: files that cannot be read") and body.count("\n") == 1


def test_a_table_that_is_gone_is_one_line(tmp_path, analytic_folder):
    folder = write_study(tmp_path / "study", analytic_folder)

    async def visit():
        async with visiting(folder) as (client, _):
            (folder / "index.sqlite").rename(folder / "kept.sqlite")
            return [await (await client.get(path)).text() for path in ("/", "/case/a1/tables")]

    for text in asyncio.run(visit()):
        assert "found no index.sqlite" in text and text.count("\n") == 1
