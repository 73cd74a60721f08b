"""What the variants of one kind have in common, where there are several of it."""
