"""What belongs to an image and is told to the networks: attributes, codes or texts."""
