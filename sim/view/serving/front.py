"""The front of ``faradic serve``: it checks the token, starts a process for each browser, and passes on what they say.

The processes that draw listen on the loopback interface alone, each with a secret of its own. Nothing is read from the
disk here but the report files of the run folder, by name.
"""

import asyncio
import hmac
import ipaddress
import secrets
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from aiohttp import ClientSession, WSMsgType, web
from aiohttp.typedefs import Handler

from sim.view.errors import ViewError
from sim.view.headless import renderer
from sim.view.run import open_run
from sim.view.serving.child import Child, start_child

FILES = {
    "report.html": "text/html",
    "result.json": "application/json",
    "verdict.json": "application/json",
    "case.json": "application/json",
}
NEEDED = ("trame", "trame_vtk", "trame_vuetify", "vtkmodules.vtkWebCore", "vtkmodules.web")
LARGEST = 64 * 1024**2  # bytes of a message between a browser and its process
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
PASSED_ON = ("Content-Type", "ETag", "Last-Modified")
CHILD = web.AppKey("client", ClientSession)


class Front:
    """The door of one run.

    Parameters
    ----------
    folder
        The run folder.
    token
        Without which nothing is shown.
    host
        On which it listens.
    sessions
        Browsers at a time.
    """

    def __init__(self, folder: Path, token: str, host: str, sessions: int) -> None:
        self.folder, self.token, self.host, self.sessions = folder.resolve(), token, host, sessions
        self.children: dict[str, Child] = {}
        self.starting = asyncio.Lock()

    def application(self) -> web.Application:
        """The routes, each behind the same checks."""
        app = web.Application(middlewares=[self.guard])
        app.router.add_get("/", self.enter)
        app.router.add_get("/file/{name}", self.file)
        app.router.add_get("/s/{session}/ws", self.talk)
        app.router.add_get("/s/{session}/{path:.*}", self.fetch)
        app.cleanup_ctx.append(self._client)
        app.on_shutdown.append(self._end_children)
        return app

    @property
    def cookie(self) -> str:
        """Name of the cookie that holds the token; ports of one host share cookies."""
        return f"faradic-{secret_name(self.token)}"

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse names of other hosts (DNS rebinding), pages of other origins, and whoever has no token."""
        if not self._is_own_host(request.url.host or ""):
            raise web.HTTPForbidden(text="unknown host name\n", headers=SAFE_HEADERS)
        origin = request.headers.get("Origin")
        if origin is not None and origin.split("://", 1)[-1] != request.headers.get("Host"):
            raise web.HTTPForbidden(text="unknown origin\n", headers=SAFE_HEADERS)
        if not (self._knows(request.cookies.get(self.cookie)) or self._enters_with_token(request)):
            text = "A token is needed: open the address that faradic serve has printed.\n"
            raise web.HTTPForbidden(text=text, headers=SAFE_HEADERS)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(SAFE_HEADERS)
            raise
        if not response.prepared:
            response.headers.update(SAFE_HEADERS)
        return response

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Take the token out of the address, then start a process for this browser and lead there."""
        if "token" in request.query:
            response = web.HTTPFound("/")
            response.set_cookie(self.cookie, self.token, httponly=True, samesite="Strict", path="/")
            return response
        async with self.starting:
            self._forget_ended()
            if len(self.children) >= self.sessions:
                raise web.HTTPServiceUnavailable(
                    text=f"{self.sessions} pages are open; close one, or start with more --sessions\n"
                )
            name = secrets.token_hex(8)  # the page makes its address lower case
            try:
                self.children[name] = await start_child(self.folder)
            except ViewError as error:
                raise web.HTTPServiceUnavailable(text=f"{error}\n") from error
        address = f"/s/{name}/index.html?sessionURL=ws://USE_HOST/s/{name}/ws&secret={self.children[name].secret}"
        return web.HTTPFound(address)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """One of the report files; a link that leads out of the run folder is not followed."""
        name = request.match_info["name"]
        path = self.folder / name
        if name not in FILES or not path.is_file() or path.resolve().parent != self.folder:
            raise web.HTTPNotFound()
        headers = {"Content-Security-Policy": "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"}
        return web.Response(body=path.read_bytes(), content_type=FILES[name], charset="utf-8", headers=headers)

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """Pages, styles and scripts of the process, none of which depend on the run."""
        child = self._child(request)
        path = request.match_info["path"]
        if ".." in path.split("/") or "\\" in path or "\0" in path:
            raise web.HTTPNotFound()
        async with request.app[CHILD].get(f"{child.address}/{path}", allow_redirects=False) as answer:
            headers = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
            return web.Response(status=answer.status, body=await answer.read(), headers=headers)

    async def talk(self, request: web.Request) -> web.StreamResponse:
        """Messages between a browser and its process."""
        child = self._child(request)
        browser = web.WebSocketResponse(max_msg_size=LARGEST, heartbeat=30.0)
        await browser.prepare(request)
        async with request.app[CHILD].ws_connect(
            f"{child.address}/ws", max_msg_size=LARGEST, origin=child.address
        ) as process:
            ways = [asyncio.create_task(_pass_on(browser, process)), asyncio.create_task(_pass_on(process, browser))]
            _, open_ways = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in open_ways:
                way.cancel()
        await browser.close()
        return browser

    def _child(self, request: web.Request) -> Child:
        child = self.children.get(request.match_info["session"])
        if child is None or child.ended:
            raise web.HTTPGone(text="This page has ended; reload the first address.\n")
        return child

    def _knows(self, given: str | None) -> bool:
        return given is not None and hmac.compare_digest(given.encode(), self.token.encode())

    def _enters_with_token(self, request: web.Request) -> bool:
        return request.path == "/" and self._knows(request.query.get("token"))

    def _is_own_host(self, name: str) -> bool:
        if not is_loopback(self.host):
            return True  # it has names that are not known here; the token decides
        return is_loopback(name)

    def _forget_ended(self) -> None:
        self.children = {name: child for name, child in self.children.items() if not child.ended}

    async def _client(self, app: web.Application):  # type: ignore[no-untyped-def]
        async with ClientSession() as session:
            app[CHILD] = session
            yield

    async def _end_children(self, _: web.Application) -> None:
        for child in self.children.values():
            await child.end()


async def _pass_on(source, sink) -> None:  # type: ignore[no-untyped-def]
    """Text and bytes from one web socket to another, until one closes."""
    async for message in source:
        if message.type == WSMsgType.TEXT:
            await sink.send_str(message.data)
        elif message.type == WSMsgType.BINARY:
            await sink.send_bytes(message.data)
        else:
            return


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def secret_name(token: str) -> str:
    """A few letters that tell cookies of different servers apart and say nothing about the token."""
    return hmac.new(token.encode(), b"cookie name", "sha256").hexdigest()[:8]


def serve(folder: Path, host: str, port: int, sessions: int) -> int:
    """Serve a run until it is interrupted.

    Raises
    ------
    ViewError
        If the folder holds no run, nothing can be drawn, or trame is not installed.
    OSError
        If the port is taken.
    """
    if not 1 <= sessions <= 64:
        raise ViewError(f"--sessions: found {sessions}; accepted: 1 to 64")
    require_trame()
    open_run(folder)
    renderer()
    with suppress(KeyboardInterrupt):  # the way to end it
        asyncio.run(_serve(folder, host, port, sessions))
    return 0


async def _serve(folder: Path, host: str, port: int, sessions: int) -> None:
    token = secrets.token_urlsafe(24)
    runner = web.AppRunner(Front(folder, token, host, sessions).application(), access_log=None)
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
