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
# # 3. Gradients, distances and a penalty
#
# Why does $G$ not minimise $\log(1 - D(G(z)))$, as the first equation of the first
# paper has it? Why should a discriminator not become too good? What does WGAN-GP
# measure, and why does it forbid batch normalisation? All answers are curves on a line.

# %%
import inspect
import os

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from keras import ops
from scipy.stats import wasserstein_distance
from tqdm import tqdm

import ganzoo
from ganzoo.data.pixels import to_float

# 1 for the lecture. A fiftieth shows within seconds that everything runs.
budget = float(os.environ.get("BUDGET", 1))

rng = np.random.default_rng(0)

# %% [markdown]
# ## Four losses of one number
#
# Each generator loss is a function of $t$, what $D$ returns for one sample. The
# gradient that $G$ gets is the slope of that function, times the slope of $D$ in the
# sample. At the start of training $D$ is sure that samples are fake: $t$ is far to the
# left for GAN, about 0 for LSGAN.

# %%
LOSSES = {
    r"GAN, saturating: $\log(1 - \sigma(t))$": lambda t: ops.log_sigmoid(-t),
    r"GAN, non-saturating: $-\log\,\sigma(t)$": lambda t: -ops.log_sigmoid(t),
    r"LSGAN: $\frac{1}{2}(t - 1)^2$": lambda t: (t - 1) ** 2 / 2,
    r"WGAN: $-t$": lambda t: -t,
}

t = np.linspace(-6, 6, 241).astype("float32")
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
for label, loss in LOSSES.items():
    values = ops.convert_to_numpy(loss(t))
    left.plot(t, values, label=label)
    right.plot(t, np.gradient(values, t))
left.set(xlabel="$t$, what $D$ says", title="loss of one sample", ylim=(-6, 8))
right.set(xlabel="$t$, what $D$ says", title="its slope", ylim=(-4, 2))
left.legend(fontsize=8)
figure.tight_layout()

# %% [markdown]
# Look at the left ends of the slopes. Where $D$ is sure of a fake, the saturating loss
# is flat: the worse a sample, the less it learns (Goodfellow et al., 2014, Section 3).
# The non-saturating one has slope $-1$ there and is flat only where $D$ is fooled. That
# of LSGAN grows with the distance, on both sides: a sample far on the *right* side is
# drawn back too (Mao et al., 2017, Figure 1). That of WGAN is the same everywhere.
#
# ## A discriminator that becomes too good
#
# Data around −½, samples around ½, and hardly any overlap, as with pictures: this is
# Figure 2 of [Arjovsky et al., 2017](https://arxiv.org/abs/1701.07875). $G$ stands
# still, at learning rate 0, while each of three discriminators learns for longer and
# longer. The games are those of the zoo, on pictures of one pixel.


# %%
def perceptron():
    """A discriminator of numbers, which are pictures of shape (1, 1, 1)."""
    x = start = layers.Input((1, 1, 1))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(64, activation="relu")(x)
    return keras.Model(start, layers.Dense(1)(x))


def still_generator(mean, deviation):
    """A generator of normally distributed numbers."""
    z = layers.Input((1,))
    network = keras.Model(z, layers.Reshape((1, 1, 1))(layers.Dense(1)(z)))
    network.set_weights([np.array([[deviation]]), np.array([mean])])
    return network


def game(model, mean=0.5, rate=1e-3, **options):
    """A compiled game in which only the discriminator learns."""
    keras.utils.set_random_seed(0)
    gan = model(
        generator=still_generator(mean, 0.1),
        discriminator=perceptron(),
        seed=0,
        **options,
    )
    gan.compile(keras.optimizers.Adam(rate), keras.optimizers.SGD(0.0))
    return gan


count = int(20_000 * budget)
data = np.clip(rng.normal(-0.5, 0.1, (count, 1, 1, 1)), -1, 1).astype("float32")
fakes = rng.normal(0.5, 0.1, (300, 1, 1, 1)).astype("float32")


def push(gan, loss):
    """How hard a generator's loss pushes each of the samples: its mean gradient."""
    x = ops.convert_to_tensor(fakes)
    gradient = gan.input_gradient(lambda x: loss(gan.discriminator(x)), x)
    return float(ops.mean(ops.abs(gradient)))


# %%
games = {
    "GAN": game(ganzoo.GAN),
    "LSGAN": game(ganzoo.LSGAN),
    "WGANGP": game(ganzoo.WGANGP, discriminator_steps=1),
}
players = dict(zip(LOSSES, ("GAN", "GAN", "LSGAN", "WGANGP")))
steps, pushes = [], {label: [] for label in LOSSES}
for epochs in tqdm((1, 1, 2, 4, 8)):
    for gan in games.values():
        gan.fit(data, batch_size=100, epochs=epochs, verbose=0)
    steps.append(int(games["GAN"].discriminator_optimizer.iterations))
    for label, loss in LOSSES.items():
        pushes[label].append(push(games[players[label]], loss))

# %%
line = np.linspace(-1, 1, 401, dtype="float32").reshape(-1, 1, 1, 1)
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
for name, gan in games.items():
    values = gan.discriminator.predict(line, batch_size=401, verbose=0)[:, 0]
    if name == "GAN":
        values = 1 / (1 + np.exp(-values))
    left.plot(line[:, 0, 0, 0], values, label=f"$D$ of {name}")
for sample, label in ((data, "data"), (fakes, "samples")):
    left.hist(
        sample.ravel(), bins=40, range=(-1, 1), density=True, alpha=0.2, label=label
    )
left.set(xlabel="$x$", title="what each says after all steps")
left.legend(fontsize=8)
for (label, values), style in zip(pushes.items(), ("o-", "s-", "^-", "d-")):
    right.loglog(steps, values, style, label=label)
right.set(xlabel="steps of $D$", title="mean gradient that samples get")
right.legend(fontsize=8)
figure.tight_layout()

# %% [markdown]
# Left: GAN's $D$ is a cliff between two plains. On the plain of the samples there is no
# slope to climb. So is LSGAN's, whose $D$ has learned to say 0 and 1. The critic is a
# ramp: from every sample it goes up towards the data.
#
# Right, with more steps of $D$: the gradient of the saturating loss dies. The better
# the judge, the less it teaches. LSGAN's gets smaller too. The non-saturating one never
# dies, but it grows as long as $D$ becomes surer of itself: it is the slope of the
# logit, which nothing bounds. WGAN-GP's stays near 1, however long the critic learns:
# so a critic may be trained to its end, and is, five steps for each of $G$.
#
# ## What the critic measures
#
# The Wasserstein distance is how far the mass of one distribution must be moved, at
# least, to become the other. It is also the largest difference of means that a function
# of slope at most 1 can make (Arjovsky et al., 2017, Equation 2):
#
# $$W(p, q) = \max_{\lVert D \rVert_L \le 1} \mathbb{E}_p[D(x)] - \mathbb{E}_q[D(\tilde x)]$$
#
# The penalty $\lambda\,\mathbb{E}[(\lVert\nabla D(\hat x)\rVert - 1)^2]$ asks for slope
# 1 between data and samples. It is soft: with $s$ the slope on the way, the critic has
# the least loss $-sW + \lambda(s - 1)^2$ at $s = 1 + W / 2\lambda$. We can check that.

# %%
print(inspect.getsource(ganzoo.WGANGP.gradient_penalty))

# %%
critics = {10.0: games["WGANGP"]}
for weight in (1.0, 0.5):
    critics[weight] = game(
        ganzoo.WGANGP, discriminator_steps=1, rate=3e-3, penalty_weight=weight
    )

epsilon = rng.uniform(size=(300, 1, 1, 1)).astype("float32")
x_hat = ops.convert_to_tensor(epsilon * data[:300] + (1 - epsilon) * fakes)
slopes = {}
for weight, critic in tqdm(critics.items()):
    critic.fit(data, batch_size=100, epochs=8, verbose=0)
    gradient = critic.input_gradient(critic.discriminator, x_hat)
    slopes[weight] = np.abs(ops.convert_to_numpy(gradient)).ravel()

truth = wasserstein_distance(data.ravel(), fakes.ravel())
figure, ax = plt.subplots(figsize=(8, 3.5))
for color, (weight, slope) in enumerate(slopes.items()):
    label = rf"$\lambda$ = {weight}"
    ax.hist(slope, bins=80, range=(0, 2.5), color=f"C{color}", alpha=0.5, label=label)
    ax.axvline(1 + truth / (2 * weight), color=f"C{color}", linestyle="--")
ax.set(xlabel=r"slope of the critic at $\hat x$", title=r"dashed: $1 + W / 2\lambda$")
ax.legend()
figure.tight_layout()

# %% [markdown]
# With the paper's $\lambda = 10$ the slope is 1.05 here: near enough to 1. So the
# critic's difference of means is nearly the distance itself. We move the samples
# towards the data, let a critic and a discriminator learn on, and ask both:

# %%
critic, gan = games["WGANGP"], games["GAN"]
z = critic.latents(1000, seed=1)
print(f"{'samples around':>14} {'true W':>8} {'critic':>8} {'loss of GAN':>12}")
for mean in (0.5, 0.2, -0.1, -0.4):
    for model in (critic, gan):
        model.generator.set_weights([np.array([[0.1]]), np.array([mean])])
        model.fit(data, batch_size=100, epochs=5, verbose=0)
    samples = critic.predict(z, batch_size=1000, verbose=0)
    of_data, of_samples = (
        critic.discriminator.predict(x, batch_size=1000, verbose=0).mean()
        for x in (data[:1000], samples)
    )
    losses = gan.evaluate(data, batch_size=1000, return_dict=True, verbose=0)
    true = wasserstein_distance(data.ravel(), samples.ravel())
    print(
        f"{mean:14.1f} {true:8.2f} {of_data - of_samples:8.2f}"
        f" {losses['discriminator_loss']:12.3f}"
    )

# %% [markdown]
# The critic's number falls with the distance all the way. GAN's loss does not change
# before the two touch: $\mathrm{JSD} = \log 2$ for all distributions that do not meet,
# near or far. That is the argument of Arjovsky et al., Example 1.
#
# For pictures nobody knows the true distance; in notebook 2 you can look whether the
# critic's loss climbs as the pictures get better, and what DCGAN's does meanwhile.
#
# ## Why batch normalisation is refused
#
# The penalty is on the slope of $D$ at *one* example. With batch normalisation in $D$
# there is no such thing: what it says of one picture depends on the others of the
# batch.

# %%
train = ganzoo.data.load("fashion_mnist_10k").images
normalized = ganzoo.networks.dcgan_discriminator((28, 28, 1))
for name, others in (("clothes", train[1:50]), ("darkness", 0 * train[1:50])):
    batch = to_float(np.concatenate([train[:1], others]))
    said = ops.convert_to_numpy(normalized(batch, training=True))[0, 0]
    print(f"D of one picture, among {name}: {said:.3f}")

# %% [markdown]
# Gulrajani et al. say so in Section 4, "No critic batch normalization". The zoo holds
# to it; an error comes before any training:

# %%
try:
    ganzoo.WGANGP((28, 28, 1), discriminator=normalized)
except ValueError as error:
    print(error)

# %% [markdown]
# Layer normalisation, over all of one example, is allowed; the recipe of notebook 2
# uses it.
#
# **Try it.** Give `GAN` the slope that it lacks: `r1_weight=10.0` is the penalty of
# [Mescheder et al., 2018](https://arxiv.org/abs/1801.04406) on data. Does the gradient
# of the samples still die?
