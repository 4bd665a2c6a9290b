"""Problems: what lies behind incidents that come again, and what to do until it is mended."""
