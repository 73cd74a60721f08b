"""Encoders: from images to latents, and the games that train them."""
