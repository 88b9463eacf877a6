"""The Query protocol of the command line: forms out, XML in."""

from urllib.parse import parse_qsl

import pytest

from isinglass.cli.query import decode_answer, decode_error, encode_form, typed


def test_request_becomes_a_form_with_dotted_names() -> None:
    document = {"UserName": "ä&b", "Tags": [{"Key": "k", "Value": ""}], "SetAsDefault": True, "MaxItems": 5}
    assert parse_qsl(encode_form("iam", "CreateUser", document).decode(), keep_blank_values=True) == [
        ("Action", "CreateUser"),
        ("Version", "2010-05-08"),
        ("UserName", "ä&b"),
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", ""),
        ("SetAsDefault", "true"),
        ("MaxItems", "5"),
    ]


def test_answer_is_read_without_its_wrapper_and_namespace() -> None:
    body = (
        b'<ListUsersResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListUsersResult><Users>'
        b"<member><UserName>a</UserName><Tags></Tags></member><member><UserName>&lt;b&gt;</UserName></member>"
        b"</Users><IsTruncated>false</IsTruncated></ListUsersResult></ListUsersResponse>"
    )
    assert decode_answer("ListUsers", body) == {
        "Users": [{"UserName": "a", "Tags": ""}, {"UserName": "<b>"}],
        "IsTruncated": "false",
    }
    assert decode_answer("DeleteUser", b"<DeleteUserResponse><ResponseMetadata/></DeleteUserResponse>") == {}


def test_error_is_read() -> None:
    body = b"<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>none</Message></Error></ErrorResponse>"
    assert decode_error(body) == ("NoSuchEntity", "none")


@pytest.mark.parametrize("body", [b"{}", b"", b"<a", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_answer("ListUsers", body)


def test_answer_gets_the_types_of_its_shape() -> None:
    shapes = {
        "Answer": {
            "type": "structure",
            "members": {"On": "Yes", "N": "Int", "L": "List", "M": "Map", "T": "Text"},
        },
        "Yes": {"type": "boolean"},
        "Int": {"type": "integer"},
        "Text": {"type": "string"},
        "List": {"type": "list", "member": "Int"},
        "Map": {"type": "map", "key": "Text", "value": "Yes"},
    }
    entries = b"<M><entry><key>a</key><value>true</value></entry><entry><key>b</key><value>false</value></entry></M>"
    body = b"<R><AskResult><On>false</On><N>3</N><L/><T>7</T>" + entries + b"</AskResult></R>"
    assert typed(decode_answer("Ask", body), "Answer", shapes) == {
        "On": False, "N": 3, "L": [], "T": "7", "M": {"a": True, "b": False},
    }  # fmt: skip
