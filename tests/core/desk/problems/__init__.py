"""Problems, on both databases."""
