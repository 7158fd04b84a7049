"""What the shop itself is told."""

from typing import ClassVar

from typing_extensions import override

from account_portal.notifications.messages.base import Category, CustomerMessage


class WebhookDisabled(CustomerMessage):
    """Nothing is sent to an endpoint any more; goes to the shop."""

    kind = "webhook_disabled"
    category: ClassVar[Category] = "security"

    url: str
    reason: str
    endpoint_id: str

    @override
    def subject(self) -> str:
        return "A webhook endpoint was disabled"

    @override
    def text(self) -> str:
        return (
            f"Events are no longer sent to {self.url}. {self.reason} What happens meanwhile is "
            "kept in the event log. When the endpoint works again, enable it and it is sent what "
            f"it missed: POST /webhooks/{self.endpoint_id}/enable."
        )
