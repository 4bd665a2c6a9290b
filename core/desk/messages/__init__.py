"""Messages that leave the house: rows first, then sent."""
