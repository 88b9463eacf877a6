"""Tokens open for the question they answer, and for no other."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.gateway.protocol.paging import InvalidToken, TokenSealer, page_size, question_of
from isinglass.model.schema import PageModel

PAGE = PageModel("NextToken", ("NextToken",), "MaxResults")
SEALER = TokenSealer(b"k" * 32)
QUESTION = question_of("GetTables", "123456789012", {"DatabaseName": "d", "Expression": "a.*"}, PAGE)


@settings(max_examples=50)
@given(st.lists(st.one_of(st.text(), st.integers(-(2**53), 2**53), st.none()), min_size=1).map(tuple))
def test_token_sealed_and_opened_is_the_key(after: tuple[object, ...]) -> None:
    assert SEALER.open(SEALER.seal(after, QUESTION), QUESTION) == after


@pytest.mark.parametrize(
    "question",
    [
        question_of("GetTables", "123456789012", {"DatabaseName": "d"}, PAGE),
        question_of("GetTables", "123456789012", {"DatabaseName": "d", "Expression": "b.*"}, PAGE),
        question_of("GetTables", "999999999999", {"DatabaseName": "d", "Expression": "a.*"}, PAGE),
        question_of("SearchTables", "123456789012", {"DatabaseName": "d", "Expression": "a.*"}, PAGE),
    ],
)
def test_token_of_another_question_is_refused(question: bytes) -> None:
    with pytest.raises(InvalidToken):
        SEALER.open(SEALER.seal(("t",), QUESTION), question)


def test_token_does_not_tell_where_it_goes_on() -> None:
    token = SEALER.seal(("hidden_table",), QUESTION)
    assert b"hidden_table" not in base64.urlsafe_b64decode(token)


def test_token_of_the_same_question_opens_whatever_the_page_size_and_place() -> None:
    request = {"Expression": "a.*", "DatabaseName": "d", "NextToken": "x", "MaxResults": 7}
    token = SEALER.seal(("t",), QUESTION)
    assert SEALER.open(token, question_of("GetTables", "123456789012", request, PAGE)) == ("t",)


@pytest.mark.parametrize(
    "token", ["", "x", "not base64!", "é", base64.b64encode(b"\x01[]" + b"0" * 16).decode()]
)
def test_token_that_is_none_of_ours_is_refused(token: str) -> None:
    with pytest.raises(InvalidToken):
        SEALER.open(token, QUESTION)


def test_token_with_any_byte_changed_or_of_another_key_is_refused() -> None:
    raw = base64.urlsafe_b64decode(SEALER.seal(("table", 7), QUESTION))
    for place in range(len(raw)):
        forged = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(InvalidToken):
            SEALER.open(base64.urlsafe_b64encode(forged).decode(), QUESTION)
    with pytest.raises(InvalidToken):
        TokenSealer(b"o" * 32).open(SEALER.seal(("t",), QUESTION), QUESTION)


@pytest.mark.parametrize(
    ("operation", "limit", "asked", "size"),
    [
        ("GetTables", {"max": 100}, None, 100),
        ("GetTables", {"max": 100}, 7, 7),
        ("ListBlueprints", {"max": 25}, None, 25),
        ("GetPartitions", {"max": 1000}, None, 1000),
        ("ListTableOptimizerRuns", {}, 5000, 1000),
        ("GetPartitionIndexes", None, None, 100),
        ("logs:GetLogEvents", {"max": 10000}, None, 10000),
    ],
)
def test_page_size_is_what_was_asked_within_the_models_limit(
    operation: str, limit: dict[str, int] | None, asked: int | None, size: int
) -> None:
    assert page_size(operation, limit, asked) == size
