"""Processes that draw, one for each page that is open, and what passes between them and the browsers.

They listen on the loopback interface alone, each with a secret of its own.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from aiohttp import ClientSession, WSMsgType, web

from sim.view.errors import ViewError
from sim.view.serving.child import Child, start_child

LARGEST = 64 * 1024**2  # bytes of a message between a browser and its process
PASSED_ON = ("Content-Type", "ETag", "Last-Modified")
CLIENT = web.AppKey("client", ClientSession)


class Sessions:
    """The pages that are open.

    Parameters
    ----------
    most
        At a time.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.children: dict[str, Child] = {}
        self.starting = asyncio.Lock()
        self._ahead: tuple[Path, dict[str, str], asyncio.Task[Child]] | None = None

    def add_to(self, app: web.Application) -> None:
        """Add the routes of the pages."""
        app.router.add_get("/s/{session}/ws", self.talk)
        app.router.add_get("/s/{session}/{path:.*}", self.fetch)
        app.cleanup_ctx.append(self._client)
        app.on_shutdown.append(self._end_children)

    def start_ahead(self, folder: Path, links: dict[str, str]) -> None:
        """Start the process of the page that will be opened first."""
        self._ahead = folder, links, asyncio.create_task(start_child(folder, links))

    async def open(self, folder: Path, links: dict[str, str]) -> str:
        """Start a process for a run; the address of its page. One whose page was closed makes room.

        Parameters
        ----------
        folder
            The run folder.
        links
            Addresses by their words, at the top of the page.

        Raises
        ------
        aiohttp.web.HTTPServiceUnavailable
            If too many pages are open, or the process ends at once.
        """
        async with self.starting:
            await self._make_room()
            if len(self.children) >= self.most:
                raise web.HTTPServiceUnavailable(
                    text=f"{self.most} pages are open; close one, or start with more --sessions\n"
                )
            name = secrets.token_hex(8)  # the page makes its address lower case
            try:
                self.children[name] = await self._started(folder, links)
            except ViewError as error:
                raise web.HTTPServiceUnavailable(text=f"{error}\n") from error
        return f"/s/{name}/index.html?sessionURL=ws://USE_HOST/s/{name}/ws&secret={self.children[name].secret}"

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """Pages, styles and scripts of the process, none of which depend on the run."""
        child = self._child(request)
        path = request.match_info["path"]
        if ".." in path.split("/") or "\\" in path or "\0" in path:
            raise web.HTTPNotFound()
        async with request.app[CLIENT].get(f"{child.address}/{path}", allow_redirects=False) as answer:
            headers = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
            return web.Response(status=answer.status, body=await answer.read(), headers=headers)

    async def talk(self, request: web.Request) -> web.StreamResponse:
        """Messages between a browser and its process."""
        child = self._child(request)
        browser = web.WebSocketResponse(max_msg_size=LARGEST, heartbeat=30.0)
        await browser.prepare(request)
        child.watching += 1
        child.left = False
        try:
            async with request.app[CLIENT].ws_connect(
                f"{child.address}/ws", max_msg_size=LARGEST, origin=child.address
            ) as process:
                await _until_one_closes(browser, process)
        finally:
            child.watching -= 1
            child.left = child.watching == 0
        await browser.close()
        return browser

    async def _started(self, folder: Path, links: dict[str, str]) -> Child:
        """The process that was started ahead, if it is this one, or a new one."""
        if self._ahead is not None and self._ahead[:2] == (folder, links):
            task, self._ahead = self._ahead[2], None
            child = await task
            if not child.ended:  # it does not wait for ever
                return child
        return await start_child(folder, links)

    def _child(self, request: web.Request) -> Child:
        child = self.children.get(request.match_info["session"])
        if child is None or child.ended:
            raise web.HTTPGone(text="This page has ended; reload the first address.\n")
        return child

    async def _make_room(self) -> None:
        """Forget processes that have ended; where there are too many, end the one whose page was closed first."""
        self.children = {name: child for name, child in self.children.items() if not child.ended}
        closed = [name for name, child in self.children.items() if child.left]
        if len(self.children) >= self.most and closed:
            await self.children.pop(closed[0]).end()

    async def _client(self, app: web.Application) -> AsyncIterator[None]:
        async with ClientSession() as session:
            app[CLIENT] = session
            yield

    async def _end_children(self, _: web.Application) -> None:
        if self._ahead is not None:
            with suppress(ViewError):  # it did not start, and nobody has asked for it
                await (await self._ahead[2]).end()
        for child in self.children.values():
            await child.end()


async def _until_one_closes(browser, process) -> None:  # type: ignore[no-untyped-def]
    ways = [asyncio.create_task(_pass_on(browser, process)), asyncio.create_task(_pass_on(process, browser))]
    _, open_ways = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in open_ways:
        way.cancel()


async def _pass_on(source, sink) -> None:  # type: ignore[no-untyped-def]
    """Text and bytes from one web socket to another, until one closes."""
    async for message in source:
        if message.type == WSMsgType.TEXT:
            await sink.send_str(message.data)
        elif message.type == WSMsgType.BINARY:
            await sink.send_bytes(message.data)
        else:
            return
