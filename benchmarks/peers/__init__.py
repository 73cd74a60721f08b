"""What people train GANs with today, written by us, minimal and fair, for its speed."""
