"""Latents of given images, found by descent, and what they are good for."""
