"""Records: appended, never lost, never half read."""

from ganzoo.benchmark import records


def test_what_is_appended_is_read(tmp_path):
    file = records.Records(tmp_path / "new" / "results.jsonl")
    assert file.read() == []
    written = [{"seed": 0, "score": 1.25}, {"seed": 1, "score": None}]
    for record in written:
        file.append(record)
    assert file.read() == written


def test_a_line_cut_off_by_a_kill_is_dropped(tmp_path):
    file = records.Records(tmp_path / "results.jsonl")
    file.append({"seed": 0})
    with file.path.open("a") as stream:
        stream.write('{"seed": 1, "sco')
    assert file.read() == [{"seed": 0}]
    file.append({"seed": 2})
    assert file.read() == [{"seed": 0}, {"seed": 2}]
