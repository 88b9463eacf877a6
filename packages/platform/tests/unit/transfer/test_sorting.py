"""Lines sorted outside of memory."""

from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.transfer.sorting import SortedLines

LINES = st.lists(st.binary(max_size=6).map(lambda data: data.replace(b"\n", b"") + b"\n"), max_size=40)


@given(LINES, st.integers(1, 60))
@settings(max_examples=60)
def test_lines_come_back_sorted_whatever_the_memory(lines, bunch_bytes):
    collection = SortedLines(bunch_bytes)
    for line in lines:
        collection.add(line)
    assert list(collection.drain()) == sorted(lines)
    assert list(collection.drain()) == []
