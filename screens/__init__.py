"""What the operator sees, one module a screen."""
