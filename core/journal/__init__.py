"""The journal: append, read after a cursor, as of an instant, seal and verify."""
