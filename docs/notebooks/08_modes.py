# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 8. Mode collapse: who covers what
#
# Data often have *modes*: classes, styles, clusters. A generator that draws only some
# of them has collapsed, however good its samples are. This notebook trains eight games
# on a ring of eight modes and three games on a grid of 25. It shows which of them cover
# all modes, and how to count.
#
# The functions are those of the laboratory. `ganzoo lab` writes a page that shows the
# ring step by step.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from ganzoo.lab import games
from ganzoo.lab import points
from ganzoo.lab import records
from ganzoo.lab.trainings import collapse
from ganzoo.lab.trainings import fits
from ganzoo.lab.trainings import ring
from ganzoo.metrics.modes import mode_coverage

# 1 for the lecture. With 0.02 the notebook runs within seconds, as a test.
budget = float(os.environ.get("BUDGET", 1))

# %% [markdown]
# ## Eight games on the ring
#
# All generators start from the same weights, and all games have the same networks with
# two hidden layers. In the first three games $D$ learns ten times slower than $G$. In
# the others both learn equally fast. This is the only difference between the first and
# the fourth game.

# %%
for setting in games.settings("collapse"):
    rates = "rates of D and G {}, {}".format(*setting["rates"])
    print(f"{setting['title']:20} {rates:32} {setting['rule']}")

# %%
pauses = games.steps(20, budget)  # how often the laboratory looks at a training
played = [
    collapse.train(setting, ring.STEPS, pauses)
    for setting in tqdm(games.settings("collapse"))
]


# %%
def square(ax, samples, means, surface=None, reach=ring.REACH):
    """Plot samples and modes, over the output of D: red is real, blue is not."""
    box = (-reach, reach, -reach, reach)
    if surface is not None:
        ax.imshow(surface, extent=box, cmap="coolwarm", vmin=0, vmax=1)
    ax.plot(*means.T, "o", color="k", fillstyle="none", markersize=8, alpha=0.4)
    ax.plot(*samples.T, "k.", markersize=2)
    ax.set(xlim=box[:2], ylim=box[2:], xticks=[], yticks=[], aspect="equal")


shown = np.linspace(pauses // 5, pauses, 5).astype(int)
figure, axes = plt.subplots(5, 8, figsize=(15, 10))
for column, game in zip(axes.T, played):
    samples, maps = records.unpack(game["points"]), records.unpack(game["map"])
    for ax, pause in zip(column, shown):
        square(ax, samples[pause], points.centres(), maps[pause])
        ax.set_title(f"{game['modes'][pause]} of 8", fontsize=9)
    column[0].set_title(f"{game['title']}\n{column[0].get_title()}", fontsize=9)
for ax, pause in zip(axes[:, 0], shown):
    ax.set_ylabel(f"step {ring.STEPS * pause}")
figure.tight_layout()

# %% [markdown]
# Black dots are samples, always from the same latents. Circles are the modes. Colours
# show $D$; a critic has no probability, so its colours are relative to its mean.
#
# The first column is mode collapse. All samples sit together, at one mode or on the way
# to the next. $D$ learns slowly that samples come from there. When it does, its value
# falls there, and all samples move on. $G$ always runs to the best answer to the *present* $D$, which is
# one point. UnrolledGAN, in the third column, has the same slow $D$. Its $G$ minimises
# what its loss will be after five further steps of $D$ ([Metz et al.,
# 2017](https://arxiv.org/abs/1611.02163)), and one point is a bad answer to that $D$.
#
# With a fast $D$, GAN finds all modes in this run, and then loses some of them:

# %%
figure, axes = plt.subplots(2, 4, figsize=(13, 5), sharex=True, sharey=True)
time = ring.STEPS * np.arange(pauses + 1)
for ax, game in zip(axes.flat, played):
    ax.plot(time, np.array(game["modes"]) / points.MODES, "C0", label="modes covered")
    ax.plot(time, game["good"], "C1--", label="good samples")
    ax.set_title(game["title"], fontsize=10)
axes[0, 0].legend(fontsize=8)
figure.supxlabel("updates of $G$")
figure.supylabel("share")
figure.tight_layout()

# %% [markdown]
# A sample is good if it lies within three standard deviations of a mode. A mode is
# covered if 1 % of the samples are good and nearest to it. The dashed and the solid
# curve are the *precision* and the *recall* of notebook 5: a collapsed game can have
# many good samples of one mode.
#
# Each remedy changes what a single point can achieve:
#
# - **PacGAN** shows several samples to $D$ at once. Four equal samples are easy to
#   recognise ([Lin et al., 2018](https://arxiv.org/abs/1712.04086)).
# - **WGAN-GP** and **Hinge GAN** with spectral normalisation limit the gradient of $D$,
#   so $D$ can be trained for five steps per step of $G$ and stays near its optimum.
# - **The relativistic GAN** compares each sample with an image of the data. A mode
#   without samples costs $G$ too, because its loss contains the data
#   ([Huang et al., 2024](https://arxiv.org/abs/2501.05441)).
#
# This is one seed. `benchmarks/results/modes/report.md` has ten seeds of twelve games
# with other settings, among which some of the remedies fail.
#
# ## How to count modes
#
# Counts depend on their rule. Here are four "generators" for a grid of 25 modes. The
# number of modes is counted twice: by one good sample, as in the code of PacGAN, and by
# 1 % of the samples. The third figure, the reverse divergence
# $\mathrm{KL}(q \,\|\, p)$, compares the shares $q$ of the modes among the good samples
# with those of the data.

# %%
MEANS = points.grid(5, 0.7)
rng = np.random.default_rng(0)
candidates = {
    "the data": points.mixture(2500, rng, MEANS),
    "half of the modes": points.mixture(2500, rng, MEANS[:12]),
    "uneven": points.mixture(2500, rng, np.repeat(MEANS, np.arange(1, 26), axis=0)),
    "uniform noise": rng.uniform(-0.9, 0.9, (2500, 2)),
}


def judge(samples):
    """Modes by one sample and by 1 %, share of good samples, reverse KL."""
    covered, good = points.modes(samples, MEANS)
    distance = np.linalg.norm(samples[:, None] - MEANS, axis=-1)
    nearest = distance.argmin(axis=1)[distance.min(axis=1) < points.NEAR]
    if not len(nearest):
        return 0, covered, good, np.nan
    by_one, divergence = mode_coverage(nearest, len(MEANS))
    return by_one, covered, good, divergence


print("                   one sample     1 %     good      KL")
for name, samples in candidates.items():
    by_one, covered, good, divergence = judge(samples)
    print(f"{name:20} {by_one:8} {covered:7} {good:8.0%} {divergence:7.2f}")

figure, axes = plt.subplots(1, 4, figsize=(12, 3.3))
for ax, (name, samples) in zip(axes, candidates.items()):
    square(ax, samples, MEANS)
    ax.set_title(name, fontsize=10)
figure.tight_layout()

# %% [markdown]
# By the first rule, noise covers all modes. So look at the share of good samples beside
# every count. Half of the modes cost only $\log 2 \approx 0.69$ of divergence, so look
# at the count beside every divergence.
#
# ## Three games on the grid
#
# The grid is harder than the ring. These lines are all that the laboratory does:


# %%
def play(setting, means, pauses):
    """Train a game on Gaussians. Return samples before training and at each pause."""
    rng = games.begin()
    packing = setting.get("options", {}).get("packing", 1)
    model = games.build(
        setting, points.generator(), points.discriminator(packing=packing)
    )
    x = points.mixture(games.BATCH * ring.STEPS, rng, means)
    look = lambda model: points.draw(model, 2000)  # noqa: E731
    return games.train(model, points.as_images(x), look, pauses)


RATES = [0.003, 0.003]
GRID = {
    "GAN": {"class": "GAN", "rates": RATES},
    "PacGAN": {"class": "GAN", "rates": RATES, "options": {"packing": 4}},
    "Relativistic GAN, R1 and R2": {
        "class": "RpGAN",
        "rates": RATES,
        "options": {"r1_weight": 0.05, "r2_weight": 0.05},
    },
}
pauses = games.steps(50, budget)
seen = {name: play(setting, MEANS, pauses) for name, setting in tqdm(GRID.items())}

# %%
figure, axes = plt.subplots(2, 3, figsize=(11, 6.5), height_ratios=(1.6, 1))
for (above, below), (name, drawn) in zip(axes.T, seen.items()):
    square(above, drawn[-1], MEANS, reach=1)
    by_one, covered, good, divergence = judge(drawn[-1])
    above.set_title(f"{name}\n{covered} of 25 modes, {good:.0%} good", fontsize=10)
    counts = [points.modes(each, MEANS) for each in drawn]
    time = ring.STEPS * np.arange(pauses + 1)
    below.plot(time, [modes / 25 for modes, _ in counts], "C0", label="modes covered")
    below.plot(time, [good for _, good in counts], "C1--", label="good samples")
    below.set(ylim=(0, 1.05), xlabel="updates of $G$")
axes[1, 0].legend(fontsize=8, loc="lower right")
figure.tight_layout()

# %% [markdown]
# The untrained generator covers a few modes by chance. Its samples are a cloud over
# them. In our run on JAX, GAN then found 19 modes, and PacGAN, which helped on the ring,
# only 14. A remedy that helps in one game may fail in another, so try several, with
# several seeds. The relativistic GAN covered all 25 modes. The sharp falls of its curves
# show that it does not come to rest there.
#
# ## Is the divergence to blame?
#
# A popular explanation says that GANs drop modes because of the divergence that they
# minimise. We can check this without any game. A single Gaussian, which cannot cover
# two modes well, is fitted to them by gradient descent on three divergences, from two
# starts:

# %%
figure, axes = plt.subplots(1, 3, figsize=(12, 3.2), sharey=True)
for ax, (name, divergence) in zip(axes, fits.DIVERGENCES.items()):
    ax.fill_between(fits.X, fits.target(fits.X), alpha=0.3, label="data")
    for start, style in (((1.0, 1.0), "C1"), ((2.0, 1.0), "C3--")):
        fit = fits.fit(divergence, start)
        density = fits.density([fit["mean"][-1], np.log(fit["sd"][-1])])
        label = f"started at {start[0]}: {fit['value'][-1]:.2f} nats"
        ax.plot(fits.X, density, style, label=label)
    ax.set_title(name, fontsize=10)
    ax.set_ylim(0, 1.3)
    ax.legend(fontsize=8, loc="upper left")
figure.tight_layout()

# %% [markdown]
# Maximum likelihood covers all data and the gap between them. The reverse KL divergence
# takes one mode. The Jensen–Shannon divergence, which GAN minimises if $D$ is optimal
# (notebook 1), does the one or the other, and one mode is the better answer. So the
# divergence matters for a model that is too *weak*.
#
# The generators of the ring are not too weak. The same network covers all modes in most
# games, and if it draws exactly the data, all three divergences are 0. So the first
# column collapses because of the game: $D$ is not optimal, and $G$ runs ahead of it.
#
# **Try it.**
#
# 1. Give the first game of the ring five steps of $D$ for each step of $G$:
#    `{**games.settings("collapse")[0], "options": {"discriminator_steps": 5}}`. Does it
#    still collapse?
# 2. How many samples must $D$ see at once? Change `packing` on the grid to 1, 2, and 8.
# 3. From which starts does the fit by the Jensen–Shannon divergence end at one mode?
