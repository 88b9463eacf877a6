"""Sealed texts open with their key and as what they are, and nothing else; blinded words only compare."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.store.sealed_texts import DataKey, TextBroken, data_key_of, is_sealed, mark_of

KEY = DataKey("00112233aabbccdd", "arn:aws:kms:us-east-1:111111111111:key/k", bytes(range(32)))
OTHER = DataKey("ffffffffffffffff", KEY.key_arn, bytes(32))
IDENTITY = ("111111111111", "table", 1.5, 3)


@settings(max_examples=30)
@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=50),
    st.integers(0, 2**40),
    st.floats(),
)
def test_sealed_text_opens_as_it_was_sealed(text: str, number: int, time: float) -> None:
    identity = ("catalog", number, "kind", str(time))
    sealed = KEY.seal(text, identity)
    assert (KEY.open(sealed, identity), is_sealed(sealed), data_key_of(sealed)) == (text, True, KEY.id)
    assert sealed.startswith(mark_of(KEY.id))


def test_same_text_is_sealed_differently_each_time() -> None:
    assert KEY.seal("{}", IDENTITY) != KEY.seal("{}", IDENTITY)


@pytest.mark.parametrize("text", ["{}", "[]", '{"a": "~"}', ""])
def test_json_is_not_sealed(text: str) -> None:
    assert not is_sealed(text)


def _changed(sealed: str, place: int) -> str:
    letter = "A" if sealed[place] != "A" else "B"
    return sealed[:place] + letter + sealed[place + 1 :]


@pytest.mark.parametrize(
    "change",
    [
        lambda sealed: _changed(sealed, len(mark_of(KEY.id))),  # the salt
        lambda sealed: _changed(sealed, -10),
        lambda sealed: sealed[:-8],
        lambda sealed: sealed.partition(".")[0] + ".",
        lambda sealed: sealed + "!",
    ],
)
def test_changed_text_is_refused(change) -> None:
    with pytest.raises(TextBroken, match=r"table 1\.5 3 was changed or moved outside the server"):
        KEY.open(change(KEY.seal('{"Name": "t"}', IDENTITY)), IDENTITY)


@pytest.mark.parametrize(
    ("key", "identity"),
    [
        (OTHER, IDENTITY),
        (KEY, ("222222222222", "table", 1.5, 3)),
        (KEY, ("111111111111", "database", 1.5, 3)),
        (KEY, ("111111111111", "table", 1.5, 4)),
        (KEY, ("111111111111", "table", "1.5", 3)),
        (KEY, IDENTITY[:-1]),
    ],
)
def test_text_is_not_opened_as_something_else(key: DataKey, identity: tuple[object, ...]) -> None:
    with pytest.raises(TextBroken):
        key.open(KEY.seal("{}", IDENTITY), identity)


def test_blinded_words_are_equal_under_one_key_only_and_do_not_tell_the_word() -> None:
    assert KEY.blind("customer") == KEY.blind("customer")
    assert len({KEY.blind("customer"), OTHER.blind("customer"), KEY.blind("customers")}) == 3
    assert "customer" not in KEY.blind("customer")


def test_data_key_does_not_show_itself() -> None:
    assert repr(KEY.clear) not in repr(KEY)
