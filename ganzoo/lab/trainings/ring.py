"""What the panels of games on a ring of eight modes have in common."""

from ganzoo.lab import games
from ganzoo.lab import points
from ganzoo.lab import records

STEPS = 200  # of the generator, between two pauses
SAMPLES = 1000
SHOWN = 250
REACH = 1.1


def record(panel, train, pauses, budget, say):
    """What `train` says of each game of a panel, and what they are drawn by.

    Args:
        panel: str.
        train: function of the settings of a game, of the steps between two pauses, and
            of how many pauses there are.
        pauses: int.
        budget: float. Share of the steps.
        say: function of the title of a game that begins.
    """
    steps = games.steps(STEPS, budget)
    trained = []
    for setting in games.settings(panel):
        say(setting["title"])
        trained.append(train(setting, steps, pauses))
    return {
        "steps": steps,
        "reach": REACH,
        "centres": points.centres(),
        "games": trained,
    }


def summary(setting, drawn):
    """Names, points, modes and good samples of a game.

    Args:
        setting: dict. As of `games.settings`.
        drawn: array `(pauses + 1, SAMPLES, 2)`.
    """
    counts = [points.modes(each) for each in drawn]
    return {
        "title": setting["title"],
        "rule": setting["rule"],
        "points": records.pack(drawn[:, :SHOWN], -REACH, REACH),
        "modes": [count for count, _ in counts],
        "good": [good for _, good in counts],
    }
