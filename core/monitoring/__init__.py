"""Probes, samples, thresholds, and the state of components."""
