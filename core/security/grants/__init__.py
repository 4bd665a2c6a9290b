"""Grants: who has which right on what, as it was granted here and as the sources show it, and every difference decided."""
