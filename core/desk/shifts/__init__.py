"""From one look to the next, and from one shift to the next: what changed, and what is handed over."""
