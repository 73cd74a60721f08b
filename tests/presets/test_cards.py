"""What a card shows of a record, whoever wrote it."""

from toy_presets import CONTENT
from toy_presets import facts_of

from ganzoo.presets import cards


def test_a_card_shows_nothing_that_a_terminal_would_obey():
    hostile = "\x1b[2J\x07x\ny"
    facts = facts_of(
        b"",
        recipe={"name": hostile, "text": hostile},
        paper=[hostile],
        data={"name": hostile},
        seconds=10**400,
        scores=[7, {"fid": 10**400, "protocol": hostile}, {"protocol": {"samples": 1}}],
    )
    card = cards.render(hostile, facts)
    assert all(c.isprintable() or c == "\n" for c in card)
    assert "not known" in card


def test_a_card_shows_scores_with_their_protocol_and_where_they_come_from():
    protocol = {
        "features": "inception",
        "features_sha256": "877a",
        "samples": {"count": 10_000, "name": "runs/a", "mode": "inference", "seed": 0},
        "reference": {"count": 500, "name": "mnist:test"},
    }
    score = {"fid": 12.5, "kid": 0.25, "kid_sd": 0.125, "modes": 3, "lonely_sd": 1.5}
    facts = facts_of(
        CONTENT,
        hardware="x86_64, 2 cores; cpu; tensorflow 2.21.0",
        commit="39f2279-dirty",
        epochs=20,
        seconds=61.5,
        scores=[{**score, "protocol": protocol, "fingerprint": "8ce1"}],
    )
    lines = cards.render("mine", facts).splitlines()
    place = "x86_64, 2 cores; cpu; tensorflow 2.21.0; ganzoo 39f2279-dirty"
    assert f"on          {place}" in lines
    assert "classes" not in {line.split(" ")[0] for line in lines}
    assert "for         20 epochs, 61.5 seconds" in lines
    assert [line.split() for line in lines[lines.index("") + 14 :]] == [
        ["scores", "protocol", "8ce1"],
        ["fid", "12.5"],
        ["kid", "0.25", "±", "0.125"],
        ["modes", "3"],
        ["lonely_sd", "1.5"],
        ["samples", "10000,", "runs/a,", "inference,", "seed", "0"],
        ["reference", "500,", "mnist:test"],
        ["features", "inception,", "877a"],
    ]


def test_classes_and_an_epoch_are_told_in_few_words():
    facts = facts_of(CONTENT, class_names=["0", "1", "Dress"], epochs=1, seconds=2)
    lines = cards.render("mine", facts).splitlines()
    assert "classes     0, 1, 2 Dress" in lines
    assert "for         1 epoch, 2 seconds" in lines


def deep():
    value = []
    for _ in range(100_000):
        value = [value]
    return value


def test_a_card_shows_nothing_of_what_is_of_another_type():
    parts = ("recipe", "paper", "data", "epochs", "seconds", "hardware", "commit")
    parts += ("seed", "command", "licence", "versions", "scores")
    for value in (None, [], {}, [{}], deep(), {"name": deep()}, 10**400, True, ""):
        facts = facts_of(b"", **dict.fromkeys(parts, value))
        card = cards.render("mine", facts)
        assert facts["sha256"] in card and len(card) < 4_000
        facts["scores"] = [{"fid": value, "fid_sd": value, "protocol": value}]
        facts["scores"].append({"fingerprint": value, "protocol": {"samples": value}})
        assert "scores      protocol" in cards.render("mine", facts)
