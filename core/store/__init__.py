"""The engine under the journal: connections, unit of work, migrations, change feed."""
