"""Routes of copies of one's own data."""

from collections.abc import Iterator
from os import SEEK_END
from typing import Annotated, BinaryIO

from fastapi import APIRouter, Path, Response
from fastapi.responses import StreamingResponse

from account_portal.api.deps import Ctx, OwnUser
from account_portal.api.router import ContractRouter
from account_portal.context import NOBODY, enter
from account_portal.core.proof import FreshProofRequired
from account_portal.core.schemas import Ulid
from account_portal.personal_data import rules, service
from account_portal.personal_data.schemas import DataExport, DataExportAddress, Deletion

router = ContractRouter(tag="Users")
downloads = APIRouter(include_in_schema=False, redirect_slashes=False)

ExportId = Annotated[Ulid, Path(description="Id of a copy.")]
EXPORTS = "/auth/user/{id}/data-exports"

_PIECE = 256 * 1024
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Disposition": 'attachment; filename="your-data.zip"',
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@router.expose(
    "POST",
    EXPORTS,
    operation_id="request-data-export",
    summary="Ask for a copy of all one's data",
    message="Your copy is being made.",
    content="data_export",
    raises=[FreshProofRequired],
    also=[404],
)
def request_data_export(ctx: Ctx, id: OwnUser) -> DataExport:
    """Takes no body; asks for fresh proof. While one is being made, the answer is that one."""
    return service.request_export(ctx)


@router.expose(
    "GET",
    EXPORTS,
    operation_id="list-data-exports",
    summary="List the copies that were asked for",
    message="Copies.",
    content="data_exports",
    also=[404],
)
def list_data_exports(ctx: Ctx, id: OwnUser) -> list[DataExport]:
    """The newest ten, newest first."""
    return service.list_exports(ctx)


@router.expose(
    "POST",
    EXPORTS + "/{export_id}/address",
    operation_id="get-data-export-address",
    summary="Get an address to fetch a copy from",
    message="Address.",
    writes=False,
    raises=[FreshProofRequired, service.ExportNotReady],
    also=[404],
)
def get_data_export_address(ctx: Ctx, id: OwnUser, export_id: ExportId) -> DataExportAddress:
    """Takes no body; asks for fresh proof. The address works for ten minutes."""
    return service.export_address(ctx, export_id)


@router.expose(
    "GET",
    "/auth/user/{id}/deletion",
    operation_id="get-account-deletion",
    summary="Read what deleting the account would mean",
    message="Deletion.",
    content="deletion",
    also=[404],
)
def read_account_deletion(ctx: Ctx, id: OwnUser) -> Deletion:
    """What has to be settled first, what goes with the account and what is kept."""
    return service.read_deletion(ctx)


@router.expose(
    "DELETE",
    "/auth/user/{id}",
    operation_id="delete-account",
    summary="Delete the account",
    message="Account deleted.",
    raises=[FreshProofRequired, rules.AccountNotDeletable],
    also=[404],
)
def delete_account(ctx: Ctx, id: OwnUser) -> None:
    """For good, with all that names the customer; asks for fresh proof. Nameless books stay."""
    service.delete_account(ctx)


@downloads.get("/api/data-exports/{export_id}/archive.zip")
def fetch_archive(export_id: str, until: str = "", s: str = "") -> Response:
    """The archive at a signed address; in a thread, as it reads from the storage."""
    with enter(writes=False, actor=NOBODY) as ctx:
        file = service.open_export(ctx, export_id, until, s)
    headers = {**_HEADERS, "Content-Length": str(file.seek(0, SEEK_END))}
    file.seek(0)
    return StreamingResponse(_pieces(file), headers=headers, media_type="application/zip")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
