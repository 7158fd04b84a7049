"""What the page about one's own data shows."""

from account_portal.context import Context
from account_portal.personal_data import schemas
from account_portal.personal_data.service.deleting import read_deletion
from account_portal.personal_data.service.exporting import export_view, last_exports


def read_own_data(ctx: Context) -> schemas.OwnData:
    """The last copy that was asked for, and what deleting the account would mean."""
    last = last_exports(ctx, 1)
    return schemas.OwnData(
        export=export_view(last[0]) if last else None, deletion=read_deletion(ctx)
    )
