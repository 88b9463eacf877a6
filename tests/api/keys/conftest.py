"""A client of KMS, and a key."""

from typing import Any

import pytest
from api_fixtures import Api


@pytest.fixture
def kms(api: Api) -> Any:
    """A KMS client of the root account."""
    return api.client("kms")


@pytest.fixture
def key(kms: Any) -> dict[str, Any]:
    """A key, as CreateKey answered."""
    made: dict[str, Any] = kms.create_key(Description="of the lake")["KeyMetadata"]
    return made
