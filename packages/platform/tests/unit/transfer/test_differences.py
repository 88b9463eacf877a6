"""In what two documents differ."""

import pytest

from isinglass.transfer.differences import differences


@pytest.mark.parametrize(
    ("there", "wanted", "found"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": {"b": "x"}}, {"a": {"b": "y"}}, ['a.b: "x" -> "y"']),
        ({"a": 1}, {"b": 2}, ["a: 1 -> nothing", "b: nothing -> 2"]),
        ({"a": [{"b": 1}, 2]}, {"a": [{"b": 3}, 2]}, ["a[0].b: 1 -> 3"]),
        ({"a": [1]}, {"a": [1, 2]}, ["a: [1] -> [1,2]"]),
        ({"a": "x" * 99}, {}, [f'a: "{"x" * 78}… -> nothing']),
        (dict.fromkeys("abcdefghijklmnopqrstu"), {}, [*(f"{c}: null -> nothing" for c in "abcdefghijklmnopqrst"), "and more"]),
    ],
)  # fmt: skip
def test_differences_named_by_their_paths(there, wanted, found):
    assert differences(there, wanted) == found
