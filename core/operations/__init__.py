"""Procedures, their runs and drivers."""
