"""What staff can do: each deed is a function of the shop's that the API and the commands call too.

A row of `DEEDS` says which permission it needs, what it is about, which input it takes and what it
does.
"""

from collections.abc import Mapping

from starlette.datastructures import FormData

from account_portal.console.deeds import orders, people, systems
from account_portal.console.deeds.base import Deed, Result, about_of, details_of, parse
from account_portal.console.rules import ChangedMeanwhile
from account_portal.console.service import audit
from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.merchant import versions

__all__ = ["DEEDS", "Deed", "Result", "perform"]

DEEDS: Mapping[str, Deed] = {**orders.DEEDS, **people.DEEDS, **systems.DEEDS}


def perform(ctx: Context, name: str, deed: Deed, number: str, form: FormData, *, by: str) -> Result:
    """Do a deed, and write it into the audit log; both or neither.

    Raises:
        NotFound: no such thing.
        InvalidInput: what was typed does not do.
        ChangedMeanwhile: the thing changed since the page was drawn.
        PortalError: whatever the service says.
    """
    data = parse(deed, form)
    if deed.kind:
        _compare(ctx, deed.kind, number, form.get("version"))
    about = about_of(ctx, deed, number)
    done = deed.do(ctx, number, data, by)
    if not deed.is_recorded:
        audit.record(ctx, by, name, about, details=details_of(deed, number, data))
    return done if isinstance(done, Result) else Result(done)


def _compare(ctx: Context, kind: str, number: str, wanted: object) -> None:
    """Lock a thing, and go on only if it has the version that the page was drawn with."""
    found = versions.current(ctx, kind, number)
    if found is None:
        raise NotFound
    if found != wanted:
        raise ChangedMeanwhile
