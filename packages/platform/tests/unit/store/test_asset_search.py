"""The search of assets against a slow reference that looks at every asset."""

import json
import operator
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isinglass.domain.business.search import AssetSearch, parse_search
from isinglass.store import asset_search
from isinglass.store.paging import PageRequest
from isinglass.store.store import Store

ACCOUNT = "123456789012"

#: What a form `f` of each asset says.
CONTENTS: list[Any] = [
    {},
    {"a": 1},
    {"a": 2.5, "b": "x"},
    {"a": "1", "b": ["x", "yz"]},
    {"a": True, "m": {"k": "x", "k.l": "y"}},
    {"a": [3, 10], "m": {"k": ""}},
    {"b": "Ä' OR 1=1 --", "m": {"deep": {"a": 1}}},
    {"b": "x" * 300, "m": []},
    {"a": -1, "b": "%", "mm": "x"},
]
NAMES = ["one two", "two", "three", "Two", "two", "x", "", "one", "two three"]


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with an asset for each content, and one of another account."""
    with store.begin() as tx:
        for index, (name, content) in enumerate(zip(NAMES, CONTENTS, strict=True)):
            document = {"Forms": {"f": {"FormTypeId": "F", "Content": json.dumps(content)}}}
            if index % 2:
                document["Description"] = f"says {name}"  # type: ignore[assignment]
            tx.assets.put(ACCOUNT, f"id{index}", "T" if index % 3 else "U", name, document, float(index))
        tx.assets.put("444455556666", "id", "T", "two", {"Forms": {}}, 1.0)
        assert tx.asset_index.catch_up(100) == len(NAMES) + 1
    return store


def _scalars(content: Any) -> Iterator[Any]:
    for element in content if isinstance(content, list) else [content]:
        if not isinstance(element, list | dict):
            yield element


def _at(content: Any, path: list[str]) -> Iterator[Any]:
    """Walk to a path every way there is: keys may hold dots."""
    for element in content if isinstance(content, list) else [content]:
        if not path:
            yield element
        elif isinstance(element, dict):
            for length in range(1, len(path) + 1):
                key = ".".join(path[:length])
                if key in element:
                    yield from _at(element[key], path[length:])


_COMPARE = {
    "equals": operator.eq,
    "greaterThan": operator.gt,
    "greaterThanOrEquals": operator.ge,
    "lessThan": operator.lt,
    "lessThanOrEquals": operator.le,
}


def _passes(clause: dict[str, Any], index: int) -> bool:
    [(kind, given)] = clause.items()
    match kind:
        case "AndAllFilters":
            return all(_passes(part, index) for part in given)
        case "OrAnyFilters":
            return any(_passes(part, index) for part in given)
        case "MapFilter":
            found = [
                inner.get(given["Key"])
                for inner in _at({"f": CONTENTS[index]}, given["Attribute"].split("."))
                if isinstance(inner, dict)
            ]
            return given["Value"]["StringValue"] in {_written(each) for each in _flat(found)}
    attribute, name = given["Attribute"], given["Operator"]
    own = {"name": [NAMES[index]], "assetTypeId": ["T" if index % 3 else "U"], "createdAt": [float(index)]}
    own["description"] = [f"says {NAMES[index]}"] if index % 2 else []
    values = (
        own[attribute] if attribute in own else list(_flat(_at({"f": CONTENTS[index]}, attribute.split("."))))
    )
    if name == "notExists":
        return not (
            values
            if attribute in own
            else list(_inside(list(_at({"f": CONTENTS[index]}, attribute.split(".")))))
        )
    [(member, wanted)] = given["Value"].items()
    if attribute == "createdAt" or member == "LongValue":
        numbers = [
            value for value in values if isinstance(value, int | float) and not isinstance(value, bool)
        ]
        return any(_COMPARE[name](number, wanted) for number in numbers)
    return any(_COMPARE[name](_written(value), wanted) for value in values)


def _flat(found: Any) -> Iterator[Any]:
    for each in found:
        yield from _scalars(each)


def _inside(found: Any) -> Iterator[Any]:
    for each in found:
        if isinstance(each, dict):
            yield from _inside(each.values())
        elif isinstance(each, list):
            yield from _inside(each)
        else:
            yield each


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)[:257]


_ATTRIBUTES = st.sampled_from(["f.a", "f.b", "f.m.k", "f.m.deep.a", "f.none"])
_TEXTS = st.sampled_from(["x", "1", "2.5", "true", "", "yz", "two", "T", "Ä' OR 1=1 --", "%", "x" * 256])
_LONGS = st.sampled_from([-1, 0, 1, 2, 3, 10, 2**63 - 1])
_OPERATORS = st.sampled_from(sorted(_COMPARE))


def _filter(attribute: str, name: str, value: dict[str, Any] | None) -> dict[str, Any]:
    given: dict[str, Any] = {"Attribute": attribute, "Operator": name}
    return {"AttributeFilter": given if value is None else {**given, "Value": value}}


_LEAVES = st.one_of(
    st.builds(_filter, _ATTRIBUTES, _OPERATORS, _TEXTS.map(lambda text: {"StringValue": text})),
    st.builds(_filter, _ATTRIBUTES, _OPERATORS, _LONGS.map(lambda number: {"LongValue": number})),
    st.builds(
        _filter,
        _ATTRIBUTES | st.sampled_from(["f", "f.m", "description", "name"]),
        st.just("notExists"),
        st.none(),
    ),
    st.builds(
        _filter,
        st.sampled_from(["name", "description", "assetTypeId"]),
        _OPERATORS,
        _TEXTS.map(lambda text: {"StringValue": text}),
    ),
    st.builds(_filter, st.just("createdAt"), _OPERATORS, _LONGS.map(lambda number: {"LongValue": number})),
    st.builds(
        lambda key, text: {"MapFilter": {"Attribute": "f.m", "Key": key, "Value": {"StringValue": text}}},
        st.sampled_from(["k", "k.l", "none"]),
        _TEXTS,
    ),
)
_CLAUSES = st.recursive(
    _LEAVES,
    lambda inner: st.builds(
        lambda kind, parts: {kind: parts},
        st.sampled_from(["AndAllFilters", "OrAnyFilters"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)


def _found(store: Store, search: AssetSearch, size: int, order: str = "name") -> list[str]:
    """List what is found, page by page."""
    found: list[str] = []
    after: tuple[Any, ...] | None = None
    while True:
        with store.read() as tx:
            page, after = tx.asset_search.page(
                ACCOUNT, search, PageRequest(size, after), order, descending=False
            )
        assert len(page) <= size
        found += [str(asset.identifier) for asset in page]
        if after is None:
            return found


@given(
    clause=_CLAUSES,
    size=st.sampled_from([1, 2, 100]),
    few=st.sampled_from([0, 2, 2_000]),
    tested=st.sampled_from([1, 5, 5_000]),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_filter_finds_what_the_reference_finds(
    filled: Store, clause: dict[str, Any], size: int, few: int, tested: int
) -> None:
    expected = [
        f"id{index}" for index in sorted(range(len(NAMES)), key=lambda index: (NAMES[index].encode(), index))
        if _passes(clause, index)
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asset_search, "_FEW", few)
        patch.setattr(asset_search, "_MOST_TESTED", tested)
        assert _found(filled, parse_search(None, clause), size) == expected


@pytest.mark.parametrize(("few", "listed", "most"), [(0, 0, 2), (0, 25_000, 2), (2_000, 25_000, 15_000)])
def test_words_find_names_descriptions_and_contents(
    filled: Store, monkeypatch: pytest.MonkeyPatch, few: int, listed: int, most: int
) -> None:
    monkeypatch.setattr(asset_search, "_FEW", few)
    monkeypatch.setattr(asset_search, "_MOST_LISTED", listed)
    monkeypatch.setattr(asset_search, "_MOST_TESTED", most)
    monkeypatch.setattr(asset_search, "_MOST_LOOKED_AT", most)
    found = {
        text: _found(filled, parse_search(text, None), 2, "created_at")
        for text in ("two", "says", "ONE two", "yz", "nothing")
    }
    assert found == {
        "two": ["id0", "id1", "id3", "id4", "id8"],
        "says": ["id1", "id3", "id5", "id7"],
        "ONE two": ["id0"],
        "yz": ["id3"],
        "nothing": [],
    }
