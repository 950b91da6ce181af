"""A process that draws for one browser, as the front sees it."""

import asyncio
import json
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from sim.view.errors import ViewError

PATIENCE_S = 120.0


@dataclass
class Child:
    """A process that draws.

    Parameters
    ----------
    process, port, secret
        Its web socket listens on this port of the loopback interface, and asks for the secret.
    watching
        Web sockets of its browser that are open.
    left
        Whether its browser has been there and has gone.
    """

    process: asyncio.subprocess.Process
    port: int
    secret: str
    watching: int = 0
    left: bool = False

    @property
    def address(self) -> str:
        """Of its pages."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ended(self) -> bool:
        """Whether it is gone: it ends itself when its browser has been away for a while."""
        return self.process.returncode is not None

    async def end(self) -> None:
        """End it: it does so when its input closes."""
        if self.ended:
            return
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), 5.0)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


async def start_child(folder: Path, links: dict[str, str]) -> Child:
    """Start a process for a run, with links to other pages, and wait until it listens.

    Raises
    ------
    ViewError
        If it ends instead.
    """
    secret = secrets.token_urlsafe(24)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sim.view.serving.session",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if not name.startswith(("TRAME_", "WSLINK_"))},
    )
    assert process.stdin is not None and process.stdout is not None
    # Not as arguments: these can be read by every user of the machine.
    process.stdin.write(json.dumps({"run": str(folder), "links": links, "secret": secret}).encode() + b"\n")
    await process.stdin.drain()
    try:
        port = await asyncio.wait_for(_port(process.stdout), PATIENCE_S)
    except TimeoutError as error:
        process.kill()
        raise ViewError(f"serve: no page within {PATIENCE_S:g} s") from error
    asyncio.get_running_loop().create_task(_drain(process.stdout)).add_done_callback(lambda task: task.exception())
    return Child(process, port, secret)


async def _port(stdout: asyncio.StreamReader) -> int:
    while line := await stdout.readline():
        if line.startswith(b"PORT "):
            return int(line.split()[1])
    raise ViewError("serve: the process that draws has ended; its last words are above")


async def _drain(stdout: asyncio.StreamReader) -> None:
    while await stdout.read(65536):
        pass
