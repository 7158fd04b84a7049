"""WebKitGTK over WebDriver, in a screen that nobody sees."""

import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.browsers.tab import BrowserError, Tab, frame_in
from tests.portal_server import free_port

PACKAGES = ("webkit2gtk-driver", "xvfb")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
ANSWER_WITHIN = 60  # seconds
START_WITHIN = 20  # seconds


def find() -> str | None:
    """The driver, if it, a browser it can start and a screen are installed."""
    driver = shutil.which("WebKitWebDriver")
    return driver if driver and shutil.which("Xvfb") and _browser() else None


def _browser() -> Path | None:
    """The small browser that comes with the driver."""
    return next(Path("/").glob("usr/lib/*/webkit2gtk-4.*/MiniBrowser"), None)


class WebKitTab(Tab):
    """A tab of WebKit's small browser."""

    def __init__(self, client: httpx.Client) -> None:
        self._client, self._session = client, ""
        self._frame: dict[str, str] | None = None
        options = {"binary": str(_browser()), "args": ["--automation"]}
        asked = {"acceptInsecureCerts": True, "webkitgtk:browserOptions": options}
        made = self._send("POST", "", capabilities={"alwaysMatch": asked})
        self._session = f"/{made['sessionId']}"
        self._send("POST", "/window/rect", width=1300, height=1000)

    def _send(self, method: str, path: str, **body: Any) -> Any:
        content = json.dumps(body).encode() if method == "POST" else None
        answer = self._client.request(method, f"/session{self._session}{path}", content=content)
        value = answer.json()["value"]
        if not answer.is_success:
            raise BrowserError(f"{path}: {value['error']}: {value['message']}")
        return value

    def open(self, url: str) -> None:
        self._send("POST", "/url", url=url)

    def reload(self) -> None:
        self.leave_frame()
        self._send("POST", "/refresh")

    def run(self, script: str, *args: Any) -> Any:
        body = (
            f"const done = arguments[arguments.length - 1]; const args = {json.dumps(args)};"
            f"(async () => {{ {script} }})().then((value) => done({{value: value ?? null}}),"
            " (error) => done({error: String(error)}));"
        )
        told = self._send("POST", "/execute/async", script=body, args=[])
        if "error" in told:
            raise BrowserError(told["error"])
        return told["value"]

    def act(self, actions: list[dict[str, Any]]) -> None:
        """Points are those of the whole page to this driver, also in a frame."""
        left, top = self._frame_corner()
        for move in [step for one in actions for step in one["actions"] if "x" in step]:
            move["x"] += left
            move["y"] += top
        self._send("POST", "/actions", actions=actions)

    def _frame_corner(self) -> tuple[int, int]:
        if self._frame is None:
            return 0, 0
        self._send("POST", "/frame", id=None)
        script = "const { x, y } = arguments[0].getBoundingClientRect(); return [x, y];"
        x, y = self._send("POST", "/execute/sync", script=script, args=[self._frame])
        self._send("POST", "/frame", id=self._frame)
        return round(x), round(y)

    def enter_frame(self, host: str) -> None:
        script = f"return {frame_in(host)};"
        end = time.monotonic() + START_WITHIN
        while time.monotonic() < end:
            frame = self._send("POST", "/execute/sync", script=script, args=[])
            if frame:
                self._frame = {ELEMENT: frame[ELEMENT]}
                self._send("POST", "/frame", id=self._frame)
                return
            time.sleep(0.05)
        raise AssertionError(f"no frame in {host}")

    def leave_frame(self) -> None:
        self._frame = None
        self._send("POST", "/frame", id=None)

    def tabs(self) -> list[str]:
        return list(self._send("GET", "/window/handles"))

    def switch(self, tab: str) -> None:
        self._frame = None
        self._send("POST", "/window", handle=tab)

    @property
    def current(self) -> str:
        return str(self._send("GET", "/window"))

    def end(self) -> None:
        """Close the browser."""
        self._send("DELETE", "")


@contextmanager
def _screen() -> Iterator[str]:
    """A display of this run's own; the server chooses its number."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x1100x24"]
    process = subprocess.Popen(
        [*command, "-nolisten", "tcp"], pass_fds=[writing], stderr=subprocess.DEVNULL
    )
    os.close(writing)
    try:
        yield f":{os.read(reading, 20).decode().strip()}"
    finally:
        os.close(reading)
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def webkit() -> Iterator[Tab]:
    """A WebKit of its own, with nothing in it."""
    driver = find()
    assert driver
    port = free_port()
    with _screen() as display:
        process = subprocess.Popen(
            [driver, f"--port={port}"],
            env={**os.environ, "DISPLAY": display, "GDK_BACKEND": "x11"},
            stderr=subprocess.DEVNULL,
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=ANSWER_WITHIN) as client:
                _wait_for(client)
                tab = WebKitTab(client)
                try:
                    yield tab
                finally:
                    with contextlib.suppress(BrowserError, httpx.HTTPError):
                        tab.end()
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_for(client: httpx.Client) -> None:
    end = time.monotonic() + START_WITHIN
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if client.get("/status").is_success:
                return
        time.sleep(0.05)
    raise AssertionError("WebKit's driver did not start.")
