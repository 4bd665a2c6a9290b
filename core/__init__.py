"""The domain: no terminal, usable from a script or a test."""
