"""One way to expose a service as a route of the contract.

`ContractRouter.expose` declares a route with FastAPI, so that paths, parameters and schemas appear
in the OpenAPI document, and serves it itself: parse everything first, then run the service in one
transaction, in one thread. That keeps three promises no route can forget: a caller who may not call
learns that before anything about the input, the answer is sent only after the commit, and
everything, faults included, comes in the envelope.
"""

from account_portal.api.router.answers import encode
from account_portal.api.router.exposing import MERCHANT, STOREFRONT, ContractRouter
from account_portal.api.router.parsing import read_multipart
from account_portal.api.router.plan import OWN_USER, Access
from account_portal.api.router.serving import ContractRoute, client_address, read_caller
from account_portal.api.router.systems import Headers, admit

__all__ = [
    "MERCHANT",
    "OWN_USER",
    "STOREFRONT",
    "Access",
    "ContractRoute",
    "ContractRouter",
    "Headers",
    "admit",
    "client_address",
    "encode",
    "read_caller",
    "read_multipart",
]
