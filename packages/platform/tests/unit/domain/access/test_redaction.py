"""No secret of a request is kept."""

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.access.redaction import (
    HIDDEN,
    MaskCompiler,
    cut_lists,
    is_plain,
    names_in,
    redact,
    redact_text,
)
from isinglass.model.schema import load

GLUE = load("glue")
MASKS = MaskCompiler(GLUE.shapes)


def _mask(operation: str) -> Any:
    shape = GLUE.operations[operation].input
    assert shape is not None
    return MASKS.compile(shape)


@pytest.mark.parametrize(
    ("operation", "document", "kept"),
    [
        (
            "CreateConnection",
            {
                "ConnectionInput": {
                    "Name": "c",
                    "ConnectionProperties": {
                        "USERNAME": "u",
                        "PASSWORD": "5ecret",
                        "JDBC_CONNECTION_URL": "jdbc:mysql://h/d?user=u&password=5ecret&x=1",
                    },
                    "AuthenticationConfiguration": {
                        "BasicAuthenticationCredentials": {"Username": "u", "Password": "5ecret"}
                    },
                }
            },
            {
                "ConnectionInput": {
                    "Name": "c",
                    "ConnectionProperties": {
                        "USERNAME": "u",
                        "PASSWORD": HIDDEN,
                        "JDBC_CONNECTION_URL": f"jdbc:mysql://h/d?user=u&password={HIDDEN}&x=1",
                    },
                    "AuthenticationConfiguration": {
                        "BasicAuthenticationCredentials": {"Username": "u", "Password": HIDDEN}
                    },
                }
            },
        ),
        (
            "StartJobRun",
            {"JobName": "j", "Arguments": {"--db_password": "5ecret", "--day": "1", "--API-KEY": "5ecret"}},
            {"JobName": "j", "Arguments": {"--db_password": HIDDEN, "--day": "1", "--API-KEY": HIDDEN}},
        ),
        (
            # What is sealed in the database is not kept here either.
            "CreateConnection",
            {
                "ConnectionInput": {
                    "SparkProperties": {"keytab": "5ecret", "sig": "5ecret", "client_assertion": "x"}
                }
            },
            {
                "ConnectionInput": {
                    "SparkProperties": {"keytab": HIDDEN, "sig": HIDDEN, "client_assertion": HIDDEN}
                }
            },
        ),
        (
            "UpdateJobFromSourceControl",
            {"JobName": "j", "AuthToken": "5ecret"},
            {"JobName": "j", "AuthToken": HIDDEN},
        ),
    ],
)
def test_parameters_of_a_request_are_kept_without_secrets(
    operation: str, document: dict[str, Any], kept: dict[str, Any]
):
    assert redact(document, _mask(operation)) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("--conf spark.hadoop.fs.s3a.secret.key=abc x", f"--conf spark.hadoop.fs.s3a.secret.key={HIDDEN} x"),
        ('{"password": "a b", "n": 1}', f'{{"password": {HIDDEN}, "n": 1}}'),
        ("postgresql://u:abc@h/d", f"postgresql://u:{HIDDEN}@h/d"),
        ("secretsmanager:GetSecretValue", "secretsmanager:GetSecretValue"),
        ("s3://bucket/a=1/b", "s3://bucket/a=1/b"),
        ("x" * 3000, "x" * 2048 + "… (3000 characters)"),
    ],
)
def test_text_is_kept_without_what_looks_like_a_secret(text: str, kept: str):
    assert redact_text(text) == kept


def test_long_lists_are_cut_and_say_so():
    assert redact({"Names": ["a"] * 60}) == {"Names": [*["a"] * 50, "… (60 elements)"]}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=60) | st.dictionaries(st.text(max_size=4), inner, max_size=5),
    max_leaves=400,
)


@settings(max_examples=40, deadline=None)
@given(_JSON)
def test_what_is_kept_can_always_be_written_and_is_small(document: Any):
    assert len(orjson.dumps(redact(document))) < 200_000


_PARTS = [
    "pass",
    "Word",
    "\u017fecret",
    "to\u212aen",
    "cr\u00e9e",
    "secret",
    "pwd",
    "=",
    ": ",
    "x",
    "://u:x@h",
    "api",
    "key",
    "tab",
    "sig",
    "?",
    "assertion",
    "Team",
    "1",
    "_",
    "-",
    ".",
    " ",
    "s%69g",
    "%70wd",
]
_TEXTS = st.lists(st.sampled_from(_PARTS), max_size=5).map("".join)
_DOCUMENTS = st.recursive(
    _TEXTS | st.integers(0, 9), lambda inner: st.dictionaries(_TEXTS, inner) | st.lists(inner), max_leaves=8
)


@pytest.mark.parametrize(
    "document",
    [
        {"KEY_TAB": "hush"},
        {"key-tab": "hush"},
        {"Url": "jdbc:postgresql://h/d?%70wd=hush"},
        {"Url": "https://h/c?s%69g=hush"},
    ],
)
def test_secret_that_is_written_another_way_is_not_plain(document: dict[str, Any]) -> None:
    assert not is_plain(orjson.dumps(document), None)
    assert "hush" not in str(redact(document))


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(_TEXTS, _DOCUMENTS))
def test_plain_document_of_any_texts_has_nothing_to_redact(document: dict[str, Any]) -> None:
    if is_plain(orjson.dumps(document), None):
        assert redact(document) == document


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(_TEXTS, st.lists(_DOCUMENTS, max_size=8)))
def test_document_with_cut_lists_that_is_plain_has_nothing_to_redact(document: dict[str, Any]) -> None:
    cut = cut_lists(document, 0.5)
    if is_plain(orjson.dumps(cut), None):
        assert redact(cut) == cut


def test_lists_of_a_large_document_are_cut_to_a_share_and_say_so() -> None:
    document = {"Names": list("abcdefghij"), "Input": {"Values": ["x", "y"], "Name": "n"}, "One": ["z"]}
    assert cut_lists(document, 0.3) == {
        "Names": ["a", "b", "c", "… (10 elements)"],
        "Input": {"Values": ["x", "… (2 elements)"], "Name": "n"},
        "One": ["z"],
    }


def test_request_about_what_is_encrypted_keeps_names_alone() -> None:
    request = {
        "CatalogId": "123456789012",
        "DatabaseName": "d",
        "SkipArchive": True,
        "SearchText": "hush",
        "PartitionValues": ["2024"],
        "TableInput": {"Name": "t", "Description": "hush", "Parameters": {"hush": "hush"}},
        "PartitionInputList": [{"Values": ["1"], "Parameters": {"hush": "hush"}}],
    }
    assert names_in(request) == {
        "CatalogId": "123456789012",
        "DatabaseName": "d",
        "SkipArchive": True,
        "SearchText": HIDDEN,
        "PartitionValues": ["2024"],
        "TableInput": {"Name": "t", "…": HIDDEN},
        "PartitionInputList": ["… (1 elements)"],
    }
