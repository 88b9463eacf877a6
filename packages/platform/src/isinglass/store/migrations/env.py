"""Alembic's entry: run the migrations on the connection that `schema.upgrade` passes in."""

from alembic import context

from isinglass.store.tables.metadata import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
