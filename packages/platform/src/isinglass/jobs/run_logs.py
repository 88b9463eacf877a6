"""The logs of runs: sealed where the run's security configuration says so, or else not begun."""

from collections.abc import Mapping
from typing import Any

from isinglass.domain.object_encryption import logs_key
from isinglass.jobs.settings import Credentials, JobSettings
from isinglass.observe.logs import LogWriter, log_path
from isinglass.observe.sealed_logs import LogKeys
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store


def open_log(
    store: Store,
    sealer: Sealer,
    settings: JobSettings,
    *,
    account_id: str,
    family: str,
    name: str,
    encryption: Mapping[str, Any] | None,
    keys: Credentials,
) -> LogWriter:
    """Open a run's log; raises observe.sealed_logs.LogKeyRefused when it is to be sealed and cannot be."""
    path = log_path(settings.log_directory(account_id), family, name)
    wanted, key = logs_key(encryption), None
    if wanted:
        log_keys = LogKeys(store, sealer, settings.region)
        key = log_keys.for_writing(account_id, path, wanted, keys.access_key_id)
    secrets = (keys.secret_access_key, keys.session_token)
    return LogWriter(path, limit=settings.log_limit, secrets=secrets, key=key)
