"""Reports of other tools, read into one kind of value. Each format recognises itself by its structure; nothing here writes."""
