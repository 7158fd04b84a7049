"""Rules of the house that imports can't show, read from the syntax tree."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from fastapi.routing import APIRoute

ROOT = Path(__file__).resolve().parents[1]
PORTAL = ROOT / "account_portal"
CONTRACT = ROOT / "docs" / "contract" / "openapi.yaml"
STOREFRONT = "/api/v1/{store_id}/storefront"

# Names a browser's object, array or string already has: Reflex would reach those, not the field.
RESERVED = {
    "items", "keys", "values", "entries", "length", "get", "contains", "merge", "range", "to",
}  # fmt: skip
# States, and what states are made of, outside of the modules named for them.
STATES_ELSEWHERE = (
    "addresses/components/draft.py",
    "evidence/components/draft.py",
    "ui/page_state.py",
    "ui/uploading.py",
)
SQL = {"select", "insert", "update", "delete"}


@cache
def modules() -> dict[str, ast.Module]:
    """Syntax trees by path below the package, as in `orders/service/reading.py`."""
    return {
        path.relative_to(PORTAL).as_posix(): ast.parse(path.read_text(), str(path))
        for path in sorted(PORTAL.rglob("*.py"))
    }


def of_kind(*kinds: str) -> dict[str, ast.Module]:
    """Modules of a kind: `state` is `orders/state.py` and everything in `orders/state/`."""
    return {
        path: tree
        for path, tree in modules().items()
        if any(part.removesuffix(".py") in kinds for part in path.split("/"))
    }


def classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def fields(cls: ast.ClassDef) -> Iterator[str]:
    for node in cls.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def base_names(cls: ast.ClassDef) -> set[str]:
    return {
        node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        for node in cls.bases
    }


def decorator_names(function: ast.AST) -> set[str]:
    """`@rx.event(background=True)` is `event`."""
    found = set()
    for decorator in getattr(function, "decorator_list", []):
        node = decorator.func if isinstance(decorator, ast.Call) else decorator
        found.add(node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", ""))
    return found


def state_classes() -> Iterator[tuple[str, ast.ClassDef]]:
    """Classes whose vars a browser sees."""
    elsewhere = {path: modules()[path] for path in STATES_ELSEWHERE}
    for path, tree in {**of_kind("state"), **elsewhere}.items():
        yield from ((path, cls) for cls in classes(tree) if not base_names(cls) & {"View", "Input"})


def starts(path: str, *places: str) -> bool:
    return any(path == place or path.startswith(place) for place in places)


def is_service(path: str) -> bool:
    return path.split("/")[1:2] in (["service.py"], ["service"])


def test_only_the_transaction_commits() -> None:
    found = {
        path
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    }
    assert "context.py" in found
    elsewhere = {path for path in found if not starts(path, "merchant/importing", "demo/")}
    # A call's transaction; the note of a token's first use, which has one of its own; and what is
    # encrypted anew row by row, as far as it gets.
    others = {"security/sessions.py", "maintenance/reencryption.py"}
    assert elsewhere == {"context.py", "core/db.py"} | others


def test_statements_are_made_where_the_rules_are() -> None:
    """Services and what stands below them; `ctx.owned` starts those on customer rows."""
    found = {
        path
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").split(".")[0] in ("sqlalchemy", "sqlmodel")
        and any(alias.name in SQL for alias in node.names)
    }
    assert "orders/service/reading.py" in found
    allowed = (
        "context.py",
        "security/",
        "notifications/",
        "events/",
        "webhooks/",
        "merchant/",
        "demo/",
        "orders/facts/",
        "edge/neighbours.py",  # of portals, not of customers
        "maintenance/",  # whole tables, for whoever runs the portal
    )
    assert {path for path in found if not is_service(path) and not starts(path, *allowed)} == set()


def test_payments_are_added_up_in_one_place() -> None:
    """What arrived of an order is one function's answer: `arrived_of`."""
    found = {
        path
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"sum", "func.sum"}
        and any(word in ast.unparse(node) for word in ("payments", "attempts", "payment_status"))
        and not starts(path, "demo/")
    }
    assert found <= {"orders/rules/money.py"}
    source = ast.unparse(modules()["orders/rules/money.py"])
    assert source.count("in ARRIVED") == 1


def _table_in(text: str) -> str:
    """The model whose table is written, however it is spelt."""
    return re.sub(r"^(?:bulk\.)?table_of\((\w+)\)$", r"\1", text).removesuffix(".__table__")


def test_rows_that_events_tell_of_are_written_where_events_see_it() -> None:
    """By the session's flush, `bulk.insert` or the import's `update`; not by other statements.

    What such a statement changes, nobody is told of: `account_portal/events/changes.py`.
    """
    from account_portal.events.changes import told_of

    watched = {model.__name__ for model in told_of()}
    allowed = {
        ("notifications/news.py", "update(User)"),  # counts what concerns them
        ("notifications/outbox.py", "delete(OutboxMessage)"),  # what was sent long ago
        ("notifications/tries.py", "update(OutboxMessage)"),  # when they are tried next
        ("bank_accounts/service.py", "update(BankAccount)"),  # which one is the default
        ("personal_data/service/deleting.py", "update(OrderReturn)"),  # forgets what was typed
    }
    found = {
        (path, f"{node.func.id}({table})")
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in SQL - {"select"}
        and len(node.args) == 1
        and (table := _table_in(ast.unparse(node.args[0]))) in watched
    }
    assert found == allowed


def test_views_have_no_field_a_browser_knows_better() -> None:
    found = {
        f"{path}: {cls.name}.{name}"
        for path, tree in {**of_kind("schemas"), **of_kind("state")}.items()
        if not starts(path, "merchant/")  # seen by systems, never by a browser
        for cls in classes(tree)
        for name in fields(cls)
        if name in RESERVED
    }
    assert found == set()


def route_segments() -> set[str]:
    from account_portal import routes

    texts = [value for value in vars(routes).values() if isinstance(value, str)]
    return {name.strip(".[]") for text in texts for name in re.findall(r"\[+[.\w]+\]+", text)}


def test_no_state_var_shadows_a_part_of_an_address() -> None:
    segments = route_segments()
    assert "order_number" in segments
    taken = {
        f"{path}: {cls.name}.{name}"
        for path, cls in state_classes()
        for name in fields(cls)
        if name in segments
    }
    assert taken == set()


def test_handlers_are_async() -> None:
    """One that isn't would stop every other customer's page while it waits for the database."""
    slow = {
        f"{path}: {cls.name}.{node.name}"
        for path, cls in state_classes()
        for node in cls.body
        if isinstance(node, ast.FunctionDef)
        and decorator_names(node) & {"event", "action", "page_load"}
    }
    assert slow == set()


def test_every_handler_asks_who_calls() -> None:
    """A handler is a public endpoint; one that touches a service does so through the guard."""
    unguarded = {
        f"{path}: {cls.name}.{node.name}"
        for path, cls in state_classes()
        for node in cls.body
        if isinstance(node, ast.AsyncFunctionDef)
        and "event" in decorator_names(node)
        and any(isinstance(part, ast.Name) and part.id == "service" for part in ast.walk(node))
    }
    assert unguarded == set()


def handlers_called_in_tests() -> Iterator[tuple[set[str], set[str]]]:
    """Of each file of tests: the names in it, and the handlers it calls as a browser would."""
    for path in (ROOT / "tests").rglob("test_*_state.py"):
        tree = ast.parse(path.read_text())
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        texts = {
            argument.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and getattr(node.func, "attr", "") in {"press", "run", "send"}
            for argument in node.args
            if isinstance(argument, ast.Constant)
        }
        yield names, texts


def test_every_handler_is_called_in_a_test() -> None:
    """Without a browser, next to others of its state: a handler is an endpoint of its own."""
    called = list(handlers_called_in_tests())
    states = list(state_classes())
    forgotten = [
        f"{path}: {cls.name}.{node.name}"
        for path, cls in states
        for names in [{cls.name, *(one.name for _, one in states if cls.name in base_names(one))}]
        for node in cls.body
        if decorator_names(node) & {"event", "action", "page_load"}
        and not any(names & known and node.name in texts for known, texts in called)
    ]
    assert forgotten == []


def test_every_page_is_guarded_or_public() -> None:
    from account_portal.app import PAGES

    assert [page.path for page in PAGES if not page.public and not page.is_guarded] == []


def test_every_resource_stands_in_the_import_contracts() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    contract = next(c for c in settings["contracts"] if c["name"] == "Inside a resource")
    resources = {
        f"account_portal.{path.split('/')[0]}"
        for path in modules()
        if path.split("/")[1:2] in (["api.py"], ["api"], ["state.py"], ["state"])
        and not starts(path, "api/", "ui/", "merchant/")
    }
    assert resources - set(contract["containers"]) == set()


def test_classes_of_pages_and_states_keep_their_annotations() -> None:
    """Reflex reads annotations when a class is made; as texts it would not find them."""
    late = {
        path
        for path, tree in {
            **of_kind("ui", "components", "pages", "state"),
            "app.py": modules()["app.py"],
        }.items()
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    }
    assert late == set()


def contract_routes() -> set[tuple[str, str, str]]:
    paths = yaml.safe_load(CONTRACT.read_text())["paths"]
    return {
        (method.upper(), path, operation["operationId"])
        for path, methods in paths.items()
        for method, operation in methods.items()
        if isinstance(operation, dict)
    }


def our_routes() -> list[tuple[str, str, str]]:
    from account_portal.api.app import ROUTERS

    return [
        (method, route.path.removeprefix(STOREFRONT), str(route.operation_id))
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and route.path.startswith(STOREFRONT)
        for method in sorted(route.methods)
    ]


def test_every_route_of_the_contract_is_there() -> None:
    assert sorted(contract_routes() - set(our_routes())) == []


def test_no_route_is_unknown_to_the_contract() -> None:
    assert sorted(set(our_routes()) - contract_routes()) == []


def test_fixed_paths_are_matched_before_those_that_vary() -> None:
    """`/orders/returns` is no order number."""
    paths = [(method, path) for method, path, _ in our_routes()]
    hidden = [
        f"{method} {later} behind {earlier}"
        for place, (method, earlier) in enumerate(paths)
        for other, later in paths[place + 1 :]
        if method == other
        and "{" in earlier
        and re.fullmatch(re.sub(r"\{\w+\}", "[^/{}]+", earlier), later)
    ]
    assert hidden == []


@pytest.mark.parametrize("suffix", ["openapi.yaml", "RULES.md"])
def test_the_contract_kept_here_is_the_shared_one(suffix: str) -> None:
    """Where the contract lies beside the project, the copy in docs/contract must equal it."""
    ours = CONTRACT.with_name(suffix)
    for shared in ROOT.parent.glob(f"*/contract/{suffix}"):
        assert shared.read_text() == ours.read_text(), f"docs/contract/{suffix} is behind"
    assert ours.stat().st_size > 1000
