"""A whole database from one place to another: move, backup, restore; each verified before it counts."""
