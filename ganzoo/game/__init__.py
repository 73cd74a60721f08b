"""The game that every variant plays: players, losses, the step, images and files."""
