"""What can be done with evidence; the only place that decides."""

from account_portal.evidence.service.adding import (
    add_evidence,
    delete_evidence,
    keep_evidence,
    prepare_evidence,
)
from account_portal.evidence.service.naming import (
    attach_evidence,
    evidence_of,
    find_named,
    remove_evidence_of,
)
from account_portal.evidence.service.sweeping import sweep_evidence
from account_portal.evidence.service.views import KINDS

__all__ = [
    "KINDS",
    "add_evidence",
    "attach_evidence",
    "delete_evidence",
    "evidence_of",
    "find_named",
    "keep_evidence",
    "prepare_evidence",
    "remove_evidence_of",
    "sweep_evidence",
]
