"""The page in the browser: who gets in, what is never served, and that controls do what they say."""

import asyncio
import http.client
import math
import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp.test_utils import TestClient, TestServer
from study_folder import write_study

from sim.view.errors import ViewError
from sim.view.quantities import DENSITY
from sim.view.serving import sessions
from sim.view.serving.front import ServedRun, application, serve
from sim.view.serving.guard import Guard, is_loopback
from sim.view.serving.page import Page

LOUD = math.log10(50.0)  # on the slider: fifty times, beyond 50 mA r.m.s. of IEC 60601-2-10
SERVE = """
import argparse, sys
from sim.view.commands import add_commands
parser = argparse.ArgumentParser()
add_commands(parser.add_subparsers(), lambda command: None)
options = parser.parse_args(["serve", sys.argv[1], "--port", "0", "--sessions", "2"])
options.work(options)
"""


@pytest.fixture(scope="module")
def folder(analytic_folder, tmp_path_factory):
    copy = tmp_path_factory.mktemp("serve") / "run"
    shutil.copytree(analytic_folder, copy)
    (copy / "report.html").write_text("<p>the report</p>")
    (copy / "notes.txt").write_text("private")
    secret = copy.parent / "secret.json"
    secret.write_text("outside")
    (copy / "result.link.json").symlink_to(secret)
    return copy


@pytest.fixture(scope="module")
def server(folder):
    """Address and token of a running server."""
    with running(folder) as found:
        yield found


@contextmanager
def running(folder):
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(folder)], stdout=subprocess.PIPE, text=True, env=os.environ.copy()
    )
    try:
        address = urlsplit(process.stdout.readline().strip())
        yield address.hostname, address.port, parse_qs(address.query)["token"][0]
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def ask(server, path, token=None, method="GET", **headers):
    """Status, headers and body; the path goes out as it stands."""
    connection = http.client.HTTPConnection(server[0], server[1], timeout=120)
    if token is not None:
        headers["Cookie"] = cookie(server, token)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


def cookie(server, token):
    status, headers, _ = ask(server, f"/?token={server[2]}")
    assert status == 302
    name = headers["Set-Cookie"].split("=", 1)[0]
    return f"{name}={token}"


def test_it_listens_on_this_machine_alone(server):
    assert server[0] == "127.0.0.1"
    with open("/proc/net/tcp") as file:
        listening = [line.split()[1] for line in file if line.split()[3] == "0A"]
    assert f"0100007F:{server[1]:04X}" in listening
    assert f"00000000:{server[1]:04X}" not in listening


@pytest.mark.parametrize("path", ["/", "/?token=wrong", "/file/report.html", "/s/x/index.html", "/nothing"])
def test_without_the_token_nothing_is_shown(server, path):
    status, _, body = ask(server, path)
    assert status == 403 and b"report" not in body
    assert ask(server, path, token="wrong")[0] == 403


def test_token_becomes_a_cookie_that_scripts_cannot_read(server):
    status, headers, _ = ask(server, f"/?token={server[2]}")
    assert status == 302 and headers["Location"] == "/"
    assert "HttpOnly" in headers["Set-Cookie"] and "SameSite=Strict" in headers["Set-Cookie"]
    assert headers["Referrer-Policy"] == "no-referrer"


def test_report_files_are_served_by_name(server):
    status, headers, body = ask(server, "/file/report.html", token=server[2])
    assert status == 200 and body == b"<p>the report</p>"
    assert "sandbox" in headers["Content-Security-Policy"] and headers["X-Content-Type-Options"] == "nosniff"
    assert ask(server, "/file/result.json", token=server[2])[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/file/notes.txt",
        "/file/result.link.json",
        "/file/fields.vtu",
        "/file/../secret.json",
        "/file/..%2fsecret.json",
        "/file/%2e%2e/secret.json",
        "/file/%2fetc%2fpasswd",
        "/file//etc/passwd",
        "/../../../../etc/passwd",
        "/s/../../etc/passwd",
        "/s/x/..%2f..%2f..%2fetc%2fpasswd",
    ],
)
def test_nothing_else_is_served(server, path):
    status, _, body = ask(server, path, token=server[2])
    assert status in (403, 404, 410)
    assert b"root:" not in body and b"outside" not in body and b"private" not in body


def test_a_link_under_a_known_name_is_not_followed(server, folder):
    (folder / "verdict.json").rename(folder / "verdict.kept")
    (folder / "verdict.json").symlink_to(folder.parent / "secret.json")
    try:
        status, _, body = ask(server, "/file/verdict.json", token=server[2])
        assert status == 404 and b"outside" not in body
    finally:
        (folder / "verdict.json").unlink()
        (folder / "verdict.kept").rename(folder / "verdict.json")


def test_other_names_and_origins_are_refused(server):
    assert ask(server, "/file/report.html", token=server[2], Host="evil.example")[0] == 403
    assert ask(server, "/file/report.html", token=server[2], Origin="http://evil.example")[0] == 403
    for host in ("[", "127.0.0.1:x", ""):
        assert ask(server, "/file/report.html", token=server[2], Host=host)[0] in (400, 403)
    own = f"http://{server[0]}:{server[1]}"
    assert ask(server, "/file/report.html", token=server[2], Origin=own)[0] == 200


def test_pages_of_other_ports_cannot_embed_it(server):
    """They share the cookies of this one."""
    for site in ("same-site", "cross-site"):
        fetched = {"Sec-Fetch-Site": site, "Sec-Fetch-Dest": "image"}
        assert ask(server, "/file/report.html", token=server[2], **fetched)[0] == 403
    assert ask(server, "/", token=server[2], method="HEAD")[0] == 405  # would start a process
    opened = {"Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "document"}
    assert ask(server, "/file/report.html", token=server[2], **opened)[0] == 200


def test_a_cookie_that_is_no_text_is_refused(server):
    name = cookie(server, "x").partition("=")[0]
    assert ask(server, "/file/report.html", Cookie=f"{name}=\xff")[0] == 403


def test_each_browser_has_a_process_of_its_own(server):
    places = []
    for _ in range(2):
        status, headers, _ = ask(server, "/", token=server[2])
        assert status == 302
        places.append(urlsplit(headers["Location"]))
    assert places[0].path != places[1].path
    secrets = [parse_qs(place.query)["secret"][0] for place in places]
    assert secrets[0] != secrets[1] and "wslink-secret" not in secrets
    status, _, body = ask(server, places[0].path, token=server[2])
    assert status == 200 and b"<!doctype html>" in body.lower()
    assert ask(server, places[0].path)[0] == 403
    session = places[0].path.rsplit("/", 1)[0]
    assert ask(server, f"{session}/..%2f..%2fetc/passwd", token=server[2])[0] == 404
    assert ask(server, f"{session}/assets/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd", token=server[2])[0] in (403, 404)
    status, _, body = ask(server, "/", token=server[2])
    assert status == 503 and b"2 pages are open" in body


def test_a_process_that_does_not_start_is_said(folder, monkeypatch):
    async def fails(*_):
        raise ViewError("serve: the process that draws has ended")

    async def visit():
        guard, pages = Guard("token", "127.0.0.1"), sessions.Sessions(2)
        async with TestClient(TestServer(application(ServedRun(folder), guard, pages))) as client:
            answer = await client.get("/", headers={"Cookie": f"{guard.cookie}=token"})
            return answer.status, await answer.text(), pages.children

    monkeypatch.setattr(sessions, "start_child", fails)
    status, text, children = asyncio.run(visit())
    assert status == 503 and text == "serve: the process that draws has ended\n" and not children


def test_folders_without_a_run_and_taken_ports_are_named(tmp_path, folder):
    with pytest.raises(ViewError, match=r"found no case.json, .*; accepted: the folder of a finished run"):
        serve(tmp_path, "127.0.0.1", 0, 2)
    with pytest.raises(ViewError, match="--port: found 70000; accepted: 0 to 65535"):
        serve(folder, "127.0.0.1", 70000, 2)
    with pytest.raises(ViewError, match="--sessions: found 0; accepted: 1 to 64"):
        serve(folder, "127.0.0.1", 0, 0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="address already in use"):
            serve(folder, "127.0.0.1", taken.getsockname()[1], 2)


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("localhost", True), ("[::1]", True), ("0.0.0.0", False), ("127.0.0.1.evil.example", False)],
)
def test_what_counts_as_this_machine(host, own):
    assert is_loopback(host) is own


@pytest.fixture
def page(analytic):
    made = Page(analytic, {"report": "/file/report.html"})
    yield made
    made.plotter.close()


def actors(page):
    return page.plotter.renderers[0].actors


def test_page_holds_the_tables(page, analytic):
    assert page.state.verdict == "! CAUTION"
    assert len(page.state.checks) == sum(c.outcome != "not_applicable" for c in analytic.verdict.checks)
    assert [e["name"] for e in page.state.electrodes] == ["left", "right"]
    assert page.state.electrodes[0]["values"][2:] == ["4", "4", "4"]
    assert page.state.renderer


def test_amplitude_moves_fields_tables_and_verdict(page, analytic):
    page.state.factor_0 = LOUD
    page.on_factor()
    assert page.state.electrodes[0]["values"][2] == "200"
    assert page.state.amplitude_words == ["500 mA"]
    assert page.scene.run.verdict.overall == "exceeded" and page.state.verdict == "✕ EXCEEDED"
    assert DENSITY.of(page.scene.run).max() == pytest.approx(50.0 * DENSITY.of(analytic).max())
    page.state.factor_0 = 0.0
    page.on_factor()
    assert page.state.verdict == "! CAUTION" and page.state.problem == ""


def test_controls_do_what_they_say(page):
    page.state.clip, page.state.place = "x", 0.25
    page.on_planes()
    assert actors(page)["field 2 0"].bounds[1] == pytest.approx(-20.0, abs=1e-3)  # a quarter of -40 to 40 mm
    page.state.clip, page.state.slice = "none", "z"
    page.on_planes()
    assert actors(page)["slice 0"].bounds[4] == pytest.approx(-15.0, abs=1e-3)
    page.state.slice, page.state.lines = "none", "left"
    page.on_planes()
    page.on_lines()
    assert "streamlines 0" in actors(page)
    page.state.opacity_0 = 0.0
    page.on_opacity()
    assert "field 0 0" not in actors(page)
    page.state.quantity = "E"
    page.on_quantity()
    assert page.scene.shown.quantity.array == "E"
    page.state.probe_x, page.state.probe_y, page.state.probe_z = 10.0, 2.0, -10.0
    page.on_probe()
    assert "potential: -1 V" in page.state["values"]


@pytest.mark.parametrize(
    ("changes", "handler", "text"),
    [
        ({"quantity": "../../etc"}, "on_quantity", "found '../../etc'; accepted: J_rms"),
        ({"clip": "w"}, "on_planes", "found 'w'; accepted: through the pads"),
        ({"lines": "up"}, "on_lines", "found 'up'; accepted: left, right"),
        ({"view": "inside"}, "on_view", "found 'inside'; accepted: front above"),
        ({"factor_0": 9.0}, "on_factor", "accepted: 0.01 to 100"),
        ({"probe_x": "1; import os"}, "on_probe", "could not convert string to float"),
        ({"opacity_0": 3.0}, "on_opacity", "found 3; accepted: 0 to 1"),
    ],
)
def test_what_a_browser_sends_is_checked(page, changes, handler, text):
    for name, value in changes.items():
        page.state[name] = value
    getattr(page, handler)()
    assert text in page.state.problem


def test_two_pages_have_their_own_state(analytic):
    one, other = Page(analytic, {}), Page(analytic, {})
    try:
        one.state.factor_0 = LOUD
        one.on_factor()
        assert one.state.verdict != other.state.verdict
        assert other.scene.run is analytic and other.state.factor_0 == 0.0
    finally:
        one.plotter.close()
        other.plotter.close()


CHROMIUM = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/google-chrome")


@pytest.fixture(scope="module")
def chromium():
    """A real browser."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next((path for path in CHROMIUM if Path(path).exists()), None)
    if found is None:
        pytest.skip("no chromium is installed")
    arguments = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@contextmanager
def visit(chromium, server, path=None):
    """A page of a browser of its own, on which nothing may go wrong."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"http://{server[0]}:{server[1]}/?token={server[2]}" if path is None else path)
    yield page
    context.close()
    assert wrong == []


def picture_changes(page, before):
    """Wait until the picture is another one, and at rest; its bytes."""
    for _ in range(120):
        page.wait_for_timeout(250)
        now = shown_picture(page)
        if now != before and now == shown_picture(page):
            return now
    raise AssertionError("the picture stays the same")


def shown_picture(page):
    return page.locator("main img").first.screenshot()


def press(locator, key):
    locator.focus()
    locator.press(key)


def choose(page, id, words):
    page.locator(f".v-select:has(#{id})").click()
    page.locator(f".v-overlay--active .v-list-item >> text='{words}'").first.click()


def test_in_a_browser(chromium, folder):
    """Two browsers: the picture follows the controls, the verdict the amplitude, in one of them alone."""
    with running(folder) as server, visit(chromium, server) as page, visit(chromium, server) as other:
        for each in (page, other):
            each.wait_for_selector("#verdict >> text=CAUTION", timeout=60_000)
            assert "secret" not in each.url and "token" not in each.url
            each.wait_for_selector("main img", timeout=60_000)
        start = picture_changes(page, b"")
        choose(page, "clip", "x")
        cut = picture_changes(page, start)
        choose(page, "quantity", "field E at the peak of the first channel in V/m")
        picture_changes(page, cut)
        press(page.locator(".v-slider-thumb").first, "End")  # a hundred times the amplitude
        page.wait_for_selector("#verdict >> text=EXCEEDED", timeout=60_000)
        assert "EXCEEDED" not in other.inner_text("#verdict")
        loud = picture_changes(page, cut)
        choose(page, "when", "at time t")
        page.wait_for_selector("#now >> text=t = 0 µs", timeout=60_000)
        instant = picture_changes(page, loud)
        press(page.locator(".v-slider:has(#time) .v-slider-thumb").first, "End")
        page.wait_for_selector("#now >> text=t = 640 µs: ch1 +0 µA", timeout=60_000)
        picture_changes(page, instant)
        assert other.locator("#now").count() == 0
        assert page.locator("#problem").count() == 0


def test_a_browser_without_the_token_sees_nothing(chromium, server):
    context = chromium.new_context()
    page = context.new_page()
    for path in ("/", "/?token=wrong", "/file/report.html", "/file/..%2fsecret.json"):
        answer = page.goto(f"http://{server[0]}:{server[1]}{path}")
        assert answer.status == 403 and "A token is needed" in page.inner_text("body")
    page.goto(f"http://{server[0]}:{server[1]}/file/report.html?token={server[2]}")
    assert "A token is needed" in page.inner_text("body")  # it is taken at the first address alone
    context.close()


def test_a_study_in_a_browser(chromium, tmp_path, analytic_folder):
    root = write_study(tmp_path / "study", analytic_folder)
    with running(root) as server, visit(chromium, server) as page:
        assert "5 of 5 rows" in page.inner_text("#found") and "token" not in page.url
        page.select_option("[name=outcome]", "caution")
        page.fill("[name=where]", "channels.ch1.amplitude_mA<9.5")
        page.click("button")
        assert "1 of 5 rows" in page.inner_text("#found") and page.locator("#cases tbody tr").count() == 1
        page.locator("#cases tbody td").nth(3).click(force=True)  # anywhere in the row: its link covers it
        assert page.url.endswith("/case/a2/tables") and page.locator("#no-fields").count() == 1
        page.click("text=back to the study")
        page.click("thead >> text=channels.ch1.amplitude_mA")
        assert page.locator("#cases tbody th").all_inner_texts() == ["a2", "a1", "a4", "a5", "a3"]
        page.click("tbody >> text=a1")
        page.wait_for_selector("#verdict >> text=CAUTION", timeout=60_000)
        page.wait_for_selector("main img", timeout=60_000)
        assert page.get_attribute("a:has-text('back to the study')", "href") == "/"
        for path in ("/case/a1/file/..%2f..%2f..%2fsecret.json", "/case/..%2f..%2fsecret.json/tables"):
            answer = page.request.get(f"http://{server[0]}:{server[1]}{path}")
            assert answer.status == 404 and "outside" not in answer.text()
