"""Devices in words, from what browsers say of themselves."""

from dataclasses import dataclass
from typing import Literal

DeviceKind = Literal["phone", "computer", "app"]

# The order decides: nearly every browser also claims to be an older one.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: tuple[tuple[str, str, DeviceKind], ...] = (
    ("iPhone", "iPhone", "phone"),
    ("iPad", "iPad", "phone"),
    ("Android", "Android", "phone"),
    ("Windows", "Windows", "computer"),
    ("CrOS", "ChromeOS", "computer"),
    ("Mac OS X", "Mac", "computer"),
    ("Linux", "Linux", "computer"),
)


@dataclass(frozen=True, slots=True)
class Agent:
    """A browser or an app: what to call it, and what it runs on."""

    name: str
    kind: DeviceKind


def describe_agent(user_agent: str | None) -> Agent:
    """The device behind a `User-Agent`, such as "Chrome on Windows"; an app when it is none."""
    text = user_agent or ""
    browser = next((name for mark, name in _BROWSERS if mark in text), "")
    system = next(((name, kind) for mark, name, kind in _SYSTEMS if mark in text), None)
    if not browser:
        product = text.partition("/")[0].strip()
        named = product.isascii() and product.replace("-", "").replace("_", "").isalnum()
        return Agent(f"App ({product[:30]})" if named and product != "Mozilla" else "App", "app")
    if system is None:
        return Agent(browser, "computer")
    return Agent(f"{browser} on {system[0]}", system[1])
