"""What the panels record, one module for each."""
