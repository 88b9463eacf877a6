"""The resource policy of a catalog, as a transfer reads and puts it."""

import json
from collections.abc import Iterator
from typing import Any

from isinglass.transfer import records
from isinglass.transfer.account.kind import AccountKind, Source, putting
from isinglass.transfer.putting import Target, put_compared
from isinglass.transfer.records import Record
from isinglass.transfer.report import Entry


def _read(source: Source) -> Iterator[Record]:
    found = source.found("GetResourcePolicy", {})
    if found is not None:
        yield Record(records.RESOURCE_POLICY, {}, {"Policy": json.loads(found["PolicyInJson"])})


def _put(target: Target, entry: Entry) -> None:
    given = dict(entry.record.input)

    def there() -> dict[str, Any] | None:
        found = target.found("GetResourcePolicy", {})
        return None if found is None else {"Policy": json.loads(found["PolicyInJson"])}

    def put() -> None:
        text = json.dumps(given.get("Policy"), ensure_ascii=False, separators=(",", ":"))
        # A catalog that is shared by permissions takes a policy beside them only when that is meant.
        target.glue.call("PutResourcePolicy", {"PolicyInJson": text, "EnableHybrid": "TRUE"})

    put_compared(target, entry, given, there, put, put)


RESOURCE_POLICY = AccountKind(records.RESOURCE_POLICY, _read, putting(_put))
