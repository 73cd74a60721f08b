"""What `ganzoo train` says before it starts."""

from ganzoo.system.durations import format_duration
from ganzoo.system.resources import format_bytes


def lines(plan, epochs=None, every=5):
    """Lines that tell the settings of a recipe, its length, and what that takes here.

    Args:
        plan: `Plan`.
        epochs: int or None. Instead of those of the recipe.
        every: int. Epochs between scores, if the estimate is with scores.
    """
    chosen, found = plan.recipe, plan.estimate
    for section in ("model", *chosen.model_class.network_names, "optimizer"):
        if section in chosen.config:
            settings = chosen.config[section].items()
            yield f"{section}: {', '.join(f'{key} {value}' for key, value in settings)}"
    epochs = epochs or chosen.epochs
    times = "once" if chosen.passes == 1 else f"{chosen.passes} times"
    yield (
        f"{epochs} epoch{'s' * (epochs > 1)} in batches of {chosen.batch_size}: an "
        f"epoch shows each of {found.count:,} training images {times}"
    )
    one = found.seconds_of_epoch(chosen.passes)
    scoring = found.seconds_of_scores(epochs, every)
    scores = ""
    if scoring:
        scores = f", {format_duration(scoring)} of it for {epochs // every} scores"
    yield (
        f"about {format_duration(epochs * one + scoring)} on this machine{scores}, and "
        f"{format_bytes(found.memory)} of memory; a sheet of samples every "
        f"{format_duration(one)}"
    )
