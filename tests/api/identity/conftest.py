"""Clients of IAM."""

from typing import Any

import pytest
from api_fixtures import Api


@pytest.fixture
def iam(api: Api) -> Any:
    """An IAM client of the root account."""
    return api.client("iam")
