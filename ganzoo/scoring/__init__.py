"""Images or a model in; scores with their protocols out."""
