"""Feature vectors to numbers, by NumPy and SciPy alone."""
