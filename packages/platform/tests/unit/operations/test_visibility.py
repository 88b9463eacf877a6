"""Pages of what shows to a caller: short where looking on would cost too much, and never short of an entry."""

from bisect import bisect_right

from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.operations.visibility import fill_page
from isinglass.store.paging import After, PageRequest


class Listing:
    """Numbers in order, of which a fetch looks at no more than some."""

    def __init__(self, numbers: list[int], most: int) -> None:
        self.numbers = numbers
        self.most = most
        self.fetched = 0

    def fetch(self, page: PageRequest) -> tuple[list[int], After]:
        """Give the next numbers."""
        begin = 0 if page.after is None else bisect_right(self.numbers, page.after[0])
        found = self.numbers[begin : begin + min(page.size, self.most)]
        self.fetched += len(found)
        return found, (found[-1],) if begin + len(found) < len(self.numbers) else None


def _listed(listing: Listing, visible: set[int], size: int) -> list[list[int]]:
    pages: list[list[int]] = []
    after: After = None
    while True:
        found, after = fill_page(
            PageRequest(size, after), listing.fetch, lambda numbers: [n for n in numbers if n in visible]
        )
        pages.append(found)
        if after is None:
            return pages


@given(st.lists(st.integers(0, 500), unique=True), st.sets(st.integers(0, 500)), st.integers(1, 20),
       st.integers(1, 30))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_pages_together_are_all_that_shows(
    numbers: list[int], visible: set[int], size: int, most: int
) -> None:
    listing = Listing(sorted(numbers), most)
    pages = _listed(listing, visible, size)
    assert [number for page in pages for number in page] == [n for n in sorted(numbers) if n in visible]
    assert max(map(len, pages)) <= size
    assert listing.fetched == len(numbers)


def test_page_of_what_hardly_shows_looks_at_so_many_entries_only() -> None:
    listing = Listing(list(range(10_000)), 10_000)
    found, after = fill_page(PageRequest(100), listing.fetch, lambda numbers: [n for n in numbers if n == 5])
    assert (found, after) == ([5], (listing.fetched - 1,))
    assert listing.fetched < 1_000


def test_page_ends_where_a_fetch_has_looked_at_enough() -> None:
    listing = Listing(list(range(1_000)), 30)
    found, after = fill_page(PageRequest(100), listing.fetch, lambda numbers: numbers[:10])
    assert (found, after) == (list(range(10)), (29,))
