"""How long a training will take on this machine, and what can be done in a time."""
