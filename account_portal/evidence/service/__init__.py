"""What can be done with evidence; the only place that decides."""

from account_portal.evidence.service.adding import (
    add_evidence,
    delete_evidence,
    keep_evidence,
    prepare_evidence,
)
from account_portal.evidence.service.found import delete_found, keep_found
from account_portal.evidence.service.naming import (
    attach_evidence,
    evidence_of,
    find_named,
    remove_evidence_of,
)
from account_portal.evidence.service.sweeping import sweep_evidence
from account_portal.evidence.service.views import FOUND_KINDS, KINDS

__all__ = [
    "FOUND_KINDS",
    "KINDS",
    "add_evidence",
    "attach_evidence",
    "delete_evidence",
    "delete_found",
    "evidence_of",
    "find_named",
    "keep_evidence",
    "keep_found",
    "prepare_evidence",
    "remove_evidence_of",
    "sweep_evidence",
]
