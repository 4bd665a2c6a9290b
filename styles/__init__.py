"""Style sheets and themes: data, no code."""
