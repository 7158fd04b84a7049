"""Addresses of orders, as a shop tells them."""

from collections.abc import Iterable, Mapping
from operator import attrgetter

from sqlmodel import Session

from account_portal.core.bulk import Row, Stored, insert
from account_portal.core.ids import new_id
from account_portal.merchant.importing.records import AddressRecord
from account_portal.merchant.importing.tables import fetch, update
from account_portal.models import AddressCopy

_COPIED = tuple(AddressRecord.model_fields)
_copied_of = attrgetter(*_COPIED)
_OF_ORDER = ("shipping_address_id", "billing_address_id")


class AddressCopies:
    """The copies of a batch of orders, written at its end.

    An address that is told anew is written over the order's copy of it: what was somebody's
    address once is kept nowhere.
    """

    def __init__(self, db: Session, orders: Iterable[Stored]) -> None:
        ids = {row[name] for row in orders for name in _OF_ORDER} - {None}
        self._db = db
        self._known = {row["id"]: row for row in fetch(db, AddressCopy, "id", ids)}
        self._new: list[Row] = []
        self._changes: list[tuple[str, Row]] = []

    def add(self, address: AddressRecord | None) -> str | None:
        """The id of a new copy; none of none."""
        if address is None:
            return None
        row = {"id": new_id(), "address_id": None, **_values(address)}
        self._new.append(row)
        return str(row["id"])

    def change(
        self, order: Stored, told: Mapping[str, AddressRecord | None]
    ) -> tuple[bool, dict[str, str | None]]:
        """Take over addresses of an order, by its column; what is none is not told.

        Returns whether one is new to the order, and the columns that name another copy now.
        """
        wanted = {
            name: address
            for name, address in told.items()
            if address is not None and not self._is_known(order[name], address)
        }
        columns: dict[str, str | None] = {}
        # The copy that delivery and bill share stays what the other of them is.
        taken: dict[str | None, AddressRecord | None] = {
            order[name]: None for name in _OF_ORDER if name not in wanted
        }
        for name, address in wanted.items():
            copy_id = order[name]
            if copy_id not in self._known or taken.get(copy_id, address) != address:
                columns[name] = self.add(address)
            elif copy_id not in taken:
                taken[copy_id] = address
                row = {**_values(address), "address_id": None, "delivery_instructions": None}
                self._changes.append((copy_id, row))
        return bool(wanted), columns

    def _is_known(self, copy_id: str | None, address: AddressRecord) -> bool:
        copy = self._known.get(copy_id) if copy_id else None
        return copy is not None and all(copy[name] == getattr(address, name) for name in _COPIED)

    def write(self) -> None:
        """Write what was collected; orders that name new copies come after."""
        insert(self._db, AddressCopy, self._new)
        update(self._db, AddressCopy, "id", self._changes)


def _values(address: AddressRecord) -> Row:
    return dict(zip(_COPIED, _copied_of(address), strict=True))
