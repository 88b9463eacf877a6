"""The one MetaData all tables register with, and the column types they share."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    },
)

#: A document: TEXT on SQLite, JSONB on PostgreSQL. Key order is not kept on PostgreSQL.
Document = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

#: Seconds since the epoch, UTC, with fractions; what the wire carries.
Timestamp: sa.Double[float] = sa.Double()

#: An ordinal that the database hands out (SQLite autoincrements INTEGER keys only).
Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
