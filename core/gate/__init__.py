"""What may be done now: modes, levels of confirmation, undo."""
