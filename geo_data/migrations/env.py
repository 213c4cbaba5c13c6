"""Run by alembic: every migration in the one transaction that `geo_data.database.migrate` opened."""

from alembic import context

from geo_data import access_schema, judged_schema, seal_schema, service_schema  # noqa: F401  (their tables are part of the metadata)
from geo_data.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
