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
# # 7. Why a GAN fails, and what helps
#
# This notebook shows three failures in games that are small enough to plot: players
# that circle around the solution, a discriminator that is too good, and a discriminator
# whose weights grow. For each failure it shows remedies. Notebook 8 is about the fourth
# failure, mode collapse.
#
# The functions are those of the laboratory. `ganzoo lab` writes a page that shows the
# same games and more of them, with a slider through each training.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

import ganzoo
from ganzoo.lab import games
from ganzoo.lab import points
from ganzoo.lab import records
from ganzoo.lab.trainings import orbits
from ganzoo.lab.trainings import ring
from ganzoo.lab.trainings import spectra
from ganzoo.lab.trainings import supports

# 1 for the lecture. With 0.02 the notebook runs within seconds, as a test.
budget = float(os.environ.get("BUDGET", 1))

# %% [markdown]
# ## Players that circle
#
# The smallest game has two numbers as players and the value $V(x, y) = xy$. The first
# player minimises it and changes $x$ in the direction $-\partial V / \partial x = -y$.
# The second player maximises it and changes $y$ in the direction $\partial V / \partial
# y = x$. The solution is $(0, 0)$. But the direction $(-y, x)$ is at a right angle to
# the line to the solution. The players never move towards it.
#
# In the Dirac-GAN of [Mescheder et al., 2018](https://arxiv.org/abs/1801.04406), all
# data are at 0 and all samples at $\theta$, and the discriminator is $D(x) = \psi x$.
# It circles for the same reason. The penalty R1 pulls $\psi$ towards 0.

# %%
figure, axes = plt.subplots(2, 3, figsize=(10, 7), sharex=True, sharey=True)
for ax, game in zip(axes.flat, orbits.record(1, print)):
    x, y = np.transpose(game["points"])
    ax.plot(0, 0, "k+", markersize=12)
    ax.plot(x, y)
    ax.plot(x[-1], y[-1], "C3o")
    ax.set_title(game["title"], fontsize=10)
    ax.set_aspect("equal")
figure.tight_layout()

# %% [markdown]
# The rule of the steps decides. A step on $xy$ is a matrix, and the largest absolute
# value of its eigenvalues says by which factor the distance to the solution grows with
# each step:


# %%
def growth(step, field, rate=orbits.BILINEAR_RATE):
    """Largest absolute eigenvalue of a linear step."""
    columns = [step(field, unit, rate) for unit in np.eye(2)]
    return np.abs(np.linalg.eigvals(np.transpose(columns))).max()


with_r1 = orbits.penalized(orbits.bilinear)
print(f"simultaneous steps:  {growth(orbits.simultaneous, orbits.bilinear):.4f}")
print(f"alternating steps:   {growth(orbits.alternating, orbits.bilinear):.4f}")
print(f"extragradient:       {growth(orbits.extragradient, orbits.bilinear):.4f}")
print(f"simultaneous and R1: {growth(orbits.simultaneous, with_r1):.4f}")

# %% [markdown]
# Simultaneous steps diverge, with any step size $h$: their factor is $\sqrt{1 + h^2}$.
# Alternating steps, as in Algorithm 1 of GAN, keep their distance. The extragradient
# method, which moves by the gradient at the next point, converges. So do simultaneous
# steps with R1.
#
# **Remedies.** The penalties R1 and R2 (`r1_weight`, `r2_weight`). An average of the
# generator's weights helps too, because it lies inside the circle: `use_ema=True` in
# its optimizer.
#
# ## A discriminator that is too good
#
# The data lie on one line and the samples on another. A discriminator can separate
# them perfectly, and then its output is flat around the samples. Notebook 3 shows this
# on a line. Here five games try to move the samples onto the data (Example 1 of
# [Arjovsky et al., 2017](https://arxiv.org/abs/1701.07875)). All of them update $D$
# five times for each update of $G$. The first four minimise $\log(1 - D(G(z)))$.

# %%
pauses = games.steps(20, budget)  # how often the laboratory looks at a training
moved = [
    supports.train(setting, supports.STEPS, pauses)
    for setting in tqdm(games.settings("supports"))
]


# %%
def square(ax, surface, reach):
    """Plot the output of D on a square: red is real, blue is not."""
    box = (-reach, reach, -reach, reach)
    ax.imshow(surface, extent=box, cmap="coolwarm", vmin=0, vmax=1)
    ax.set(xlim=box[:2], ylim=box[2:], xticks=[], yticks=[])


places = points.grid(supports.ARROWS, supports.REACH * (1 - 1 / supports.ARROWS))
shown = pauses // 10, pauses
figure, axes = plt.subplots(2, 5, figsize=(13, 6))
for column, game in zip(axes.T, moved):
    maps, pulls, samples = (
        records.unpack(game[key]) for key in ("map", "pulls", "points")
    )
    for ax, pause in zip(column, shown):
        square(ax, maps[pause], supports.REACH)
        ax.axvline(-supports.AT, color="k")
        ax.plot(*samples[pause].T, ".", color="white", markersize=4)
        ax.quiver(*places.T, *pulls[pause].T, angles="xy", scale_units="xy", scale=5)
    column[0].set_title(f"{game['title']}\n{game['rule']}", fontsize=10)
for ax, pause in zip(axes[:, 0], shown):
    ax.set_ylabel(f"step {supports.STEPS * pause}")
figure.tight_layout()

# %% [markdown]
# Colours show $D$, the line is the data, white dots are samples. An arrow is the step
# that $G$'s loss asks of a sample at this place. Without a remedy $D$ is a step
# function. There are arrows between the lines, but none where the samples are.
#
# Noise on the images makes both distributions overlap. R1 keeps the gradient of $D$
# small on the data, so $D$ becomes a gentle slope. The critic of WGAN-GP has a gradient
# of length about 1 everywhere. Roth's penalty acts on samples too, but hardly where $D$
# is sure. So its weight matters: with a weight of 2 instead of 5, the samples stand
# still here.

# %%
figure, ax = plt.subplots(figsize=(8, 3.5))
time = supports.STEPS * np.arange(pauses + 1)
for game, style in zip(moved, ("k", "C0", "C1--", "C2-.", "C3:")):
    ax.plot(time, game["distance"], style, label=game["title"])
ax.set(xlabel="updates of $G$", ylabel="distance", title="from samples to data")
ax.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
figure.tight_layout()

# %% [markdown]
# **Remedies.** `instance_noise`, `r1_weight` and `roth_weight` are options of the models.
# `label_smoothing` limits the logits of $D$ on data. WGAN-GP is a model of its own. The
# loss $-\log D(G(z))$ of `ganzoo.GAN` does not saturate (notebook 3, and the second
# exercise below).
#
# ## A discriminator whose weights grow
#
# A layer with a large singular value stretches small differences between images. A $D$
# with such layers changes abruptly, and $G$ gets abrupt gradients. The callback
# `ganzoo.callbacks.SingularValues` records these values for any training. Here two
# games learn eight clusters on a circle, at a learning rate that is too high. One of
# them has R1.

# %%
grown = [
    spectra.train(setting, ring.STEPS, pauses)
    for setting in tqdm(games.settings("spectra"))
]

figure, axes = plt.subplots(1, 4, figsize=(14, 3.6), width_ratios=(1.4, 1, 1.4, 1))
time = ring.STEPS * np.arange(pauses + 1)
for (left, right), game in zip(axes.reshape(2, 2), grown):
    for layer, values in zip(game["layers"], game["sigmas"]):
        left.semilogy(time, values, "C0-" if layer[0] == "G" else "C3--")
    left.set(title=game["title"], xlabel="steps", ylim=(0.3, 30))
    samples = records.unpack(game["points"])[-1]
    right.plot(*points.centres().T, "k+")
    right.plot(*samples.T, ".", markersize=3)
    right.set(xlim=(-1, 1), ylim=(-1, 1), xticks=[], yticks=[])
    right.set_title(f"{game['modes'][-1]} of 8 modes", fontsize=10)
axes[0].set_ylabel("largest singular value")
axes[0].plot([], [], "C0-", label="layers of $G$")
axes[0].plot([], [], "C3--", label="layers of $D$")
axes[0].legend(fontsize=8)
figure.tight_layout()

# %% [markdown]
# Without a penalty the largest singular value of $D$ soon grows to several times its
# start. With R1 it hardly grows. In BigGAN such values grow in the first
# layers of $G$, and jump when the training collapses ([Brock et al.,
# 2019](https://arxiv.org/abs/1809.11096), Section 4.1).
#
# **Remedies.** R1 again. Spectral normalisation divides the weights of each layer by
# their largest singular value, so it is always 1: `ganzoo.layers.SpectralDense` and
# `SpectralConv2D`, or `normalization="spectral"` in DCGAN's networks.
#
# ## Remedies on images
#
# The remedies are options of all models, and can be combined:

# %%
gan = ganzoo.DCGAN(
    generator=ganzoo.networks.dcgan_generator((28, 28, 1)),
    discriminator=ganzoo.networks.dcgan_discriminator(
        (28, 28, 1), normalization="spectral"
    ),
    instance_noise=0.1,
    r1_weight=0.1,
    augmentation=["color", "translation"],
)

# %% [markdown]
# A model refuses a remedy that it cannot honour. A critic has no label to smooth, and
# batch normalisation has no gradient at one example (notebook 3):

# %%
for make in (
    lambda: ganzoo.WGANGP((28, 28, 1), label_smoothing=0.1),
    lambda: ganzoo.DCGAN((28, 28, 1), r1_weight=0.1),
):
    try:
        make()
    except ValueError as error:
        print(error, end="\n\n")

# %% [markdown]
# The page [Remedies](../remedies.md) of the documentation lists all of them.
#
# **Try it.**
#
# 1. For which weights $\gamma$ of R1 do simultaneous steps on $xy$ converge? Compute
#    `growth` for several values of `orbits.PENALTY`. Then derive the answer from the
#    determinant of the step.
# 2. Replace the class `MinimaxGAN` by `GAN` in the settings of the second game, as in
#    `{**games.settings("supports")[0], "class": "GAN"}`. Do the samples reach the data?
# 3. Train the third game with `SpectralDense`: `points.discriminator(spectral=True)`.
