"""Sealed secrets open with the same key for the same owner only."""

import pytest

from isinglass.store.sealing import SealBroken, Sealer, derive_key

SEALER = Sealer(b"k" * 32)


def test_sealed_secret_opens_and_is_never_sealed_the_same_twice() -> None:
    first, second = (SEALER.seal(b"secret", "AKIA1") for _ in range(2))
    assert SEALER.open(first, "AKIA1") == SEALER.open(second, "AKIA1") == b"secret"
    assert first != second
    assert b"secret" not in first


@pytest.mark.parametrize(
    ("sealer", "context", "spoil"),
    [
        (Sealer(b"o" * 32), "AKIA1", lambda sealed: sealed),
        (SEALER, "AKIA2", lambda sealed: sealed),
        (SEALER, "AKIA1", lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (SEALER, "AKIA1", lambda sealed: b"\x02" + sealed[1:]),
        (SEALER, "AKIA1", lambda _: b""),
    ],
    ids=["key", "owner", "changed", "version", "empty"],
)
def test_secret_that_was_tampered_with_does_not_open(sealer: Sealer, context: str, spoil: object) -> None:
    with pytest.raises(SealBroken, match=f"The secret of {context} cannot be opened"):
        sealer.open(spoil(SEALER.seal(b"secret", "AKIA1")), context)


def test_key_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(ValueError, match="has 5 bytes instead of 32"):
        Sealer(b"short")


def test_derived_keys_differ_by_purpose() -> None:
    assert derive_key(b"k" * 32, "a") != derive_key(b"k" * 32, "b")
