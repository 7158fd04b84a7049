"""The shop's systems in tests: keys, and a client that calls with one."""

from typing import Any

from starlette.testclient import TestClient

from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.merchant import keys

BASE = "/api/v1/main/merchant"


def make_key(database: Database, *scopes: str, name: str = "", **values: Any) -> str:
    """A key's secret; everything is allowed unless scopes are given."""
    scopes = scopes or ("*",)
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        return keys.create_key(ctx, name or " ".join(scopes), scopes, by="tests", **values)


class Systems:
    """An HTTP client of the merchant API; `key` is a secret, empty for none."""

    def __init__(self, client: TestClient, key: str) -> None:
        self.client = client
        self.key = key

    def request(self, method: str, path: str, *, key: str | None = None, **kwargs: Any) -> Any:
        headers = dict(kwargs.pop("headers", None) or {})
        secret = self.key if key is None else key
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        return self.client.request(method, BASE + path, headers=headers, **kwargs)

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.request("GET", path, **kwargs)

    def post(self, path: str, json: Any = None, **kwargs: Any) -> Any:
        if json is not None:
            kwargs["json"] = json
        return self.request("POST", path, **kwargs)

    def put(self, path: str, json: Any, **kwargs: Any) -> Any:
        return self.request("PUT", path, json=json, **kwargs)
