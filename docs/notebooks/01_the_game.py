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
# # 1. The game
#
# A *generator* $G$ maps noise $z$ to samples $G(z)$. A *discriminator* $D$ sees an
# example and returns the probability that it is real. $D$ learns to distinguish samples
# from data. $G$ learns to generate samples that $D$ takes for data ([Goodfellow et al.,
# 2014](https://arxiv.org/abs/1406.2661), Equation 1):
#
# $$\min_G \max_D V(D, G) = \mathbb{E}_{x \sim p}[\log D(x)]
#   + \mathbb{E}_{z}[\log(1 - D(G(z)))]$$
#
# In this notebook the examples are points on a line and in the plane, so that we can
# plot everything: the optimal discriminator, the trained discriminator, and a generator
# whose samples all collapse to one point.

# %%
import inspect
import os

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from tqdm import tqdm

import ganzoo
from ganzoo.metrics.modes import mode_coverage

# 1 for the lecture. With 0.01 the notebook runs within seconds, as a test.
budget = float(os.environ.get("BUDGET", 1))

rng = np.random.default_rng(0)
keras.utils.set_random_seed(0)

# %% [markdown]
# The paper is implemented by two loss functions. The rest of the training is the same
# for all variants. The network $D$ returns a *logit* $t$, and the probability is
# $\sigma(t)$, its sigmoid. So $\log D(x)$ is `log_sigmoid(t)`, and $\log(1 - D(x))$ is
# `log_sigmoid(-t)`.

# %%
print(inspect.getsource(ganzoo.GAN.discriminator_loss))
print(inspect.getsource(ganzoo.GAN.generator_loss))

# %% [markdown]
# The generator's loss is not $\log(1 - D(G(z)))$ as in the equation above, but $-\log
# D(G(z))$. It has the same fixed point and stronger gradients early in training
# (Section 3). Notebook 3 shows why. Algorithm 1 alternates between $k$ updates of $D$
# and one update of $G$. These lines implement it:

# %%
print(inspect.getsource(ganzoo.AdversarialModel.adversarial_step))

# %% [markdown]
# ## The optimal discriminator for a fixed generator
#
# Let $p$ be the density of the data and $q$ the density of the samples. For a fixed $G$
# the optimal $D$ is known (Proposition 1, Equation 2):
#
# $$D^*(x) = \frac{p(x)}{p(x) + q(x)}$$
#
# To check this we choose densities with a known formula. The data lie around two points
# on a line. The generator is $G(z) = 0.1 + 0.35 z$ with $z \sim N(0, 1)$. The models of
# the zoo take images of any size, so we represent a number as an image of one pixel
# with one channel, `(1, 1, 1)`.


# %%
def mlp(inputs, outputs, units=128):
    """A perceptron of two hidden layers from one shape to another."""
    x = start = layers.Input(inputs)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(units, activation="relu")(x)
    x = layers.Dense(int(np.prod(outputs)))(x)
    if len(outputs) > 1:
        x = layers.Reshape(outputs)(x)
    return keras.Model(start, x)


def normal(x, mean, deviation):
    """The density of a normal distribution."""
    z = (x - mean) / deviation
    return np.exp(-(z**2) / 2) / (deviation * np.sqrt(2 * np.pi))


line = np.linspace(-1, 1, 401).astype("float32")
p = (normal(line, -0.5, 0.1) + normal(line, 0.5, 0.1)) / 2
q = normal(line, 0.1, 0.35)
optimum = p / (p + q)

count = int(40_000 * budget)
numbers = rng.choice([-0.5, 0.5], count) + 0.1 * rng.normal(size=count)
numbers = np.clip(numbers, -1, 1).astype("float32").reshape(-1, 1, 1, 1)

# %% [markdown]
# The learning rate of $G$ is 0, so $G$ stays fixed. Only $D$ learns.

# %%
z = layers.Input((1,))
still = keras.Model(z, layers.Reshape((1, 1, 1))(layers.Dense(1)(z)))
still.set_weights([np.array([[0.35]]), np.array([0.1])])

gan = ganzoo.GAN(generator=still, discriminator=mlp((1, 1, 1), (1,)), seed=0)
gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.SGD(0.0))

learned = {}
for passes, more in ((1, 1), (10, 9)):
    gan.fit(numbers, batch_size=250, epochs=more, verbose=0)
    logits = gan.discriminator.predict(line.reshape(-1, 1, 1, 1), verbose=0)
    learned[f"$D$, passes: {passes}"] = 1 / (1 + np.exp(-logits[:, 0]))

# %%
figure, axes = plt.subplots(figsize=(8, 3.5))
axes.fill_between(line, p, alpha=0.2, label="$p$, the data")
axes.fill_between(line, q, alpha=0.2, label="$q$, the generator")
axes.plot(line, optimum, "k--", label="$D^* = p / (p + q)$")
for (label, curve), style in zip(learned.items(), (":", "-")):
    axes.plot(line, curve, f"C2{style}", label=label)
axes.set(xlabel="$x$", title="A discriminator learns the share of the data at $x$")
axes.legend(loc="upper left", fontsize=8)
figure.tight_layout()

# %% [markdown]
# The plot reproduces Figure 1 of the paper. $D$ does not know $p$ or $q$. It learns
# their ratio from examples of both. At the left end there are hardly any examples, so
# the value of $D$ is arbitrary there.
#
# Theorem 1 gives the loss of the optimal discriminator. It uses the Jensen–Shannon
# divergence, which is 0 for $p = q$ and at most $\log 2$:
#
# $$-V(D^*, G) = 2 \log 2 - 2\, \mathrm{JSD}(p \,\|\, q).$$

# %%
step = line[1] - line[0]
m = (p + q) / 2
divergence = sum(
    np.sum(f * np.log(np.maximum(f, 1e-30) / m)) * step / 2 for f in (p, q)
)
trained = gan.evaluate(numbers, batch_size=1000, return_dict=True, verbose=0)
print(f"cannot tell, p = q:       {gan.undecided_loss:.3f}")
print(f"best, by the theorem:     {2 * np.log(2) - 2 * divergence:.3f}")
print(f"the trained D:            {trained['discriminator_loss']:.3f}")

# %% [markdown]
# As long as $D$ is near its optimum, its loss measures the distance between samples and
# data. The loss then rises only if $G$ improves. A loss of $D$ near $2 \log 2 \approx
# 1.386$ can mean two things: $G$ is perfect, or $D$ is bad.
#
# ## Training both networks
#
# Now both networks learn. The data are eight small clusters on a circle, a common first
# test of a GAN. We represent a point as an image of one pixel with two channels,
# `(1, 1, 2)`.

# %%
angles = 2 * np.pi * np.arange(8) / 8
centres = 0.7 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
DEVIATION = 0.03

count = int(50_000 * budget)
points = centres[rng.integers(8, size=count)]
points = points + DEVIATION * rng.normal(size=(count, 2))
points = points.astype("float32").reshape(-1, 1, 1, 2)

side = np.linspace(-1, 1, 60, dtype="float32")
plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 1, 1, 2)


def play(discriminator_rate, generator_rate, beta_1, rounds=(1, 1, 2, 4, 8)):
    """Train a GAN. Return samples, logits of D and losses after each round."""
    keras.utils.set_random_seed(0)
    gan = ganzoo.GAN(
        generator=mlp((2,), (1, 1, 2)), discriminator=mlp((1, 1, 2), (1,)), seed=0
    )
    gan.compile(
        keras.optimizers.Adam(discriminator_rate, beta_1=beta_1),
        keras.optimizers.Adam(generator_rate, beta_1=beta_1),
    )
    notes = []
    z = gan.latents(1000, seed=1)
    for epochs in tqdm(rounds):
        history = gan.fit(points, batch_size=250, epochs=epochs, verbose=0).history
        made = gan.predict(z, verbose=0).reshape(-1, 2)
        logits = gan.discriminator.predict(plane, batch_size=1000, verbose=0)
        losses = {name: values[-1] for name, values in history.items()}
        notes.append((made, logits.reshape(60, 60), losses))
    return notes


games = {
    "both learn at one pace": play(1e-3, 1e-3, beta_1=0.5),
    "G runs ahead of D": play(1e-4, 2e-3, beta_1=0.9),
}


# %%
def draw(games, rounds=(1, 1, 2, 4, 8)):
    """Plot samples over the output of D: red is real, blue is not."""
    figure, axes = plt.subplots(len(games), len(rounds), figsize=(11, 5))
    for row, (name, notes) in zip(axes, games.items()):
        for ax, passes, (made, logits, _) in zip(row, np.cumsum(rounds), notes):
            probability = 1 / (1 + np.exp(-logits))
            ax.imshow(
                probability,
                extent=(-1, 1, -1, 1),
                origin="lower",
                cmap="coolwarm",
                vmin=0,
                vmax=1,
            )
            ax.plot(*centres.T, "k+")
            ax.plot(*made.T, ".", color="white", markersize=2)
            ax.set(xlim=(-1, 1), ylim=(-1, 1), xticks=[], yticks=[])
            ax.set_title(f"passes: {passes}", fontsize=9)
        row[0].set_ylabel(name)
    figure.tight_layout()


draw(games)

# %% [markdown]
# White dots are samples of $G$, always from the same 1,000 latents. Crosses are the
# centres of the data. Colours show $D$. In the upper row the samples spread over all
# eight clusters, and $D$ becomes grey there, because $D^* = \frac12$ for $p = q$. In
# the lower row the samples gather at one point. When $D$ learns to reject this point,
# all of them move to another.
#
# This is **mode collapse**. The paper names its cause in Section 6: "$G$ must not be
# trained too much without updating $D$, in order to avoid *the Helvetica scenario*".
# For a fixed $D$, the optimal $G$ puts all samples where $D$ is largest. This exchanges
# the order of $\min$ and $\max$. In the lower row the learning rate of $G$ is twenty
# times that of $D$.

# %%
print("                          modes   near one    D's loss   G's loss")
for name, notes in games.items():
    made, _, losses = notes[-1]
    distances = np.linalg.norm(made[:, None] - centres, axis=-1)
    near = distances.min(axis=1) < 3 * DEVIATION
    modes = 0
    if near.any():
        modes, _ = mode_coverage(distances.argmin(axis=1)[near], 8, minimum=10)
    print(
        f"{name:24} {modes:4} of 8 {near.mean():8.0%}"
        f" {losses['discriminator_loss']:12.3f} {losses['generator_loss']:10.3f}"
    )

# %% [markdown]
# A mode counts if at least 10 of the 1,000 samples lie within three standard deviations
# of its centre. The collapsed samples are sometimes near a centre and sometimes between
# two.
#
# Look at the losses. In both games $D$ ends near $2 \log 2 = 1.386$ and $G$ near $\log
# 2 = 0.693$. These are the values of a perfect generator. The collapsed game has them
# too, because its $D$ is always a step behind. The losses of a GAN do not tell whether
# it works. This is why the zoo scores samples (notebook 5), and why
# `ganzoo.callbacks.CollapseMonitor` compares samples with each other during training.
#
# **Try it.** Set `discriminator_steps=5` in the second game, the $k$ of Algorithm 1. Or
# replace it by a `ganzoo.WGANGP`, whose losses are more informative. Notebook 3
# explains them.
