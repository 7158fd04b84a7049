"""What is known of an order, read once: whoever decides something reads these rows nowhere else."""

from account_portal.orders.facts.money import money_of
from account_portal.orders.facts.order import Held, OrderFacts, facts_of, load_facts

__all__ = ["Held", "OrderFacts", "facts_of", "load_facts", "money_of"]
