"""How each kind of probe looks at its target."""
