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
# A *generator* $G$ turns noise $z$ into examples $G(z)$. A *discriminator* $D$ looks at
# an example and says how likely it is to be real. $D$ learns to tell the two apart, and
# $G$ learns to be mistaken for the data ([Goodfellow et al.,
# 2014](https://arxiv.org/abs/1406.2661), Equation 1):
#
# $$\min_G \max_D V(D, G) = \mathbb{E}_{x \sim p}[\log D(x)]
#   + \mathbb{E}_{z}[\log(1 - D(G(z)))]$$
#
# Here the examples are points, on a line and in the plane, so that everything can be
# drawn: the best discriminator there is, the one that training finds, and a generator
# that puts all it makes on one spot.

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

# 1 for the lecture. A hundredth shows within seconds that everything runs.
budget = float(os.environ.get("BUDGET", 1))

rng = np.random.default_rng(0)
keras.utils.set_random_seed(0)

# %% [markdown]
# The whole of the paper is two losses; the rest of the game is the same for all seven
# variants of the zoo. $D$ returns a *logit* $t$, whose sigmoid $\sigma(t)$ is the
# probability: $\log D(x)$ is `log_sigmoid(t)`, and $\log(1 - D(x))$ is
# `log_sigmoid(-t)`.

# %%
print(inspect.getsource(ganzoo.GAN.discriminator_loss))
print(inspect.getsource(ganzoo.GAN.generator_loss))

# %% [markdown]
# The second is not $\log(1 - D(G(z)))$, as the equation above has it, but $-\log
# D(G(z))$, which has the same fixed point and stronger gradients early on (Section 3).
# Notebook 3 shows why. Algorithm 1 plays in turns: $D$ makes $k$ steps, `G` makes one.
# It is these lines:

# %%
print(inspect.getsource(ganzoo.AdversarialModel.adversarial_step))

# %% [markdown]
# ## The best discriminator against a fixed generator
#
# Let $p$ be the density of the data and $q$ that of what $G$ makes. For a fixed $G$ the
# best answer of $D$ is known (Proposition 1, Equation 2):
#
# $$D^*(x) = \frac{p(x)}{p(x) + q(x)}$$
#
# To see it we take a $p$ and a $q$ that can be written down: data around two points of
# a line, and a generator $G(z) = 0.1 + 0.35 z$ with $z \sim N(0, 1)$. The models of the
# zoo take pictures of any size, so a number is a picture of one pixel with one channel,
# `(1, 1, 1)`.


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
# $G$ stands still because its learning rate is 0. Only $D$ learns.

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
# This is Figure 1 of the paper, computed. $D$ needs to know neither $p$ nor $q$: it was
# shown examples of both and found their ratio. Where there are hardly any of either, at
# the left end, nobody told it what to say.
#
# Theorem 1 says what the best discriminator's loss is. With the Jensen–Shannon
# divergence, which is 0 for $p = q$ and at most $\log 2$,
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
# So while $D$ keeps up, its loss measures how far the generator is from the data, and
# lowering it further is $G$'s business. A loss of $D$ near $2 \log 2 \approx 1.386$ can
# mean two things: that $G$ is perfect, or that $D$ is bad. Keep that in mind.
#
# ## The game played
#
# Now both learn. The data are eight small clusters on a circle, the usual first test of
# a GAN. A point is a picture of one pixel with two channels, `(1, 1, 2)`.

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
    """Play a game and take notes: epochs, points that G makes, logits of D, losses."""
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
    """Points of G on what D thinks of each place: red is real, blue is not."""
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
# White dots are what $G$ makes of 1,000 latents that stay the same; crosses are where
# the data are; colours are $D$. Above, the dots spread over all eight, and $D$ turns
# grey where they are: $D^* = \frac12$ for $p = q$. Below, they gather on one spot, and
# when $D$ has learned that it is a fake, they move on together to another.
#
# This is **mode collapse**. The paper names its cause in Section 6: "$G$ must not be
# trained too much without updating $D$, in order to avoid *the Helvetica scenario*".
# For a $D$ that stands still, the best $G$ puts everything where $D$ is largest: the
# order of $\min$ and $\max$ is turned round. Here $G$'s learning rate is twenty times
# that of $D$.

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
# Modes are those with at least 10 of the 1,000 points within three deviations. The spot
# of the second game is near one of them at times, and at times between two.
#
# Look at the losses. Both games end near $2 \log 2 = 1.386$ for $D$ and $\log 2 =
# 0.693$ for $G$, the values of a perfect game. The collapsed one does so too, because
# its $D$ is always a step behind: the losses of a GAN do not say whether it works. That
# is why the zoo scores pictures (notebook 5), and why
# `ganzoo.callbacks.CollapseMonitor` compares them with one another while a model
# trains.
#
# **Try it.** Give the second game `discriminator_steps=5`, the $k$ of Algorithm 1. Or
# make it a `ganzoo.WGANGP`, whose losses mean more, and turn to notebook 3.
