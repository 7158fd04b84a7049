"""A browser's tab as a customer uses it, over whichever protocol its browser speaks."""

import json
import time
from abc import ABC, abstractmethod
from typing import Any

WITHIN = 15  # seconds
LOOK_EVERY = 0.05  # seconds
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004"}
CONTROL = "\ue009"

# What can be seen and named: by its label, its aria-label, or what is written on it.
FIND = """
const [css, name, exact] = args;
const words = (one) => [
  one.getAttribute("aria-label"),
  ...[...(one.labels ?? [])].map((label) => label.textContent),
  one.matches("input, select, textarea") ? "" : one.innerText ?? one.textContent,
].map((text) => (text ?? "").replace(/\\s+/g, " ").trim());
const fits = (one) => words(one).some((text) => (exact ? text === name : text.includes(name)));
const shows = (one) => getComputedStyle(one).visibility === "visible";
const seen = (one) => one.getClientRects().length > 0 && shows(one);
const found = [...document.querySelectorAll(css)].filter((one) => seen(one) && fits(one));
const one = found[0];
"""
# The middle of it, once it stands still, is enabled, and nothing lies over it.
PLACE = (
    FIND
    + """
if (!one || one.disabled || one.getAttribute("aria-disabled") === "true") return null;
const target = one.matches(".sr-only") && one.labels?.length ? one.labels[0] : one;
target.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
const place = () => target.getBoundingClientRect();
const before = place();
await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
const { x, y, width, height } = place();
if (before.x !== x || before.y !== y) return null;
const point = [Math.round(x + width / 2), Math.round(y + height / 2)];
const top = document.elementFromPoint(...point);
const own = [target, ...(one.labels ?? [])];
return own.some((part) => part.contains(top)) || top?.contains(target) ? point : null;
"""
)
COUNT = FIND + "return found.length > 0;"
CHOOSE = (
    FIND
    + """
const option = [...one.options].find((option) => option.textContent.trim() === args[3]);
Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(one, option.value);
one.dispatchEvent(new Event("change", { bubbles: true }));
"""
)


def frame_in(host: str) -> str:
    """The frame in the shadow of an element, as an expression of JavaScript."""
    return f"document.querySelector({json.dumps(host)})?.shadowRoot?.querySelector('iframe')"


class Tab(ABC):
    """A tab with a page, or one of its frames."""

    @abstractmethod
    def open(self, url: str) -> None:
        """Go to an address and wait until it is loaded."""

    @abstractmethod
    def reload(self) -> None:
        """Load the page anew."""

    @abstractmethod
    def run(self, script: str, *args: Any) -> Any:
        """What the body of an async function returns that is called with `args`; JSON both ways."""

    @abstractmethod
    def act(self, actions: list[dict[str, Any]]) -> None:
        """Do what a hand does, in the form of WebDriver's actions."""

    @abstractmethod
    def enter_frame(self, host: str) -> None:
        """Go on in the frame that the shadow of the element `host` (a selector) has."""

    @abstractmethod
    def leave_frame(self) -> None:
        """Go on in the page around the frame."""

    @abstractmethod
    def tabs(self) -> list[str]:
        """What the open tabs are called."""

    @abstractmethod
    def switch(self, tab: str) -> None:
        """Go on in another tab."""

    @property
    @abstractmethod
    def current(self) -> str:
        """What this tab is called."""

    def wait(self, told: str, script: str, *args: Any) -> Any:
        """Wait until a script gives something; `told` says what is missing otherwise."""
        end = time.monotonic() + WITHIN
        while time.monotonic() < end:
            if (value := self._try(script, *args)) is not None and value is not False:
                return value
            time.sleep(LOOK_EVERY)
        body = self._try("return document.body?.innerText;")
        raise AssertionError(f"{told} at {self._try('return location.href;')}:\n{body}")

    def _try(self, script: str, *args: Any) -> Any:
        """None while a page is on its way to another."""
        try:
            return self.run(script, *args)
        except BrowserError:
            return None

    def expect(self, css: str, name: str, *, exact: bool = False) -> None:
        """Wait until something of this name is in sight."""
        self.wait(f"no {css} {name!r}", COUNT, css, name, exact)

    def expect_text(self, text: str) -> None:
        """Wait until the page says something."""
        self.wait(f"no {text!r}", "return document.body.innerText.includes(args[0]);", text)

    def expect_path(self, start: str) -> None:
        """Wait until the address is at a path."""
        self.wait(f"not at {start}", "return location.pathname.startsWith(args[0]);", start)

    def press(self, css: str, name: str, *, exact: bool = False) -> None:
        """Click on what has this name."""
        x, y = self.wait(f"{css} {name!r} can't be pressed", PLACE, css, name, exact)
        self.act(
            [
                {
                    "type": "pointer",
                    "id": "mouse",
                    "parameters": {"pointerType": "mouse"},
                    "actions": [
                        {"type": "pointerMove", "x": x, "y": y, "duration": 0},
                        {"type": "pointerDown", "button": 0},
                        {"type": "pointerUp", "button": 0},
                    ],
                }
            ]
        )

    def key(self, *keys: str) -> None:
        """Press keys one after the other, each by its name or as its letter."""
        strokes = [
            {"type": kind, "value": KEYS.get(key, key)}
            for key in keys
            for kind in ("keyDown", "keyUp")
        ]
        self.act([{"type": "key", "id": "keyboard", "actions": strokes}])

    def write(self, css: str, name: str, text: str, *, exact: bool = False) -> None:
        """Replace what stands in a field."""
        self.press(css, name, exact=exact)
        self.run("document.activeElement.select();")
        self.key(*text)

    def choose(self, name: str, option: str) -> None:
        """Choose from a list: the lists themselves are the system's, out of a driver's reach."""
        self.expect("select", name)
        self.run(CHOOSE, "select", name, False, option)

    def wait_for_another(self) -> str:
        """Wait until a second tab is open, and tell which."""
        end = time.monotonic() + WITHIN
        while time.monotonic() < end:
            if others := [tab for tab in self.tabs() if tab != self.current]:
                return others[0]
            time.sleep(LOOK_EVERY)
        raise AssertionError("no other tab was opened")

    def wait_until_alone(self, tab: str) -> None:
        """Wait until all other tabs have closed, and go on in that one."""
        end = time.monotonic() + WITHIN
        while time.monotonic() < end:
            if self.tabs() == [tab]:
                self.switch(tab)
                return
            time.sleep(LOOK_EVERY)
        raise AssertionError(f"a tab stays open at {self._try('return location.href;')}")


class BrowserError(Exception):
    """The browser said no."""
