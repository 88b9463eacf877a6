"""Connection types that an account registered, as a transfer reads and puts them."""

from collections.abc import Iterator
from typing import Any

import orjson

from isinglass.domain import arns
from isinglass.domain.connection_types.built_in import BUILT_IN
from isinglass.transfer import inputs, records
from isinglass.transfer.account.kind import AccountKind, Putter, Source
from isinglass.transfer.calling import UNKNOWN, CallFailed, Glue, pages
from isinglass.transfer.putting import TAKEN, Target, put_compared, tagged, tags_there
from isinglass.transfer.records import Record
from isinglass.transfer.report import Entry

_NAME = "ConnectionType"
#: What the types of an account have in common in ARNs.
_ARN_KIND = "connectionType"


def _registered(glue: Glue) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what made each type; Glue itself does not show it."""
    for page in pages(glue, "isinglass:ListRegisteredConnectionTypes", {}, "ConnectionTypes"):
        for found in page:
            definition = orjson.loads(found["Definition"])
            definition.pop(_NAME, None)
            yield found[_NAME], inputs.plain(definition)


def _read(source: Source) -> Iterator[Record]:
    try:
        for name, definition in _registered(source.glue):
            tags = source.tags(arns.build(source.region, source.account_id, _ARN_KIND, name))
            yield Record(records.CONNECTION_TYPE, {_NAME: name}, definition, {"Tags": tags})
    except CallFailed as error:
        # Most accounts have none: who may use Glue and nothing of ours loses nothing then.
        if error.code != UNKNOWN and not (error.denied and _has_none(source)):
            raise


def _has_none(source: Source) -> bool:
    try:
        return all(
            found[_NAME] in BUILT_IN for found in source.listed("ListConnectionTypes", "ConnectionTypes")
        )
    except CallFailed:
        return False


def _putter(target: Target) -> Putter:
    there = dict(_registered(target.glue))

    def put(entry: Entry) -> None:
        name, tags = str(entry.record.names[_NAME]), entry.record.more.get("Tags", {})
        given = inputs.plain(dict(entry.record.input))

        def present() -> dict[str, Any] | None:
            if name not in there:
                return None
            return {**there[name], **tags_there(target, _ARN_KIND, name, tags=tags)}

        def create() -> None:
            target.glue.call("RegisterConnectionType", {_NAME: name, **given, **tagged(tags)})

        def replace() -> None:
            why = "a registered connection type cannot be changed: delete the one that is there first"
            raise CallFailed("RegisterConnectionType", TAKEN, why)

        put_compared(target, entry, {**given, **tagged(tags)}, present, create, replace)

    return put


CONNECTION_TYPES = AccountKind(records.CONNECTION_TYPE, _read, _putter)
