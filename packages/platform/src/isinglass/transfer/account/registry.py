"""Every kind of thing that a transfer takes of an account beside its databases, in the order they are put."""

from isinglass.transfer.account import (
    asset_types,
    assets,
    catalogs,
    crawlers,
    data_lake,
    glossaries,
    permissions,
    policies,
    security,
)
from isinglass.transfer.account.connection_types import CONNECTION_TYPES
from isinglass.transfer.account.connections import CONNECTIONS
from isinglass.transfer.account.kind import AccountKind

#: What databases and tables may need, then what is about databases and tables. What takes rights away comes
#: last: the importer might be who loses them.
KINDS: tuple[AccountKind, ...] = (
    security.ENCRYPTION,
    security.CONFIGURATIONS,
    CONNECTION_TYPES,
    CONNECTIONS,
    catalogs.NESTED,
    asset_types.FORM_TYPES,
    asset_types.ASSET_TYPES,
    glossaries.GLOSSARIES,
    glossaries.TERMS,
    assets.ASSETS,
    security.PROFILES,
    data_lake.LOCATIONS,
    data_lake.FILTERS,
    permissions.RESTRICTIONS,
    permissions.PERMISSIONS,
    data_lake.SETTINGS,
    policies.RESOURCE_POLICY,
    crawlers.CRAWLERS,
)
BY_NAME = {kind.name: kind for kind in KINDS}
