"""Incidents, from opening to closing."""
