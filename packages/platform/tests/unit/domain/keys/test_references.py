"""Names of keys: four ways to say which, and nothing else is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isinglass.domain.keys.ciphertext import bound_to
from isinglass.domain.keys.references import InvalidReference, KeyReference, read_reference

ANN, BOB = "111111111111", "222222222222"
ID = "0a1b2c3d-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        (ID, KeyReference(ANN, id=ID)),
        ("alias/a/b_c-1", KeyReference(ANN, alias="alias/a/b_c-1")),
        (f"arn:aws:kms:eu-west-1:{BOB}:key/{ID}", KeyReference(BOB, id=ID, region="eu-west-1")),
        (f"arn:aws:kms:eu-west-1:{BOB}:alias/x", KeyReference(BOB, alias="alias/x", region="eu-west-1")),
    ],
)
def test_reference_is_read_in_each_form(text: str, reference: KeyReference):
    assert read_reference(text, ANN) == reference
    assert read_reference(reference.arn("eu-west-1"), BOB).arn("eu-west-1") == reference.arn("eu-west-1")


@pytest.mark.parametrize(
    ("text", "is_arn"),
    [
        ("", False),
        ("key/" + ID, False),
        (ID.upper(), False),
        ("alias/", False),
        ("alias/a\n", False),
        (f"arn:aws:kms:eu-west-1:{BOB}:{ID}", True),
        (f"arn:aws:kms:eu-west-1:12:key/{ID}", True),
        (f"arn:aws:s3:eu-west-1:{BOB}:key/{ID}", True),
        (f"arn:aws-cn:kms:eu-west-1:{BOB}:key/{ID}", True),
        ("arn:aws:kms", True),
    ],
)
def test_what_names_no_key_is_refused(text: str, is_arn: bool):
    with pytest.raises(InvalidReference) as refused:
        read_reference(text, ANN)
    assert refused.value.is_arn == is_arn


_CONTEXTS = st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=3)


@given(one=_CONTEXTS, other=_CONTEXTS)
def test_contexts_are_bound_alike_only_when_they_are_the_same(one: dict[str, str], other: dict[str, str]):
    assert (bound_to(b"", one) == bound_to(b"", other)) == (one == other)
    assert bound_to(b"", dict(reversed(one.items()))) == bound_to(b"", one)
