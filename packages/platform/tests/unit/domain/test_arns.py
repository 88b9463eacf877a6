"""ARNs: what is built reads back, what is none is refused."""

import pytest

from isinglass.domain import arns
from isinglass.domain.arns import KINDS, Arn, InvalidArn


@pytest.mark.parametrize(("kind", "count"), KINDS.items())
def test_arn_of_each_kind_reads_back(kind: str, count: int) -> None:
    names = tuple(f"n{i}" for i in range(count))
    text = arns.build("eu-west-1", "123456789012", kind, *names)
    assert arns.parse(text) == Arn("eu-west-1", "123456789012", kind, names)


@pytest.mark.parametrize(
    ("text", "resource"),
    [
        ("arn:aws:glue:eu-west-1:123456789012:table/Sales/Orders", "table/sales/orders"),
        ("arn:aws-cn:glue:cn-north-1:123456789012:job/a/b:c", "job/a/b:c"),
        ("arn:aws:glue:us-east-1:123456789012:catalog", "catalog"),
        ("arn:aws:glue:us-east-1:123456789012:catalog/Sales/emea", "catalog/sales/emea"),
        ("arn:aws:glue:us-east-1:123456789012:integration:x-1", "integration:x-1"),
    ],
)
def test_resource_of_an_arn_is_what_things_are_stored_under(text: str, resource: str) -> None:
    assert arns.parse(text).resource == resource


@pytest.mark.parametrize(
    "text",
    [
        "",
        "arn:aws:glue:eu-west-1:123456789012",
        "arn:aws:s3:eu-west-1:123456789012:job/a",
        "arn:aws:glue:eu-west-1:1234:job/a",
        "arn:aws:glue:eu-west-1:123456789012:job/",
        "arn:aws:glue:eu-west-1:123456789012:job",
        "arn:aws:glue:eu-west-1:123456789012:table/sales",
        "arn:aws:glue:eu-west-1:123456789012:bogus/a",
        "arn:aws:glue:eu-west-1:123456789012:database/a\0b",
        "arn:aws:glue:eu-west-1:123456789012:catalog/a\0b",
    ],
)
def test_text_that_is_no_arn_is_refused(text: str) -> None:
    with pytest.raises(InvalidArn):
        arns.parse(text)
