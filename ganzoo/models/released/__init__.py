"""Weights that other projects have released, as models of the zoo."""
