"""Run by alembic: every migration in the one transaction that `geo_data.database.migrate` opened."""

from alembic import context

from geo_data.tables import (  # noqa: F401  (their tables are part of the metadata)
    access_schema,
    heartbeat_schema,
    judged_schema,
    message_schema,
    privacy_schema,
    seal_schema,
    service_schema,
    session_schema,
)
from geo_data.tables.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
