"""Which origins belong to the portal itself."""

from account_portal.core.settings import Settings


def portal_origins(settings: Settings) -> list[str]:
    """Origins whose pages may open the portal's websocket.

    The public one, and in demo mode the names this machine goes by.
    """
    origins = [settings.origin]
    if settings.demo:
        origins += [f"http://{host}:{settings.port}" for host in ("localhost", "127.0.0.1")]
    return list(dict.fromkeys(origins))
