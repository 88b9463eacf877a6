"""Contents held against schemas."""

import json

import pytest

from isinglass.domain.smithy.contents import ContentError, check_content, read_content
from isinglass.domain.smithy.parser import parse_schema

SCHEMA = parse_schema(
    """
    structure All {
        text: Short_
        flag: Boolean
        byte: Byte
        long: Long
        share: Share
        when: Timestamp
        @timestampFormat("date-time") moment: Timestamp
        @timestampFormat("http-date") header: Timestamp
        @length(max: 2) blob: Blob
        any: Document
        tier: Tier
        level: Level
        names: Names
        holes: Holes
        labels: Labels
        either: Either
        inner: Inner
    }
    @length(min: 1, max: 3) @pattern("^[a-z]*$") string Short_
    @range(min: 0, max: 1) double Share
    enum Tier { GOLD = "gold" SILVER }
    intEnum Level { ONE = 1 }
    @uniqueItems @length(max: 3) list Names { @length(min: 1) member: String }
    @sparse list Holes { member: Integer }
    @length(max: 1) map Labels { key: Short_ value: String }
    union Either { a: String b: Integer }
    structure Inner { @required name: String more: All }
    """
)

FITS = [
    "{}",
    '{"text": null}',
    '{"text": "abc", "flag": true, "byte": -128, "long": 9223372036854775807, "share": 1}',
    '{"when": 1.5, "moment": "2024-01-31T12:00:00Z", "header": "Tue, 29 Apr 2014 18:30:38 GMT"}',
    '{"when": "2024-01-31T12:00:00+01:00", "blob": "YWI=", "any": [{"x": null}]}',
    '{"tier": "SILVER", "level": 1, "names": ["a", "b"], "holes": [1, null], "labels": {"a": ""}}',
    '{"either": {"a": "x"}, "inner": {"name": "x", "more": {"inner": {"name": "y"}}}}',
    '{"either": {"a": "x", "b": null}}',
]
MISFITS = [
    ("[]", "$: it must be an object, not a list"),
    ('{"text": ""}', "$.text: it has 0 characters, which is not from 1 to 3"),
    ('{"text": "A"}', "$.text: it does not match the pattern ^[a-z]*$"),
    ('{"flag": 1}', "$.flag: it must be true or false, not a number"),
    ('{"byte": 128}', "$.byte: 128 does not fit into a Byte"),
    ('{"byte": 1.0}', "$.byte: it must be a whole number, not a number"),
    ('{"byte": true}', "$.byte: it must be a whole number, not a boolean"),
    ('{"share": 1.5}', "$.share: 1.5 is not from 0 to 1"),
    ('{"share": 1e999}', "$.share: the number is too large"),
    ('{"when": "noon"}', "$.when: it is no timestamp (epoch-seconds or date-time)"),
    ('{"moment": 1}', "$.moment: it is no timestamp (date-time)"),
    ('{"moment": "2024-01-31T12:00:00"}', "$.moment: it is no timestamp (date-time)"),
    ('{"header": "soon"}', "$.header: it is no timestamp (http-date)"),
    ('{"blob": "YWJj"}', "$.blob: it has 3 bytes, which is not at most 2"),
    ('{"blob": "?"}', "$.blob: it is no Base64"),
    ('{"tier": "GOLD"}', "$.tier: it is one of gold, SILVER"),
    ('{"level": true}', "$.level: it is one of 1"),
    ('{"names": ["a", "a"]}', "$.names: its items must differ"),
    ('{"names": ["a", ""]}', "$.names[1]: it has 0 characters, which is not at least 1"),
    ('{"names": [null]}', "$.names[0]: it must not be null"),
    ('{"labels": {"A": "x"}}', "the key of $.labels['A']: it does not match the pattern ^[a-z]*$"),
    ('{"labels": {"a": "x", "b": "x"}}', "$.labels: it has 2 entries, which is not at most 1"),
    ('{"either": {}}', "$.either: exactly one member of Either must be given"),
    ('{"either": {"a": "x", "b": 1}}', "$.either: exactly one member of Either must be given"),
    ('{"inner": {"more": {}}}', "$.inner.name: it is required"),
    ('{"inner": {"name": "x", "nam": "x"}}', "$.inner: Inner has no member 'nam'; it has more, name"),
    ('{"text": "a", "text": "b"}', "$: 'text' stands twice in one object"),
    ('{"any": NaN}', "$: NaN is no JSON"),
    ('{"any": "\\ud800"}', "$: it has half a character (a lone surrogate)"),
    ('{"any": ' + "[" * 101 + "]" * 101 + "}", "$: it nests too deeply"),
    ('{"any": ' + "[" * 100_000 + "]" * 100_000 + "}", "$: it nests too deeply"),
]  # fmt: skip


@pytest.mark.parametrize("text", FITS)
def test_content_that_fits_is_accepted(text: str) -> None:
    check_content(SCHEMA, "All", read_content(text))


@pytest.mark.parametrize(("text", "error"), MISFITS, ids=lambda text: text[:40])
def test_content_that_does_not_fit_is_refused_with_its_path(text: str, error: str) -> None:
    with pytest.raises(ContentError) as caught:
        check_content(SCHEMA, "All", read_content(text))
    assert str(caught.value) == error


def test_pattern_that_takes_for_ever_elsewhere_takes_no_time() -> None:
    schema = parse_schema('structure A { @pattern("^(a+)+$") a: String }')
    with pytest.raises(ContentError):
        check_content(schema, "A", {"a": "a" * 2_000 + "!"})
    check_content(schema, "A", json.loads(json.dumps({"a": "a" * 2_000})))
