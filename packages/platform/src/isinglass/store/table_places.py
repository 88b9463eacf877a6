"""Where a table's files are on S3, and whether that is a registered location: as its row says it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from isinglass.domain.catalog_ids import account_of
from isinglass.domain.permissions.resources import location_of_url
from isinglass.store.tables.permissions import registered_locations

_PLACE = sa.cast(sa.bindparam("place"), sa.Text)
_PATH = registered_locations.c.path

#: 1 when a location of `place_account` holds `place`, for a statement that gets both from `placed`.
IS_REGISTERED: sa.ColumnElement[int] = sa.case(
    (
        sa.exists().where(
            registered_locations.c.account_id == sa.bindparam("place_account"),
            sa.func.substr(_PLACE, 1, sa.func.length(_PATH)) == _PATH,
        ),
        1,
    ),
    else_=0,
)


def placed(catalog_id: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a statement that writes a table's document needs to say where its files are."""
    place = location_of_url((document.get("StorageDescriptor") or {}).get("Location"))
    return {"location": place, "place": place, "place_account": account_of(catalog_id)}
