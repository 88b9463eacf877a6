"""A key that is used for several services at once signs for each of them."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from isinglass.domain.signature import Scope, signing_key
from isinglass.gateway.identity.keys import KnownKey
from isinglass.store.access_keys import AccessKey

SECRET = "hush"


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Let threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty_threads")
def test_threads_that_ask_for_different_services_get_each_its_own_key() -> None:
    arn = "arn:aws:iam::111111111111:root"
    known = KnownKey(AccessKey("AKIA", "111111111111", b"", arn, 1.0), SECRET, 0.0, arn)
    scopes = [Scope("20261123", "eu-west-1", service) for service in ("glue", "kms", "sts")]

    def keys(scope: Scope) -> set[bytes]:
        return {known.signing_key(scope) for _ in range(10_000)}

    with ThreadPoolExecutor(len(scopes)) as pool:
        assert list(pool.map(keys, scopes)) == [{signing_key(SECRET, scope)} for scope in scopes]
