"""The connection types that Glue itself has."""

from isinglass.domain.connection_types.definitions import ConnectionType
from isinglass.domain.connection_types.services import SERVICES
from isinglass.domain.connection_types.systems import SYSTEMS

BUILT_IN: dict[str, ConnectionType] = {
    kind.name: kind for kind in sorted((*SYSTEMS, *SERVICES), key=lambda kind: kind.name)
}
