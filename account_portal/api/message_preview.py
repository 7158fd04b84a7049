"""All messages as customers get them, with example values. In demo mode only."""

from html import escape

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from account_portal import routes
from account_portal.core.errors import NotFound
from account_portal.core.settings import get_settings
from account_portal.notifications.examples import examples
from account_portal.notifications.messages.base import CustomerMessage
from account_portal.notifications.rendering import Mail, render
from account_portal.notifications.unsubscribing import ENDED_BY_A_CLICK


def _require_demo() -> None:
    if not get_settings().demo:
        raise NotFound


router = APIRouter(
    prefix=routes.MESSAGES, include_in_schema=False, dependencies=[Depends(_require_demo)]
)

# Mail has its styles in itself, and shows the store's logo.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:; base-uri 'none'"
)


@router.get("")
def list_messages() -> Response:
    """What there is."""
    lines = [
        f'<li><a href="{routes.MESSAGES}/{name}">{escape(words.subject())}</a> '
        f'(<a href="{routes.MESSAGES}/{name}.txt">text</a>)</li>'
        for name, words in examples(get_settings()).items()
    ]
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Messages</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/plain-page.css"><main><h1>Messages</h1>'
        f"<ul>{''.join(lines)}</ul></main></html>"
    )
    return HTMLResponse(page)


@router.get("/{name}.txt")
def show_text(name: str) -> Response:
    """One message as plain text, and as an SMS."""
    mail = _mail_of(name)
    sms = examples(get_settings())[name].text()
    return PlainTextResponse(f"Subject: {mail.subject}\n\n{mail.text}\n\nSMS\n---\n{sms}\n")


@router.get("/{name}")
def show_html(name: str) -> Response:
    """One message as an e-mail."""
    return HTMLResponse(_mail_of(name).html, headers={"Content-Security-Policy": _POLICY})


def _mail_of(name: str) -> Mail:
    settings = get_settings()
    words = examples(settings).get(name)
    if words is None:
        raise NotFound
    ended = isinstance(words, CustomerMessage) and words.category in ENDED_BY_A_CLICK
    way_out = f"{settings.origin}{routes.UNSUBSCRIBE}/example" if ended else ""
    return render(words, settings, name="Asha", unsubscribe_url=way_out)
