"""What of a line goes back by a withdrawal from the contract: by the policy, and by the law."""

from dataclasses import replace
from datetime import datetime, time, timedelta, tzinfo
from typing import NamedTuple

from account_portal.orders.rules.policies import AllTerms, Goods, LineReturn, kindest_return
from account_portal.orders.rules.refund_days import nth_working_day
from account_portal.states import ReturnResolution

PERIOD = timedelta(days=14)
"""After the day on which the last of it was delivered (Directive 2011/83/EU, Article 9)."""


UNINFORMED = timedelta(days=366)
"""By so much longer one can withdraw whom nobody told that they can (Article 10)."""
NEVER_ARRIVED = timedelta(days=2 * 366)
"""Of an order of which nobody knows that it arrived nothing is to be withdrawn after this."""


def can_still_withdraw(ordered_at: datetime, arrived_at: datetime | None, now: datetime) -> bool:
    """Whether the way out of a contract can matter, however generously one counts.

    Args:
        ordered_at: when it was made.
        arrived_at: when the last of it arrived; none: more is to come, or nobody told.
        now: the moment.
    """
    if arrived_at is None:
        return now <= ordered_at + NEVER_ARRIVED
    # Two days, as the last one may be a day off, and goes on in the west.
    return now <= arrived_at + PERIOD + UNINFORMED + timedelta(days=2)


class Place(NamedTuple):
    """Where goods were delivered, as far as days are counted there."""

    zone: tzinfo
    country: str
    """ISO 3166 code of the country whose days off count."""


def withdrawal_of(
    terms: AllTerms,
    ordered_at: datetime,
    goods: Goods,
    now: datetime,
    place: Place,
    last_arrival: datetime,
) -> LineReturn:
    """What goes back of a line for a refund; exempt is what the policy names as exempt.

    A final sale is a rule of the shop's and no exemption. Where the policy's window is longer than
    the law's period, it holds.

    Args:
        terms: what the policies say of the line.
        ordered_at: when it was ordered.
        goods: how far it arrived and went back.
        now: when the contract was withdrawn from.
        place: where it was delivered.
        last_arrival: when the last of all goods of the order was: of what is delivered in parts the
            law counts from there.
    """
    by_policy = [
        replace(
            one,
            resolutions=(ReturnResolution.REFUND,),
            never=None if one.never == "final_sale" else one.never,
        )
        for one in terms
    ]
    by_law = [replace(one, counted_from="delivery", window=timedelta(0)) for one in by_policy]
    end = _end_of_period(last_arrival, place)
    ends = tuple((number, end, units) for number, _, units in goods.arrivals)
    return max(
        kindest_return(by_policy, ordered_at, goods, now),
        kindest_return(by_law, ordered_at, goods._replace(arrivals=ends), now),
        key=lambda found: found.units,
    )


def _end_of_period(arrived: datetime, place: Place) -> datetime:
    """With the last hour of its last day; of a day off, of the next working day.

    So does Regulation 1182/71, Article 3, count.
    """
    last = arrived.astimezone(place.zone).date() + PERIOD
    last = nth_working_day(last - timedelta(days=1), 1, place.country)
    return datetime.combine(last, time.max, place.zone)
