"""What a model shows, in files: grids, sheets, films, latent walks."""
