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
# # 2. Seven papers side by side
#
# GAN, DCGAN, LSGAN, WGAN-GP, conditional GAN, pix2pix and BiGAN: for each the equation
# of its paper beside the lines that compute it, then all of them trained on the
# pictures that come with the package, in a few minutes on a CPU, and scored in one way.

# %%
import inspect
import math
import os

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

import ganzoo
from ganzoo.training import recipes
from ganzoo.visualization.grids import grid

# 1 for the lecture: 10,000 pictures. A fiftieth shows soon that everything runs.
budget = float(os.environ.get("BUDGET", 1))
count = int(10_000 * budget)


def show_losses(model):
    """Print the two lines that make a variant."""
    print(inspect.getsource(model.discriminator_loss))
    print(inspect.getsource(model.generator_loss))


# %% [markdown]
# Throughout, $x$ is a picture, $z$ noise, $G$ the generator and $D$ the discriminator.
# In the code `self.D` returns a logit, before the sigmoid: so `log_sigmoid(self.D(x))`
# is $\log D(x)$ and `log_sigmoid(-self.D(x))` is $\log(1 - D(x))$, computed without
# overflow. All losses are minimised, so those that a paper maximises have a minus.
#
# ## GAN ([Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661))
#
# Equation 1, and for $G$ the non-saturating form of Section 3:
#
# $$\min_G \max_D\; \mathbb{E}_x[\log D(x)] + \mathbb{E}_z[\log(1 - D(G(z)))]$$

# %%
show_losses(ganzoo.GAN)

# %% [markdown]
# ## DCGAN ([Radford et al., 2016](https://arxiv.org/abs/1511.06434))
#
# The same game; the paper is about the networks. Section 3: strided convolutions
# instead of pooling, batch normalisation in both, no hidden dense layers, ReLU in $G$
# with a tanh at the end, LeakyReLU in $D$.

# %%
print(inspect.getsource(ganzoo.networks.dcgan.to_picture))
print(inspect.getsource(ganzoo.networks.dcgan.to_features))

# %% [markdown]
# ## LSGAN ([Mao et al., 2017](https://arxiv.org/abs/1611.04076))
#
# $D$ is a regression to 1 on data and to 0 on samples: a sample that is on the right
# side but far from the data still has a gradient. Equation 9:
#
# $$\min_D\; \tfrac12 \mathbb{E}_x[(D(x) - 1)^2] + \tfrac12 \mathbb{E}_z[D(G(z))^2],
# \qquad \min_G\; \tfrac12 \mathbb{E}_z[(D(G(z)) - 1)^2]$$

# %%
show_losses(ganzoo.LSGAN)

# %% [markdown]
# ## WGAN-GP ([Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028))
#
# $D$ is a *critic*, any number instead of a probability, that estimates how far the
# samples must be moved to become the data. The estimate holds while the critic has a
# slope of at most 1, which a penalty on its gradient sees to. Equation 3:
#
# $$L = \mathbb{E}_{\tilde x}[D(\tilde x)] - \mathbb{E}_x[D(x)]
#   + \lambda\, \mathbb{E}_{\hat x}[(\lVert \nabla_{\hat x} D(\hat x) \rVert_2 - 1)^2]$$
#
# with $\tilde x = G(z)$, and $\hat x$ on the segment between a picture and a sample.

# %%
show_losses(ganzoo.WGANGP)
print(inspect.getsource(ganzoo.WGANGP.gradient_penalty))

# %% [markdown]
# ## Conditional GAN ([Mirza & Osindero, 2014](https://arxiv.org/abs/1411.1784))
#
# Both players also see a label $y$: a picture must not only look real, but real for its
# label. Equation 2:
#
# $$\min_G \max_D\; \mathbb{E}_x[\log D(x|y)] + \mathbb{E}_z[\log(1 - D(G(z|y)|y))]$$

# %%
show_losses(ganzoo.CGAN)

# %% [markdown]
# ## pix2pix ([Isola et al., 2017](https://arxiv.org/abs/1611.07004))
#
# The condition is a whole picture $x$, to be translated to a picture $y$; the only
# noise is dropout. $D$ judges patches, and an L1 term sees to the rest. Equation 4,
# with Equations 1 and 3 for its parts:
#
# $$G^* = \arg\min_G \max_D\; \mathcal{L}_{cGAN}(G, D) + \lambda\,
#   \mathbb{E}[\lVert y - G(x) \rVert_1]$$

# %%
show_losses(ganzoo.Pix2Pix)

# %% [markdown]
# ## BiGAN ([Donahue et al., 2017](https://arxiv.org/abs/1605.09782))
#
# An encoder $E$ goes the other way, and $D$ sees pairs of a picture and a latent. To
# fool it, $E$ and $G$ must be each other's inverse. Equation 3:
#
# $$\min_{G, E} \max_D\; \mathbb{E}_x[\log D(x, E(x))]
#   + \mathbb{E}_z[\log(1 - D(G(z), z))]$$

# %%
show_losses(ganzoo.BiGAN)

# %% [markdown]
# ## What is not in these lines
#
# Nothing else differs. The turns of the two players, the noise, both optimizers, saving
# and scoring are one class for all seven, `ganzoo.AdversarialModel`. Its defaults are
# the papers' networks and optimizers; for a lecture those are too slow, so we take the
# package's recipes for a minute's training. Each says what it changes:

# %%
VARIANTS = {
    "GAN": "gan_fashion_mnist_10k",
    "DCGAN": "dcgan_fashion_mnist_10k",
    "LSGAN": "lsgan_fashion_mnist_10k",
    "WGANGP": "wgan_gp_fashion_mnist_10k",
    "CGAN": "cgan_fashion_mnist_10k",
    "Pix2Pix": "pix2pix_fashion_mnist_10k",
    "BiGAN": "bigan_fashion_mnist_10k",
}
print(recipes.load("wgan_gp_fashion_mnist_10k").text)

# %% [markdown]
# ## Training
#
# `fit` takes pictures, and for the conditional models labels or targets with them.
# After each pass the pictures are scored: the Fréchet distance compares their features
# with those of test pictures that no model has seen, lower is better. The features are
# those of a classifier of Fashion-MNIST that comes with the package: this is an FD, no
# FID (notebook 5). This is the cell that takes minutes.


# %%
def load(split, count):
    """What `fit` takes, for each of three kinds of models."""
    pictures = ganzoo.data.load("fashion_mnist_10k", split)
    x, y = pictures.images[:count], pictures.labels[:count]
    pairs = ganzoo.data.edges_to_images(x)
    return {"images": (x,), "labels": (x, y), "edges": (pairs.source, pairs.target)}


train = load("train", count)
# A Fréchet distance needs more pictures than there are features, here 96.
test = load("test", max(100, count // 10))
scorer = ganzoo.evaluation.Scorer("fashion-classifier", scores=["fid"])

trained, histories = {}, {}
for name, recipe_name in tqdm(VARIANTS.items()):
    recipe = recipes.load(recipe_name)
    gan = recipe.build(train[recipe.kind], seed=0)
    histories[name] = gan.fit(
        *train[recipe.kind],
        batch_size=recipe.batch_size,
        epochs=math.ceil(budget * recipe.epochs),
        callbacks=[ganzoo.callbacks.Score(scorer, *test[recipe.kind])],
        verbose=0,
    ).history
    trained[name] = gan

# %% [markdown]
# ## Samples
#
# The first real row is the data; the last two are pix2pix, what it is given and what it
# makes of it.

# %%
sources, targets = test["edges"]
rows = {"data": targets[:12]}
for name, gan in trained.items():
    if name != "Pix2Pix":
        rows[name] = gan.generate(12, seed=0)
rows["edges"] = sources[:12]
rows["Pix2Pix"] = trained["Pix2Pix"].translate(sources[:12], seed=0)

figure, axes = plt.subplots(len(rows), figsize=(9, 7.5))
for ax, (name, pictures) in zip(axes, rows.items()):
    ax.imshow(grid(pictures, columns=12), cmap="gray")
    ax.set_ylabel(name, rotation=0, ha="right", va="center")
    ax.set(xticks=[], yticks=[])
figure.tight_layout(h_pad=0.1)

# %% [markdown]
# GAN and CGAN are perceptrons, whose pictures are grainy: no pixel knows its
# neighbours. DCGAN, LSGAN and WGAN-GP are convolutions. In each column, CGAN was asked
# for the next class: T-shirt, trousers, pullover, and so on.
#
# ## Losses
#
# Blue and orange are the losses, red the Fréchet distance. Dotted is the loss of a $D$
# that cannot tell data from samples, where there is such a number.

# %%
figure, axes = plt.subplots(2, 4, figsize=(14, 6))
for ax, (name, history) in zip(axes.flat, histories.items()):
    passes = np.arange(1, 1 + len(history["val_fd"]))
    ax.plot(passes, history["discriminator_loss"], "C0.-", label="discriminator")
    ax.plot(passes, history["generator_loss"], "C1.-", label="generator")
    if trained[name].undecided_loss is not None:
        ax.axhline(trained[name].undecided_loss, color="C0", linestyle=":")
    other = ax.twinx()
    other.plot(passes, history["val_fd"], "C3s--", markersize=3)
    other.tick_params(labelcolor="C3")
    ax.set_title(name)
axes[0, 0].legend()
axes[1, 3].axis("off")
figure.supxlabel("passes over the data")
figure.tight_layout()

# %% [markdown]
# | | the discriminator's loss | the generator's loss |
# |---|---|---|
# | GAN, DCGAN, CGAN | $2\log 2 - 2\,\mathrm{JSD}$ if $D$ is the best there is: falls as $D$ gets ahead, not as pictures get better | how sure $D$ is; $\log 2$ if it cannot tell |
# | LSGAN | $\frac12 \int \frac{p q}{p + q}$ if $D$ is the best there is: ¼ if it cannot tell, 0 if data and samples do not meet | 0 would fool $D$ fully, ⅛ if it cannot tell |
# | WGAN-GP | minus the distance from samples to data, plus the penalty: climbs to 0 as pictures get better | a number whose zero means nothing, since a constant added to $D$ changes it |
# | pix2pix | as GAN, halved, averaged over patches | mostly $\lambda = 100$ times the mean absolute error |
# | BiGAN | as GAN, for pairs | both terms: $E$ and $G$ share it |
#
# Look which blue curves move with the red one. Only WGAN-GP's is meant to: its critic
# estimates a distance. (In the first pass the critic has not learned to, and knows of
# no distance yet.) The losses of the others say who is ahead. No two of these panels
# compare: they are in different units. What does compare is the score:

# %%
last = {
    name: {key: values[-1] for key, values in history.items()}
    for name, history in histories.items()
}
print(f"{'':8} {'FD':>6} {'D loss':>8} {'G loss':>8} {'parameters of G':>16}")
for name in sorted(last, key=lambda name: last[name]["val_fd"]):
    print(
        f"{name:8} {last[name]['val_fd']:6.1f}"
        f" {last[name]['discriminator_loss']:8.2f} {last[name]['generator_loss']:8.2f}"
        f" {trained[name].generator.count_params():16,}"
    )

# %% [markdown]
# This is no ranking of papers: one seed, half a minute each, unequal networks, and
# pix2pix sees the edges of the very pictures it is compared with. `ganzoo benchmark
# --suite fashion_mnist` compares them properly: equal networks, several seeds,
# intervals.
#
# **Try it.** Train `DCGAN` with the losses of `LSGAN`: both take `generator=` and
# `discriminator=`. Was it the networks or the loss that made the difference?
