"""What is changed in the browser build: less script, fewer requests, one origin.

Each change replaces a piece of text that the pinned Reflex version writes. When a newer version
writes something else the build stops and names the piece, rather than going on without the change.
"""

import json
import re
from contextlib import chdir
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from reflex.compiler.utils import get_page_path
from reflex_base.config import Config, get_config
from reflex_base.constants import Endpoint, Templates
from reflex_base.plugins.base import Plugin

from account_portal.core.places import ROOT
from account_portal.edge.built import inline_script
from account_portal.routes import NOT_FOUND
from account_portal.serving.replaced import (
    BEGINNING,
    CONNECTION,
    DRAWN_ONCE,
    FIRST_DATA,
    NAVIGATION,
    NO_PORT,
    OWN_ORIGIN,
)

SERVER_PATHS = (
    ".well-known",
    "api",
    "backend",
    "health",
    "metrics",
    "messages",
    "payment-events",
    "test-gateway",
    "unsubscribe",
    "theme.css",
    "shop",
    "media",
    "session",
    "openapi.json",
)
"""First path segments that the Python server answers; all others are pages and assets."""

FRAMEWORK = (
    "react",
    "react-dom",
    "react-router",
    "react-error-boundary",
    "scheduler",
    "cookie",
    "cookie-es",
    "set-cookie-parser",
    "universal-cookie",
    "mergician",
    "socket.io-client",
    "socket.io-parser",
    "engine.io-client",
    "engine.io-parser",
    "@socket.io/component-emitter",
)
"""Packages every page needs. They change with a Reflex release, not with the portal: one file."""

JSX = """\
import { createElement } from "react";

// Reflex creates elements through Emotion's `jsx`. The portal styles with classes, so the 8 kB of
// Emotion are spared and the rare `style=` of a component becomes a plain style attribute.
export function jsx(type, props, ...children) {
  if (props?.css) {
    const { css, style, ...rest } = props;
    props = { ...rest, style: { ...css, ...style } };
  }
  return createElement(type, props, ...children);
}
"""

ENTRY = Path(__file__).parent / "entry.server.js"
"""What React Router writes pages with."""


class BuildChanged(Exception):
    """Reflex writes a file differently than this module expects."""


class LeanFrontend(Plugin):
    """Takes unused libraries out of the build, joins files, and keeps the browser on one origin."""

    def get_static_assets(self, **_context: Any) -> list[tuple[Path, str | bytes]]:
        """The replacement of Emotion, and the portal's own parts of Reflex's client."""
        names = ("connection.js", "page-data.js", "navigation.js", "uploads.js")
        written = [Path(__file__).parent / name for name in names]
        return [
            (Path("utils") / "jsx.js", JSX),
            *((Path("utils") / file.name, file.read_text(encoding="utf-8")) for file in written),
            (Path("app") / ENTRY.name, ENTRY.read_text(encoding="utf-8")),
        ]

    def pre_compile(self, **context: Any) -> None:
        """Ask Reflex to pass its generated files through this module."""
        # Not the file as it stands there: an earlier version of the portal may have changed it.
        client = (Templates.Dirs.WEB_TEMPLATE / "utils" / "state.js").read_text(encoding="utf-8")
        context["add_modify_task"]("utils/state.js", lambda _kept: _edit_client(client))
        context["add_modify_task"]("utils/context.jsx", _edit_context)
        context["add_modify_task"]("vite.config.js", _configure_vite)
        for page in context["unevaluated_pages"]:
            context["add_modify_task"](get_page_path(page.route), _draw_page_once)
        varying = [f"/{page.route}" for page in context["unevaluated_pages"] if "[" in page.route]
        varying.append(NOT_FOUND)
        context["add_modify_task"](
            "react-router.config.js", partial(_prerender_varying_pages, paths=varying)
        )

    def enter_component(self, comp: Any, /, **_context: Any) -> None:
        """Refuse styles that a style attribute can't say: without Emotion they would be lost."""
        for key, value in (getattr(comp, "style", None) or {}).items():
            if str(key).startswith(("_", "&", ":", "@")) or isinstance(value, dict):
                raise ValueError(
                    f"{type(comp).__name__} has a nested style '{key}'; write a class in a "
                    "stylesheet instead."
                )


def read_config() -> Config:
    """Reflex's settings: it looks for `rxconfig.py` in the working folder alone, once."""
    with chdir(ROOT):
        return get_config()


def head_script() -> str:
    """Text of the script that runs in each page's head, before the build's files have arrived.

    As it stands in the page itself it must not hold `&` or `<`, which HTML writes differently.
    """
    text = inline_script(Path(__file__).parent / "head.js")
    text = re.sub(r"^ *//.*\n|^ */\*\*.*\*/\n|^ +", "", text, flags=re.MULTILINE)
    path = urlsplit(Endpoint.EVENT.get_url()).path
    return text.replace("SOCKET_PATH", path).replace("REFLEX_VERSION", version("reflex"))


def _configure_vite(content: str) -> str:
    proxy = {
        f"^/({'|'.join(SERVER_PATHS)})(/|$)": {
            "target": f"http://127.0.0.1:{get_config().backend_port}",
            "ws": True,
        }
    }
    framework = "|".join(name.replace(".", r"\.").replace("/", r"\/") for name in FRAMEWORK)
    content = _replace(
        content,
        "    alias: [\n",
        "    alias: [\n"
        "      { find: /^@emotion\\/react$/,"
        ' replacement: fileURLToPath(new URL("./utils/jsx.js", import.meta.url)) },\n',
    )
    content = _replace(
        content,
        "          groups: [\n",
        "          groups: [\n"
        f'            {{ test: /node_modules\\/({framework})\\//, name: "framework" }},\n'
        '            { test: /\\.web\\/(utils|app_components\\/reflex)\\//, name: "portal" },\n'
        '            { test: /\\/kit\\/(?!file-drop|frame|hand-over)\\w/, name: "kit" },\n',
    )
    # Pages are drawn on a server where nothing of npm is installed.
    content = _replace(content, "  server: {\n", "  ssr: { noExternal: true },\n  server: {\n")
    return _replace(
        content,
        "    port: process.env.PORT,",
        f"    port: process.env.PORT,\n    proxy: {json.dumps(proxy)},",
    )


def _draw_page_once(content: str) -> str:
    """Draw a page when it is come to, not at each step of the router."""
    return _replace(content, *DRAWN_ONCE)


def _prerender_varying_pages(content: str, paths: list[str]) -> str:
    """Write the HTML of pages whose address has parts that vary, too, under the route's own name.

    Reflex serves such pages as an empty document, which is filled only after all script has run.
    """
    paths_too = (
        f'"prerender": ({{getStaticPaths}}) => [...getStaticPaths(), ...{json.dumps(paths)}]'
    )
    if '"prerender"' not in content:
        return content  # the development server prerenders nothing
    return _replace(content, '"prerender": true', paths_too)


def _edit_client(content: str) -> str:
    for edit in (OWN_ORIGIN, NO_PORT, *CONNECTION, *FIRST_DATA, *NAVIGATION):
        content = _replace(content, *edit)
    return content


def _edit_context(content: str) -> str:
    for edit in BEGINNING:
        content = _replace(content, *edit)
    return content


def _replace(content: str, old: str, new: str) -> str:
    # Reflex may keep an already changed file: then there is nothing left to do.
    if new and new in content:
        return content
    if old not in content:
        if not new:
            return content
        raise BuildChanged(f"Reflex no longer writes {old.strip()!r}; see serving/replaced.py.")
    return content.replace(old, new, 1)
