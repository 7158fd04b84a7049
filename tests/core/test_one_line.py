"""Names are one line: they stand in heads of messages and of pages."""

import pytest
from pydantic import ValidationError

from account_portal.core.schemas import Input


class Form(Input):
    first_name: str = ""
    nickname: str | None = None
    comment: str = ""


@pytest.mark.parametrize("field", ["first_name", "nickname"])
@pytest.mark.parametrize("between", ["\r\n", "\n", "\r", "\x85", "\u2028", "\u2029"])
def test_a_name_of_two_lines_is_refused(field: str, between: str) -> None:
    with pytest.raises(ValidationError, match="must be one line"):
        Form.model_validate({field: f"Jo{between}Bcc: all@example.com"})


def test_ends_are_cut_and_other_texts_may_have_lines() -> None:
    form = Form.model_validate({"first_name": " Jo\n", "comment": "one\r\ntwo"})
    assert (form.first_name, form.comment) == ("Jo", "one\r\ntwo")
