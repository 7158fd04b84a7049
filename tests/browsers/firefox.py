"""Firefox over WebDriver BiDi, which it speaks by itself: no driver stands between."""

import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simple_websocket import Client

from tests.browsers.tab import BrowserError, Tab, frame_in

NAMES = ("firefox-esr", "firefox")
PACKAGES = ("firefox-esr",)
START_WITHIN = 30  # seconds
ANSWER_WITHIN = 30  # seconds
SPEAKS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


def find() -> str | None:
    """The program, if it is installed."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class _Socket(Client):
    """Names the port, too, in its request: Firefox talks to nobody who leaves it out."""

    def handshake(self) -> None:
        self.host = f"{self.host}:{self.port}"
        super().handshake()


class FirefoxTab(Tab):
    """A tab of a Firefox; each of its frames is a browsing context of its own."""

    def __init__(self, socket: Client) -> None:
        self._socket = socket
        self._last = 0
        asked = {"alwaysMatch": {"acceptInsecureCerts": True}}
        self._send("session.new", capabilities=asked)
        self._tab = self._context = self.tabs()[0]
        size = {"width": 1280, "height": 900}
        self._send("browsingContext.setViewport", context=self._tab, viewport=size)

    def _send(self, method: str, **params: Any) -> Any:
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": params}))
        while (text := self._socket.receive(ANSWER_WITHIN)) is not None:
            answer = json.loads(text)
            if answer.get("id") != self._last:
                continue  # an event, or an answer nobody waits for any more
            if answer["type"] == "error":
                raise BrowserError(f"{method}: {answer['message']}")
            return answer["result"]
        raise BrowserError(f"{method} was not answered")

    def open(self, url: str) -> None:
        self._send("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def reload(self) -> None:
        self.leave_frame()
        self._send("browsingContext.reload", context=self._tab, wait="complete")

    def run(self, script: str, *args: Any) -> Any:
        body = f"const args = {json.dumps(args)}; {script}"
        told = self._send(
            "script.evaluate",
            expression=f"(async () => {{ {body} }})().then((one) => JSON.stringify(one ?? null))",
            target={"context": self._context},
            awaitPromise=True,
            userActivation=False,
        )
        if told["type"] == "exception":
            raise BrowserError(told["exceptionDetails"]["text"])
        return json.loads(told["result"]["value"])

    def act(self, actions: list[dict[str, Any]]) -> None:
        self._send("input.performActions", context=self._context, actions=actions)

    def enter_frame(self, host: str) -> None:
        src = f"return {frame_in(host)}?.src;"
        url = self.wait(f"no frame in {host}", src)
        origin = "/".join(url.split("/")[:3])
        end = time.monotonic() + START_WITHIN
        while time.monotonic() < end:
            tree = self._send("browsingContext.getTree", root=self._tab)["contexts"][0]
            for child in tree["children"]:
                if child["url"].startswith(origin):
                    self._context = child["context"]
                    return
            time.sleep(0.05)
        raise AssertionError(f"the frame of {host} has no page of {origin}")

    def leave_frame(self) -> None:
        self._context = self._tab

    def tabs(self) -> list[str]:
        found = self._send("browsingContext.getTree", maxDepth=0)["contexts"]
        return [one["context"] for one in found]

    def switch(self, tab: str) -> None:
        self._tab = self._context = tab
        self._send("browsingContext.activate", context=tab)

    @property
    def current(self) -> str:
        return self._tab


@contextmanager
def firefox() -> Iterator[Tab]:
    """A Firefox of its own, with nothing in it, without a window."""
    program = find()
    assert program
    with tempfile.TemporaryDirectory(prefix="portal-firefox-") as profile:
        log = Path(profile) / "log"
        command = [program, "--headless", "--no-remote", "--profile", profile]
        with log.open("w") as output:
            process = subprocess.Popen(
                [*command, "--remote-debugging-port", "0", "about:blank"],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            socket = _Socket(f"{_address(process, log)}/session", max_message_size=None)
            try:
                yield FirefoxTab(socket)
            finally:
                socket.close()
        finally:
            process.terminate()
            process.wait(timeout=20)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + START_WITHIN
    while time.monotonic() < end and process.poll() is None:
        if found := SPEAKS.search(log.read_text(errors="replace")):
            return found[1]
        time.sleep(0.05)
    raise AssertionError(f"Firefox did not start:\n{log.read_text(errors='replace')}")
