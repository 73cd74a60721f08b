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
# Why does $G$ not minimise $\log(1 - D(G(z)))$, as in the first equation of the GAN
# paper? Why can a discriminator be too good? What does WGAN-GP measure, and why must
# its critic not use batch normalisation? This notebook answers these questions with
# data on a line.

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

# 1 for the lecture. With 0.02 the notebook runs within seconds, as a test.
budget = float(os.environ.get("BUDGET", 1))

rng = np.random.default_rng(0)

# %% [markdown]
# ## Four losses of one number
#
# Each generator loss is a function of $t$, the output of $D$ for one sample. The
# gradient that $G$ gets is the derivative of this function, times the gradient of $D$
# at the sample. At the start of training $D$ is confident that samples are fake. Then
# $t$ is far to the left for GAN, and about 0 for LSGAN.

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
left.set(xlabel="$t$, output of $D$", title="loss of one sample", ylim=(-6, 8))
right.set(xlabel="$t$, output of $D$", title="its derivative", ylim=(-4, 2))
left.legend(fontsize=8)
figure.tight_layout()

# %% [markdown]
# Look at the left ends of the derivatives. Where $D$ is confident that a sample is
# fake, the saturating loss is flat. The worse a sample, the smaller its gradient
# (Goodfellow et al., 2014, Section 3). The non-saturating loss has derivative $-1$
# there and is flat only where $D$ is fooled. The derivative of LSGAN's loss grows with
# the distance from 1, on both sides. It also pulls back a sample far on the *right*
# side (Mao et al., 2017, Figure 1). The derivative of WGAN's loss is constant.
#
# ## A discriminator that becomes too good
#
# The data lie around −½ and the samples around ½. They hardly overlap, as is typical of
# images. This is Figure 2 of [Arjovsky et al.,
# 2017](https://arxiv.org/abs/1701.07875). The learning rate of $G$ is 0, so $G$ stays
# fixed. Three discriminators are trained for more and more steps. We use the models of
# the zoo on images of one pixel.


# %%
def perceptron():
    """A discriminator of numbers, which are images of shape (1, 1, 1)."""
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
    """A compiled GAN in which only the discriminator learns."""
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
    """Mean absolute gradient of a generator's loss with respect to the samples."""
    x = ops.convert_to_tensor(fakes)
    gradient = gan.input_gradient(lambda x: loss(gan.discriminator(x)), x)
    return float(ops.convert_to_numpy(ops.mean(ops.abs(gradient))))


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
left.set(xlabel="$x$", title="outputs after all steps")
left.legend(fontsize=8)
for (label, values), style in zip(pushes.items(), ("o-", "s-", "^-", "d-")):
    right.loglog(steps, values, style, label=label)
right.set(xlabel="steps of $D$", title="mean gradient that samples get")
right.legend(fontsize=8)
figure.tight_layout()

# %% [markdown]
# The left plot shows the outputs. GAN's $D$ is a step function, which is flat around
# the samples. LSGAN's $D$ has learned the values 0 and 1 and is flat there too. The
# critic is a ramp. It rises from every sample towards the data.
#
# The right plot shows the gradients during the training of $D$. The gradient of the
# saturating loss vanishes. The better $D$ becomes, the less $G$ can learn. LSGAN's
# gradient also gets smaller. The gradient of the non-saturating loss does not vanish,
# but grows as $D$ becomes more confident. It is the gradient of the logit, which is
# unbounded. WGAN-GP's gradient stays near 1 however long the critic is trained. So the
# critic can be trained to convergence. The paper trains it for five steps per step of
# $G$.
#
# ## What the critic measures
#
# The Wasserstein distance is the least average distance by which the mass of one
# distribution must be moved to obtain the other. It is also the largest difference of
# means over all functions with a gradient norm of at most 1 (Arjovsky et al., 2017,
# Equation 2):
#
# $$W(p, q) = \max_{\lVert D \rVert_L \le 1} \mathbb{E}_p[D(x)] - \mathbb{E}_q[D(\tilde x)]$$
#
# The penalty $\lambda\,\mathbb{E}[(\lVert\nabla D(\hat x)\rVert - 1)^2]$ favours a
# gradient norm of 1 between data and samples. It is a soft constraint. Let $s$ be the
# norm there. The critic's loss is $-sW + \lambda(s - 1)^2$, and its minimum is at
# $s = 1 + W / 2\lambda$. We can check this.

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
ax.set(
    xlabel=r"gradient norm of the critic at $\hat x$",
    title=r"dashed: $1 + W / 2\lambda$",
)
ax.legend()
figure.tight_layout()

# %% [markdown]
# With the paper's $\lambda = 10$ the gradient norm is 1.05 here, close to 1. So the critic's
# difference of means is close to the distance itself. Next we move the samples towards
# the data, continue to train a critic and a discriminator, and compare both:

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
# The critic's estimate falls with the true distance throughout. GAN's loss does not
# change until the distributions overlap. $\mathrm{JSD} = \log 2$ for all distributions
# that do not overlap, at any distance. This is the argument of Arjovsky et al.,
# Example 1.
#
# For images the true distance is unknown. In notebook 2 you can check whether the
# critic's loss rises as the samples improve, and compare it with DCGAN's.
#
# ## Why WGAN-GP refuses batch normalisation
#
# The penalty uses the gradient of $D$ at *one* example. With batch normalisation, the
# output for one image depends on the other images of the batch, so this gradient is not
# defined for one example.

# %%
train = ganzoo.data.load("fashion_mnist_10k").images
normalized = ganzoo.networks.dcgan_discriminator((28, 28, 1))
for name, others in (("clothes", train[1:50]), ("darkness", 0 * train[1:50])):
    batch = to_float(np.concatenate([train[:1], others]))
    said = ops.convert_to_numpy(normalized(batch, training=True))[0, 0]
    print(f"D of one image, among {name}: {said:.3f}")

# %% [markdown]
# Gulrajani et al. explain this in Section 4, "No critic batch normalization". The zoo
# raises an error before training:

# %%
try:
    ganzoo.WGANGP((28, 28, 1), discriminator=normalized)
except ValueError as error:
    print(error)

# %% [markdown]
# Layer normalisation is allowed, because it uses one example at a time. The recipe of
# notebook 2 uses it.
#
# **Try it.** Add a gradient penalty to `GAN`. `r1_weight=10.0` is the penalty of
# [Mescheder et al., 2018](https://arxiv.org/abs/1801.04406) on data. Does the gradient
# of the samples still vanish?
