"""Finds the route of a call by its method and length, instead of asking each route in turn."""

from collections.abc import Iterable

from starlette.routing import BaseRoute
from starlette.types import Scope

from account_portal.api.router.serving import ContractRoute


class Calls:
    """The contract's routes, ready to be found; in doubt the first one wins, as in a router."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._by_shape: dict[tuple[str, int], list[ContractRoute]] = {}
        for route in routes:
            if isinstance(route, ContractRoute):
                for method in route.methods or ():
                    shape = method, route.path.count("/")
                    self._by_shape.setdefault(shape, []).append(route)

    def find(self, scope: Scope) -> ContractRoute | None:
        """The route of a request, which gets its path parameters; none: not one of these calls."""
        path = scope["path"]
        for route in self._by_shape.get((scope["method"], path.count("/")), ()):
            if found := route.path_regex.match(path):
                scope["path_params"] = found.groupdict()
                return route
        return None
