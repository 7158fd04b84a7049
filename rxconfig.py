"""How Reflex is set up. Reflex executes this file before anything else, from the project's root."""

import os
import sys
from pathlib import Path

# Node and npm come as Python packages: with the interpreter's folder on the path nothing has to be
# activated. The rest keeps Reflex from downloading another package manager and from looking for
# newer versions of itself at each start.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
os.environ.setdefault("REFLEX_USE_NPM", "1")
os.environ.setdefault("REFLEX_CHECK_LATEST_VERSION", "0")

import reflex as rx
from reflex_base import constants

from account_portal.core.settings import get_settings
from account_portal.edge.origins import portal_origins
from account_portal.serving.frontend import LeanFrontend

# `make dev` is for this machine: its demo, with logins and codes, would be there for the network.
constants.PackageJson.Commands.DEV = "react-router dev --host 127.0.0.1"

settings = get_settings()

# A folder of Reflex's that stays empty; the project's own may be one that nobody can write.
os.environ.setdefault("REFLEX_UPLOADED_FILES_DIR", str(settings.data_dir.resolve() / "uploads"))

config = rx.Config(
    app_name="account_portal",
    app_module_import="account_portal.app",
    backend_path="/backend",
    backend_port=settings.port,
    frontend_port=settings.port,
    deploy_url=settings.origin,
    cors_allowed_origins=portal_origins(settings),
    trusted_proxy_hops=0,  # `edge.proxies` has looked behind them already, for all alike
    redis_url=settings.redis_url or None,
    # Without Redis nothing of a customer's page is ever written to disk.
    state_manager_mode="redis" if settings.redis_url else "memory",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=["brotli", "gzip"],
    plugins=[rx.plugins.TailwindV4Plugin(), LeanFrontend()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
