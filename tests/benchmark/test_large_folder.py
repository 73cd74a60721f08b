"""The benchmark of large folders: what it makes is read, and its report says so."""

from benchmarks import large_folder


def test_a_folder_is_made_and_measured(tmp_path, monkeypatch):
    for name, value in (("KINDS", 10), ("STEPS", 2), ("BATCH_SIZE", 4)):
        monkeypatch.setattr(large_folder, name, value)
    large_folder.make_pictures(tmp_path / "pictures", 25)
    out = tmp_path / "out"
    large_folder.main(["--folder", str(tmp_path / "pictures"), "--out", str(out)])
    (line,) = large_folder.records.Records(out / "results.jsonl").read()
    # None is a copy, though there are ten kinds.
    assert line["pictures"] == 25
    assert line["disk_images_s"] > 0 and line["memory_images_s"] > 0
    assert "| 25 | " in (out / "report.md").read_text()
