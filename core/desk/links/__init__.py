"""How items hang together: which is part of which, the same as which, caused by which."""
