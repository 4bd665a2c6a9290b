"""How logs are read: from a file's bytes to what was seen in it, without a line lost and none taken twice."""
