"""Builds what clients of the object store talk to; imported while the store itself starts up."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from isinglass.app.object_store_config import ObjectStoreConfig
from isinglass.app.weed import StoreKeys
from isinglass.gateway.identity.keys import KeyRing
from isinglass.gateway.s3.authentication import Authenticator
from isinglass.gateway.s3.buckets import Buckets
from isinglass.gateway.s3.encryption import Encryption
from isinglass.gateway.s3.front import Front
from isinglass.gateway.s3.key_permissions import ObjectKeys
from isinglass.gateway.s3.key_service import KeyService
from isinglass.gateway.s3.locations import Locations
from isinglass.gateway.s3.ownership import Ownership
from isinglass.gateway.s3.permissions import ObjectPermissions
from isinglass.gateway.s3.relay import Relay
from isinglass.gateway.s3.upstream import Pool, Target
from isinglass.gateway.standings import Standings
from isinglass.observe.audit_log import AuditLog
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store


@dataclass(frozen=True, slots=True)
class Served:
    """The front, and where the store that is embedded asks for keys."""

    front: Front
    key_service: KeyService | None
    store: Store
    audit_log: AuditLog

    def close(self) -> None:
        """Let go of files and the database."""
        self.audit_log.stop()
        self.store.close()


def build(config: ObjectStoreConfig, target: Target, keys: StoreKeys | None, ready: asyncio.Event) -> Served:
    """Build what is served; without keys the object store is another's, which encrypts as it does."""
    store = Store(config.database_url)
    sealer = store.vault.sealer = Sealer(bytes.fromhex(config.server_key))
    standings = Standings(store, time.monotonic)
    audit_log = AuditLog(
        lambda account_id: str(Path(config.logs, account_id)), "s3", days=config.audit_days, accounts=list
    )
    audit_log.start()
    ownership = Ownership(store, time.time, config.adopter)
    permissions = ObjectPermissions(standings, Locations(store), time.time, config.region)
    object_keys = ObjectKeys(store, sealer, standings, permissions, config.region) if keys else None
    relay = Relay(Pool(target))
    front = Front(
        Authenticator(KeyRing(store, sealer, time.monotonic), time.time),
        Buckets(ownership, relay),
        permissions,
        Encryption(ownership, standings, object_keys),
        audit_log,
        relay,
        ready,
    )
    service = KeyService(store, sealer, keys.service_token) if keys else None
    return Served(front, service, store, audit_log)
