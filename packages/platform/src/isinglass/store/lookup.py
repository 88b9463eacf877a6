"""Rows of some keys, by statements that are prepared once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from isinglass.store.prepared import Prepared

#: The most keys of one statement; of more, several are run.
_MOST = 256


class Lookup:
    """The rows of a statement whose column has one of some values."""

    def __init__(self, statement: sa.Select[Any], column: sa.Column[Any]) -> None:
        self._statement = statement
        self._column = column
        self._of_number: dict[int, Prepared] = {}

    def all(self, connection: sa.Connection, values: Mapping[str, Any], keys: Iterable[Any]) -> list[Any]:
        """Return the rows of the statement's own parameters and some keys, each once and in no order."""
        wanted = list(dict.fromkeys(keys))
        rows: list[Any] = []
        for start in range(0, len(wanted), _MOST):
            rows += self._some(connection, values, wanted[start : start + _MOST])
        return rows

    def _some(self, connection: sa.Connection, values: Mapping[str, Any], keys: Sequence[Any]) -> list[Any]:
        # Few numbers of keys, so that few statements are prepared: the last key is asked for again.
        number = 1 << (len(keys) - 1).bit_length()
        prepared = self._of_number.get(number)
        if prepared is None:
            among = [sa.bindparam(f"key_{place}", type_=self._column.type) for place in range(number)]
            prepared = self._of_number[number] = Prepared(self._statement.where(self._column.in_(among)))
        padded = [*keys, *[keys[-1]] * (number - len(keys))]
        return prepared.all(connection, {**values, **{f"key_{n}": key for n, key in enumerate(padded)}})
