"""What a page has more in a storefront's frame, and the windows that such a page opens."""

from account_portal.widget.pages.frame import frame_bridge, frame_gate, frame_line, is_shut
from account_portal.widget.pages.hand_over import hand_over
from account_portal.widget.pages.payment_done import payment_done

__all__ = ["frame_bridge", "frame_gate", "frame_line", "hand_over", "is_shut", "payment_done"]
