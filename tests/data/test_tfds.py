import pytest

from ganzoo.data import tfds

# tensorflow-datasets imports modules that warn of their own deprecated ways.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.mark.parametrize(
    "name, shape",
    [
        ("fashion_mnist", (6, 28, 28, 1)),
        ("mnist", (6, 28, 28, 1)),
        ("cifar10", (6, 32, 32, 3)),
    ],
)
def test_tensorflow_datasets_gives_numpy_arrays(monkeypatch, tmp_path, name, shape):
    tensorflow_datasets = pytest.importorskip("tensorflow_datasets")
    monkeypatch.setattr(tfds, "require_network", lambda builder: None)
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    with tensorflow_datasets.testing.mock_data(num_examples=6):
        images, labels = tfds.load_arrays(name, "test")
    assert (images.shape, images.dtype) == (shape, "uint8")
    assert (labels.shape, labels.dtype) == ((6,), "int32")
    assert 0 <= labels.min() <= labels.max() <= 9


def test_silent_host_is_asked_once_before_the_download(monkeypatch):
    requests = pytest.importorskip("requests")
    asked = []

    def refuse(url, timeout):
        asked.append(url)
        raise requests.ConnectionError("no network")

    class Builder:
        url_infos = {"https://example.org/train.gz": None}

        def is_prepared(self):
            return False

    tensorflow_datasets = pytest.importorskip("tensorflow_datasets")
    monkeypatch.setattr(tensorflow_datasets, "builder", lambda name: Builder())
    monkeypatch.setattr(requests, "head", refuse)
    with pytest.raises(requests.ConnectionError, match="no network"):
        tfds.load_arrays("mnist", "train")
    assert asked == ["https://example.org/train.gz"]
