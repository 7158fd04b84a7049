"""How a page is compressed: whole, and its length left to chance where it holds a secret."""

import gzip

import pytest

from account_portal.edge.compression import gzipped, takes_gzip

PAGE = "<html>Größe</html>".encode()


@pytest.mark.parametrize(
    ("accepted", "takes"), [([], False), (["br"], False), (["br, gzip"], True), (["gzip"], True)]
)
def test_only_who_understands_it_gets_it(accepted: list[str], takes: bool) -> None:
    headers = [(b"accept-encoding", value.encode()) for value in accepted]
    assert takes_gzip({"headers": headers}) is takes


@pytest.mark.parametrize(("hides_length", "lengths"), [(False, {1}), (True, set(range(2, 21)))])
def test_it_does_not_tell_its_length_where_it_must_not(
    hides_length: bool, lengths: set[int]
) -> None:
    pages = [gzipped(PAGE, hides_length=hides_length) for _ in range(20)]
    assert {gzip.decompress(page) for page in pages} == {PAGE}
    assert len({len(page) for page in pages}) in lengths
