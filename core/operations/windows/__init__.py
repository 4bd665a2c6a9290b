"""Maintenance windows: planned time in which components are looked at as always, and nothing of them raises an incident."""
