"""Who is named by the records of customers and reviews, whichever of their names these use."""

from collections.abc import Sequence

from account_portal.merchant.importing.batch import Batch, Entry, of_type
from account_portal.merchant.importing.customer_changes import phone_of
from account_portal.merchant.importing.customers import find_customers, names_of
from account_portal.merchant.importing.fields import Record
from account_portal.merchant.importing.records import CustomerRecord, ReviewRecord


def keys_of(batch: Batch, entries: Sequence[Entry[Record]]) -> dict[int, list[str]]:
    """Keys of statements of records by `id`: the own one, and those they may have been said under.

    A customer may be named by the shop's id, by e-mail address or by phone. Who is known here has
    one key, whatever a record calls them.
    """
    customers = of_type(entries, CustomerRecord)
    reviews = of_type(entries, ReviewRecord)
    if not customers and not reviews:
        return {}
    names = {
        id(entry.record): (entry.record.external_id, entry.record.email, phone_of(entry.record))
        for entry in customers
    }
    names |= {id(entry.record): names_of(batch, entry.record) for entry in reviews}
    known = find_customers(batch, names.values(), claiming=False)
    found: dict[int, list[str]] = {}
    for entry in (*customers, *reviews):
        record: Record = entry.record
        user = known.find(*names[id(record)])
        if user is None:
            continue
        if isinstance(record, ReviewRecord):
            said = [record.customer_id, record.customer_email, record.customer_phone]
            ending = f"/{record.product_id}"
            own, kind = f"review-of/{user['id']}{ending}", "review"
        else:
            assert isinstance(record, CustomerRecord)
            said = [record.external_id, record.email, record.phone]
            own, kind, ending = f"user/{user['id']}", "customer", ""
        said += [user["external_id"], user["email"], user["shop_email"]]
        others = dict.fromkeys(f"{kind}/{name}{ending}" for name in said if name)
        found[id(record)] = [own, *others]
    return found
