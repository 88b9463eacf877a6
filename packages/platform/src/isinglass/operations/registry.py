"""The one registry of operations: `@implements` fills it, the gateway asks it.

Its stub, registry.pyi, is generated with one overload per operation: mypy refuses a handler that has
another operation's types.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

from isinglass.operations.context import Context

Handler = Callable[[Context, Any], Any]

#: Every module that registers operations; listed, not discovered, so that a missing file fails at start.
MODULES: tuple[str, ...] = (
    "isinglass.operations.business.asset_types",
    "isinglass.operations.business.assets",
    "isinglass.operations.business.details",
    "isinglass.operations.business.glossaries",
    "isinglass.operations.business.iterable_forms",
    "isinglass.operations.business.search",
    "isinglass.operations.catalog.catalogs",
    "isinglass.operations.catalog.column_statistics",
    "isinglass.operations.catalog.databases",
    "isinglass.operations.catalog.export_configuration",
    "isinglass.operations.catalog.history",
    "isinglass.operations.catalog.identity_center",
    "isinglass.operations.catalog.import_status",
    "isinglass.operations.catalog.partition_batches",
    "isinglass.operations.catalog.partition_indexes",
    "isinglass.operations.catalog.partitions",
    "isinglass.operations.catalog.table_search",
    "isinglass.operations.catalog.table_updates",
    "isinglass.operations.catalog.table_versions",
    "isinglass.operations.catalog.permitted",
    "isinglass.operations.catalog.tables",
    "isinglass.operations.catalog.tags",
    "isinglass.operations.catalog.undo",
    "isinglass.operations.catalog.unfiltered",
    "isinglass.operations.catalog.user_functions",
    "isinglass.operations.connections.definitions",
    "isinglass.operations.connections.entities",
    "isinglass.operations.connections.testing",
    "isinglass.operations.connections.types",
    "isinglass.operations.crawlers.definitions",
    "isinglass.operations.crawlers.preview",
    "isinglass.operations.crawlers.runs",
    "isinglass.operations.crawlers.schedules",
    "isinglass.operations.identity.access_keys",
    "isinglass.operations.identity.accounts",
    "isinglass.operations.identity.attachments",
    "isinglass.operations.identity.boundaries",
    "isinglass.operations.identity.caller",
    "isinglass.operations.identity.groups",
    "isinglass.operations.identity.identity_tags",
    "isinglass.operations.identity.inline_policies",
    "isinglass.operations.identity.managed_policies",
    "isinglass.operations.identity.other_credentials",
    "isinglass.operations.identity.policy_listings",
    "isinglass.operations.identity.roles",
    "isinglass.operations.identity.sessions",
    "isinglass.operations.identity.simulation",
    "isinglass.operations.identity.users",
    "isinglass.operations.jobs.definitions",
    "isinglass.operations.jobs.details",
    "isinglass.operations.jobs.runs",
    "isinglass.operations.keys.aliases",
    "isinglass.operations.keys.definitions",
    "isinglass.operations.keys.encryption",
    "isinglass.operations.keys.key_policies",
    "isinglass.operations.keys.key_tags",
    "isinglass.operations.keys.rotation",
    "isinglass.operations.keys.states",
    "isinglass.operations.lakeformation.credentials",
    "isinglass.operations.lakeformation.filters",
    "isinglass.operations.lakeformation.grants",
    "isinglass.operations.lakeformation.listing",
    "isinglass.operations.lakeformation.locations",
    "isinglass.operations.lakeformation.settings",
    "isinglass.operations.observe.audit",
    "isinglass.operations.observe.logs",
    "isinglass.operations.observe.queries",
    "isinglass.operations.security.catalog_encryption",
    "isinglass.operations.security.configurations",
    "isinglass.operations.security.resource_policies",
    "isinglass.operations.security.usage_profiles",
    "isinglass.operations.server.status",
    "isinglass.operations.statistics.runs",
    "isinglass.operations.statistics.settings",
)

_handlers: dict[str, Handler] = {}


class UnknownOperation(Exception):
    """A handler is registered for an operation that no service model has."""

    def __init__(self, operation: str) -> None:
        super().__init__(f"No service model has the operation {operation}.")
        self.operation = operation


class DuplicateOperation(Exception):
    """Two handlers are registered for one operation."""

    def __init__(self, operation: str) -> None:
        super().__init__(f"The operation {operation} is implemented twice.")
        self.operation = operation


def implements(name: str) -> Callable[[Handler], Handler]:
    """Register the function as an operation: `GetTable` of Glue, `logs:GetLogEvents` of another service."""

    def register(handler: Handler) -> Handler:
        present = _handlers.get(name)
        if present is not None and present.__module__ != handler.__module__:
            raise DuplicateOperation(name)
        _handlers[name] = handler
        return handler

    return register


def load(known: Iterable[str]) -> Mapping[str, Handler]:
    """Import every module and return its handlers; a name that no model knows is an error at start."""
    for module in MODULES:
        import_module(module)
    known = set(known)
    for name in _handlers:
        if name not in known:
            raise UnknownOperation(name)
    return registered()


def registered() -> Mapping[str, Handler]:
    """Return the handlers registered so far."""
    return dict(_handlers)
