"""The embedded database: everything that is SQLite's own."""
