"""Run by alembic: hands it the connection, whose transaction stays the caller's."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
