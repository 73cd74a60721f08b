"""What `fit` takes: checked, converted, and in batches that a resumed run repeats."""
