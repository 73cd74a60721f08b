"""Models of run folders."""

import pytest

from ganzoo.training import runs


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ValueError, match="has a `model.keras`"):
        runs.load_model(tmp_path)
