"""Signals: signs of a breach, read in logs and in the journal, counted and grouped, until somebody has judged them."""
