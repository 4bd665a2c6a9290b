"""The schema's history, one file a step. Tables are only ever added to; the journal is never rebuilt."""
