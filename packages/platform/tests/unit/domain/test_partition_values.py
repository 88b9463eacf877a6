"""The key that partitions are stored under."""

from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.partition_values import encode, key_range

texts = st.text(st.sampled_from("\x00\x01\x02\x03a~é😀"), max_size=4)
value_lists = st.lists(texts, min_size=2, max_size=2)


@settings(max_examples=300, deadline=None)
@given(left=value_lists, right=value_lists)
def test_keys_compare_as_the_values_do(left: list[str], right: list[str]) -> None:
    assert (encode(left) < encode(right)) == (left < right)
    assert (encode(left) == encode(right)) == (left == right)


def test_key_of_long_values_stays_short_and_distinct() -> None:
    keys = {encode(["x" * 1023 + last, "y"]) for last in "abc"}
    assert (len(keys), max(map(len, keys))) == (3, 664)


@settings(max_examples=300, deadline=None)
@given(values=value_lists, prefix=texts, low=texts, high=texts, lowest=st.booleans(), highest=st.booleans())
def test_key_range_holds_exactly_what_is_within_its_bounds(
    values: list[str], prefix: str, low: str, high: str, lowest: bool, highest: bool
) -> None:
    keys = key_range([prefix], (low, lowest), (high, highest))
    second = values[1]
    within = values[0] == prefix and (low < second or (lowest and low == second))
    within = within and (second < high or (highest and second == high))
    key = encode(values)
    assert keys.low is not None
    assert keys.high is not None
    assert (keys.low <= key < keys.high) == within
