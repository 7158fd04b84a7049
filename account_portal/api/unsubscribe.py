"""One click in an e-mail ends such e-mails (RFC 8058), without signing in.

Mail programs post to the address by themselves when somebody clicks theirs; whoever follows the
link in the message is asked first, as programs that look for malware follow links, too.
"""

from html import escape

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from account_portal import routes
from account_portal.context import NOBODY, enter
from account_portal.core.errors import NotFound
from account_portal.core.settings import get_settings
from account_portal.notifications import require_link, unsubscribe

router = APIRouter(prefix=routes.UNSUBSCRIBE, include_in_schema=False)

_PATH = "/{user_id}/{category}/{signature}"
_WHAT = {"promotional": "offers and questions for reviews", "newsletter": "the newsletter"}
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/theme.css">
<link rel="stylesheet" href="/plain-page.css">
<main>
  <h1>{title}</h1>
  {body}
</main>
</html>
"""


def _show(title: str, body: str, status: int = 200) -> Response:
    headers = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    page = _PAGE.format(title=escape(title), body=body)
    return HTMLResponse(page, status_code=status, headers=headers)


def _unknown() -> Response:
    link = f'<a href="{routes.NOTIFICATIONS}">your notifications</a>'
    return _show(
        "This link does not work",
        f"<p>It is incomplete. Sign in and choose under {link} what we write to you about.</p>",
        404,
    )


@router.get(_PATH)
def ask(user_id: str, category: str, signature: str) -> Response:
    """Ask before anything changes."""
    try:
        require_link(user_id, category, signature)
    except NotFound:
        return _unknown()
    store = escape(get_settings().store_name)
    return _show(
        "Unsubscribe",
        f"<p>No more e-mails from {store} with {_WHAT[category]}?</p>"
        '<form method="post"><button>Unsubscribe</button></form>',
    )


@router.post(_PATH)
def end(user_id: str, category: str, signature: str) -> Response:
    """End such e-mails; the body says nothing more."""
    try:
        with enter(writes=True, actor=NOBODY) as ctx:
            unsubscribe(ctx, user_id, category, signature)
    except NotFound:
        return _unknown()
    store = escape(get_settings().store_name)
    return _show(
        "You are unsubscribed",
        f"<p>{store} sends you no more e-mails with {_WHAT[category]}. You can choose them again "
        f'under <a href="{routes.NOTIFICATIONS}">your notifications</a>.</p>',
    )
