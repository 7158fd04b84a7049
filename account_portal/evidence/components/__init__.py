"""Parts of pages that take and show evidence."""

from account_portal.evidence.components.draft import EvidenceDraft, EvidenceOfLines
from account_portal.evidence.components.shown import evidence_field, evidence_shown

__all__ = ["EvidenceDraft", "EvidenceOfLines", "evidence_field", "evidence_shown"]
