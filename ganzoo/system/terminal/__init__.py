"""What people see in a terminal: progress, columns, and counts."""
