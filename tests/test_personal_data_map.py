"""No column of a customer's is forgotten when they ask for their data."""

from sqlmodel import SQLModel

from account_portal.core.bulk import table_of
from account_portal.personal_data.service.tables import NOBODYS, NOT_HANDED_OUT, OWN

HELP = (
    "A new table or column has to be named in account_portal/personal_data/service/tables/: "
    "handed out, or withheld with the reason."
)


def test_every_table_is_named_once() -> None:
    named = [table_of(own.model).name for own in OWN]
    named += [table_of(model).name for model in (*NOT_HANDED_OUT, *NOBODYS)]
    assert sorted(named) == sorted(SQLModel.metadata.tables), HELP


def test_every_column_is_handed_out_or_withheld_with_a_reason() -> None:
    for own in OWN:
        table = table_of(own.model)
        named = [*own.columns, *own.withheld]
        assert sorted(named) == sorted(table.columns.keys()), f"{table.name}. {HELP}"
        assert all(own.withheld.values()), table.name
