"""Rules of evidence: pure, no database, no clock."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from account_portal.core.errors import Conflict, Unprocessable
from account_portal.evidence.schemas import MAX_VIDEOS
from account_portal.media.schemas import MAX_IMAGES

MOST_UNUSED = 30
"""Files of one order that no request has named yet."""
KEPT_UNUSED = timedelta(days=1)
"""How long those are kept."""
NEEDED = "The store asks for a photo or video of this."


class EvidenceRequired(Unprocessable):
    """The policy of the store asks for evidence for this reason, and none was named."""

    code = "evidence_required"
    message = "Add a photo or video: the store asks for one for this reason."


class EvidenceNotFound(Unprocessable):
    """No such upload to this order by its customer, or a request named it before."""

    code = "evidence_not_found"
    message = "A photo or video is not there any more. Add it again."


class TooMuchEvidence(Conflict):
    """Too many uploads to the order wait for a request that names them."""

    code = "too_much_evidence"
    message = "So many photos and videos cannot be added. Remove some, or send your request first."


class TooMuchFound(Conflict):
    """The shop shows too many photos or videos of one line of a return."""

    code = "too_much_evidence"
    message = f"Of one line at most {MAX_IMAGES} photos and {MAX_VIDEOS} video. Remove some first."


def needs_evidence(asked: Collection[str], reason: str | None) -> bool:
    """Whether a policy that asks for evidence for some reasons asks for it for this one."""
    return reason is not None and reason in asked


def require_evidence(lacking: Mapping[str, str]) -> None:
    """Refuse items for whose reason evidence is needed and not there.

    Args:
        lacking: of each such item, the field that should name it, and what to say.

    Raises:
        EvidenceRequired: there are some.
    """
    if lacking:
        raise EvidenceRequired(**lacking)


def require_few(files: int, videos: int) -> None:
    """Refuse more files by the shop than one line of a return may have.

    Raises:
        TooMuchFound: there would be.
    """
    if videos > MAX_VIDEOS or files - videos > MAX_IMAGES:
        raise TooMuchFound


def require_room(unused: int, more: int) -> None:
    """Refuse more uploads than one order may have waiting.

    Raises:
        TooMuchEvidence: there would be.
    """
    if unused + more > MOST_UNUSED:
        raise TooMuchEvidence
