"""What people see in a terminal: progress, and columns."""
