"""Images on disk: folders, pairs and shards, decoded once."""
