"""One page of trainings that fail, and of the remedies, to watch step by step."""
