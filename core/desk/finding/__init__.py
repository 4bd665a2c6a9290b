"""Finding requests and incidents: the filter language, and the words that are looked for in their texts."""
