"""What weakens control and has an end: every house that lets something be weakened offers its own."""
