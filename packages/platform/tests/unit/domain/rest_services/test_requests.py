"""Requests to services are what their types say, and nothing gets out of its place in them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.connection_targets import Address, BadConnection, UntestableConnection
from isinglass.domain.rest_services.requests import Carried, Request, address_of, plan, resolved


def test_request_has_every_value_in_its_place() -> None:
    carried = [
        Carried("id", "a/b c", "PATH"),
        Carried("q", "x&y=z", "QUERY_PARAM"),
        Carried("X-Key", "k", "HEADER"),
        Carried("n", "1", "BODY"),
    ]
    assert plan("https://h:8443/v1/?a=1", "POST", "/things/{id}?b=2", carried) == Request(
        "POST",
        Address("h", 8443),
        True,
        "/v1/things/a%2Fb%20c?a=1&b=2&q=x%26y%3Dz",
        {"Accept": "application/json", "User-Agent": "isinglass", "X-Key": "k", "Content-Type": "application/json"},
        b'{"n": "1"}',
    )  # fmt: skip


@settings(max_examples=200)
@given(st.text(min_size=1), st.sampled_from(["PATH", "QUERY_PARAM", "HEADER", "BODY"]))
def test_value_never_leaves_its_place(value: str, location: str) -> None:
    try:
        request = plan(
            "http://h", "POST", "/a/{k}/c" if location == "PATH" else "/a", [Carried("k", value, location)]
        )
    except (BadConnection, UnicodeEncodeError):
        return
    assert request.target.isascii()
    assert not set(request.target) & set(" \r\n\t")
    assert request.target.partition("?")[0].count("/") == (3 if location == "PATH" else 1)
    assert not any(set(text) & set("\r\n\0") for text in request.headers.values())


@pytest.mark.parametrize("path", ["/a/{k}{l}/c", "/a/.{k}/c", "/a/{k}"])
def test_values_together_never_climb_in_the_path(path: str) -> None:
    values = ["..", "."] if path == "/a/{k}" else [".", "."]
    with pytest.raises(BadConnection):
        plan(
            "http://h",
            "GET",
            path,
            [Carried(key, value, "PATH") for key, value in zip("kl", values, strict=True)],
        )


@pytest.mark.parametrize("key", ["Host", "content-length", "a b", "a\r\nb", "", "x:"])
def test_headers_of_the_line_itself_are_not_set(key: str) -> None:
    with pytest.raises(UntestableConnection):
        plan("http://h", "GET", "/", [Carried(key, "v", "HEADER")])


@pytest.mark.parametrize(
    "url",
    ["", "h", "ftp://h", "http://", "http://u@h", "http://h:x", "http://h:0", "http://h#f", "http://[h",
     "http://h\0", "http://a\u2100b", "http://\u00fc.example"],
)  # fmt: skip
def test_addresses_other_than_of_services_are_refused(url: str) -> None:
    with pytest.raises(BadConnection):
        address_of(url)
    with pytest.raises(BadConnection):
        plan(url, "GET", "/", [])


def _property(**more: Any) -> dict[str, Any]:
    return {"Name": "n", "Required": False, "PropertyType": "USER_INPUT", **more}


@pytest.mark.parametrize(
    ("described", "given", "carried"),
    [
        (_property(), {}, []),
        (_property(), {"n": "v"}, [Carried("n", "v", "QUERY_PARAM")]),
        (_property(DefaultValue="d"), {}, [Carried("n", "d", "QUERY_PARAM")]),
        (_property(DefaultValue="d", PropertyType="READ_ONLY"), {"n": "v"}, [Carried("n", "d", "QUERY_PARAM")]),
        (_property(PropertyType="UNUSED"), {"n": "v"}, []),
        (_property(KeyOverride="k", PropertyLocation="HEADER"), {"n": "v"}, [Carried("k", "v", "HEADER")]),
    ],
)  # fmt: skip
def test_property_has_the_value_that_its_kind_lets_it_have(
    described: dict[str, Any], given: dict[str, str], carried: list[Carried]
) -> None:
    assert resolved([described], given) == carried


@pytest.mark.parametrize(
    "described", [_property(Required=True), _property(AllowedValues=["a"], DefaultValue="b")]
)
def test_property_without_a_value_that_fits_is_refused(described: dict[str, Any]) -> None:
    with pytest.raises(BadConnection):
        resolved([described], {})
