"""The shared database: everything that is PostgreSQL's own."""
