"""E-mails as they are read: HTML and text from templates, in the store's look.

A shop's folder (`PORTAL_TEMPLATES_DIR`) may hold `message.html`, `message.txt` or `message.css` in
place of ours, and `order_shipped.html` or `.txt` for one kind alone. A template of the shop's that
fails is said in the log, and ours is taken: no customer waits for a mended template.
"""

import logging
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from css_inline import CSSInliner
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from account_portal import routes
from account_portal.core.countries import EEA
from account_portal.core.settings import Settings
from account_portal.core.theme import DARK, LIGHT, accent_for
from account_portal.notifications.messages.base import ITEMS, CustomerMessage, Words
from account_portal.notifications.messages.orders import OrderNews

log = logging.getLogger("account_portal.messages")

_OURS = Path(__file__).parent / "templates"
_NUMBER = re.compile(
    r"(?P<kept><a\b.*?</a>|<[^>]*>)"
    r"|(?<![\w&#-])(?=[\w-]{3,20}(?![\w-]))(?=[\w-]*[0-9])\w+(?:-\w+)+",
    re.DOTALL | re.ASCII,
)
"""The number of an order (a shop writes them in many ways), a return or a report, short enough for
a line; and what is no text."""
_INLINER = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail's content."""

    subject: str
    text: str
    html: str


def render(
    words: Words, settings: Settings, *, name: str | None = None, unsubscribe_url: str = ""
) -> Mail:
    """An e-mail that says something.

    Args:
        words: what to say.
        settings: of the store.
        name: first name of who reads it; none: they are greeted without.
        unsubscribe_url: where one click ends such messages, if they can be ended.
    """
    values = _values(words, settings, name, unsubscribe_url)
    text = _written(settings, words.kind, "txt", values)
    html = _INLINER.inline(_written(settings, words.kind, "html", values))
    return Mail(subject=words.subject(), text=text, html=html)


def broken_templates(settings: Settings, examples: list[Words]) -> list[str]:
    """A sentence for each template of the shop's that cannot be used, tried with examples."""
    found: dict[str, None] = {}
    for words in examples:
        values = _values(words, settings, "Asha", f"{settings.origin}/unsubscribe/example")
        for form in ("html", "txt"):
            try:
                _fill(_environment(settings.templates_dir), words.kind, form, values)
            except (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as e:
                found[f"{_name_of(e, words.kind, form)}: {_reason(e)}"] = None
    return list(found)


def _written(settings: Settings, kind: str, form: str, values: dict[str, Any]) -> str:
    folder = settings.templates_dir
    try:
        return _fill(_environment(folder), kind, form, values)
    except Exception as error:  # whatever a shop's template does
        if not folder:
            raise
        log.error(  # noqa: TRY400 - the shop's fault, told in a sentence
            "template %s cannot be used, ours is taken: %s",
            _name_of(error, kind, form),
            _reason(error),
        )
        return _fill(_environment(""), kind, form, values)


def _fill(environment: jinja2.Environment, kind: str, form: str, values: dict[str, Any]) -> str:
    template = environment.select_template([f"{kind}.{form}", f"message.{form}"])
    return template.render(values)


@lru_cache(maxsize=4)
def _environment(folder: str) -> jinja2.Environment:
    """Templates of a shop's folder before ours; they cannot reach what they are not given."""
    folders = [folder, str(_OURS)] if folder else [str(_OURS)]
    environment = SandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["whole"] = _whole
    return environment


def _whole(text: str) -> Markup:
    """Keep numbers such as `RET-26-4471` on one line, which mail programs break at hyphens."""
    return Markup(  # noqa: S704 - escaped, but for what is markup already
        _NUMBER.sub(
            lambda m: m[0] if m["kept"] else f'<span class="whole">{m[0]}</span>', escape(text)
        )
    )


def _name_of(error: BaseException, kind: str, form: str) -> str:
    if isinstance(error, jinja2.TemplateSyntaxError) and error.name:
        return f"{error.name}, line {error.lineno}"
    return f"{kind}.{form} or message.{form}"


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _values(
    words: Words, settings: Settings, name: str | None, unsubscribe_url: str
) -> dict[str, Any]:
    button = words.button()
    items = words.listed()
    text = words.text()
    can_choose = isinstance(words, CustomerMessage) and words.category != "security"
    return {
        "kind": words.kind,
        "message": words.model_dump(),
        "subject": words.subject(),
        "preview": text.partition("\n")[0],
        "greeting": f"Hello {name}," if name else "Hello,",
        "text": text,
        "paragraphs": [line for line in text.split("\n") if line.strip()],
        "highlight": words.highlight(),
        "items": items[:ITEMS],
        "more_items": max(0, len(items) - ITEMS),
        "facts": words.facts(),
        "button": button and {"label": button.label, "url": _absolute(button.to, settings)},
        "withdraw_url": _absolute(routes.WITHDRAW, settings)
        if isinstance(words, OrderNews) and settings.store_country in EEA
        else "",
        "unsubscribe_url": unsubscribe_url,
        "preferences_url": _absolute(routes.NOTIFICATIONS, settings) if can_choose else "",
        "store": {
            "name": settings.store_name,
            "logo": _absolute(settings.store_logo_url, settings),
            "url": settings.shop_address or settings.origin,
            "email": settings.store_email,
            "address": settings.store_address,
            "legal_line": settings.legal_line,
        },
        "radius": settings.radius,
        "light": _ground(settings, LIGHT),
        "dark": _ground(settings, DARK),
    }


def _ground(settings: Settings, ground: Any) -> dict[str, Any]:
    return {
        "page": ground.page,
        "surface": ground.surface,
        "accent": accent_for(settings.accent, ground),
    }


def _absolute(address: str, settings: Settings) -> str:
    return settings.origin + address if address.startswith("/") else address
