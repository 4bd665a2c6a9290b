"""The demonstration: a made-up month to look at, in a database of its own."""
