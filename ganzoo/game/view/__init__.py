"""What the discriminator sees of images: augmented, with noise, and packed."""
