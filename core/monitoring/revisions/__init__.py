"""Thresholds revised while they are judged by: what is laid over the catalog, by whom, why, and until when."""
