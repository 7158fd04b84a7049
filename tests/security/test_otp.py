"""One-time codes against a model of their rules, with time moving as it likes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from account_portal.auth.service.guessing import require_right_code
from account_portal.context import NOBODY, Caller, enter
from account_portal.core.db import Database
from account_portal.core.errors import PortalError
from account_portal.core.ids import new_id
from account_portal.models import OtpChallenge
from account_portal.security import otp
from tests.conftest import Clock
from tests.factories.auth import other_code

STEPS = st.one_of(
    st.just("ask"),
    st.just("ask"),
    st.just("right"),
    st.just("wrong"),
    st.just("wrong"),
    st.integers(min_value=1, max_value=700),
)


@dataclass
class Model:
    """The rules of RULES.md in the plainest words, for a stranger."""

    asked: list[datetime] = field(default_factory=list)
    wrong: dict[datetime, int] = field(default_factory=dict)
    used: set[datetime] = field(default_factory=set)

    def ask(self, now: datetime) -> str:
        if any(now - then < timedelta(seconds=30) for then in self.asked):
            return "too_many_requests"
        if sum(now - then < timedelta(hours=1) for then in self.asked) >= 10:
            return "too_many_requests"
        self.asked.append(now)
        self.wrong[now] = 0
        return "ok"

    def is_living(self, made: datetime, now: datetime) -> bool:
        return made not in self.used and now - made < timedelta(minutes=10)

    def confirm(self, now: datetime, *, right: bool) -> str:
        made = self.asked[-1]
        tried = sum(wrong for made, wrong in self.wrong.items() if self.is_living(made, now))
        if not self.is_living(made, now) or tried >= 5 or sum(self.wrong.values()) >= 100:
            return "otp_expired"
        if not right:
            self.wrong[made] += 1
            return "otp_invalid"
        self.used.add(made)
        return "ok"


class Real:
    """The same through the database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.contact = f"{new_id().lower()}@example.com"
        self.issued: otp.Issued | None = None

    def ask(self, now: datetime) -> str:
        try:
            with enter(Caller(now=now), writes=True, actor=NOBODY, database=self.database) as ctx:
                self.issued = otp.issue(
                    ctx.db, now, action="login", channel="email", contact=self.contact,
                    asker="192.0.2.1", is_known=False, matches=True,
                )  # fmt: skip
        except PortalError as error:
            return error.code
        return "ok"

    def confirm(self, now: datetime, *, right: bool) -> str:
        assert self.issued is not None
        code = self.issued.code if right else other_code(self.issued.code)
        try:
            with enter(Caller(now=now), writes=True, actor=NOBODY, database=self.database) as ctx:
                challenge = otp.find(ctx.db, self.issued.token, lock=True)
                require_right_code(ctx, challenge, self.issued.token, code, None)
                challenge.used_at = now
        except PortalError as error:
            return error.code
        return "ok"


@given(st.lists(STEPS, min_size=3, max_size=25))
def test_codes_keep_their_rules(database: Database, clock: Clock, steps: list[str | int]) -> None:
    model, real = Model(), Real(database)
    assert real.ask(clock.now) == model.ask(clock.now) == "ok"
    for step in steps:
        if isinstance(step, int):
            clock.advance(seconds=step)
        elif step == "ask":
            assert real.ask(clock.now) == model.ask(clock.now)
        else:
            right = step == "right"
            expected = model.confirm(clock.now, right=right)
            assert real.confirm(clock.now, right=right) == expected


def test_codes_have_six_digits_and_differ(database: Database, clock: Clock) -> None:
    codes = set()
    for _ in range(50):
        real = Real(database)
        real.ask(clock.now)
        assert real.issued is not None
        codes.add(real.issued.code)
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 45


def test_code_of_one_handle_does_not_fit_another(database: Database, clock: Clock) -> None:
    first, second = Real(database), Real(database)
    first.ask(clock.now)
    second.ask(clock.now)
    assert first.issued is not None
    assert second.issued is not None
    with database.session(writes=False) as db:
        challenge = otp.find(db, first.issued.token, lock=False)
        assert otp.is_right(challenge, first.issued.token, first.issued.code)
        assert not otp.is_right(challenge, second.issued.token, first.issued.code)


def test_old_challenges_are_swept(database: Database, clock: Clock) -> None:
    Real(database).ask(clock.now)
    clock.advance(hours=24)
    Real(database).ask(clock.now)
    clock.advance(minutes=11)
    with enter(writes=True, actor=NOBODY, database=database) as ctx:
        otp.sweep(ctx.db, ctx.now)
    with database.session(writes=False) as db:
        assert len(db.execute(select(OtpChallenge)).all()) == 1
