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
# This notebook compares GAN, DCGAN, LSGAN, WGAN-GP, conditional GAN, pix2pix and BiGAN.
# It shows the equation of each paper beside the code that computes it. Then it trains
# all seven on the images that come with the package, in a few minutes on a CPU, and
# scores them in the same way.

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

# 1 for the lecture: 10,000 images. With 0.02 the notebook runs quickly, as a test.
budget = float(os.environ.get("BUDGET", 1))
count = int(10_000 * budget)


def show_losses(model):
    """Print the two losses of a variant."""
    print(inspect.getsource(model.discriminator_loss))
    print(inspect.getsource(model.generator_loss))


# %% [markdown]
# Throughout, $x$ is an image, $z$ noise, $G$ the generator and $D$ the discriminator.
# In the code `self.D` returns a logit, before the sigmoid. So `log_sigmoid(self.D(x))`
# is $\log D(x)$ and `log_sigmoid(-self.D(x))` is $\log(1 - D(x))$, computed without
# overflow. All losses are minimised. An objective that the paper maximises has a minus
# sign.
#
# ## GAN ([Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661))
#
# The game is Equation 1. The generator's loss has the non-saturating form of Section 3:
#
# $$\min_G \max_D\; \mathbb{E}_x[\log D(x)] + \mathbb{E}_z[\log(1 - D(G(z)))]$$

# %%
show_losses(ganzoo.GAN)

# %% [markdown]
# ## DCGAN ([Radford et al., 2016](https://arxiv.org/abs/1511.06434))
#
# The losses are those of GAN. The paper is about the networks, which Section 3
# describes: strided convolutions instead of pooling, batch normalisation in both
# networks, no hidden dense layers, ReLU in $G$ with a tanh at the end, LeakyReLU in
# $D$.

# %%
print(inspect.getsource(ganzoo.networks.dcgan.to_picture))
print(inspect.getsource(ganzoo.networks.dcgan.to_features))

# %% [markdown]
# ## LSGAN ([Mao et al., 2017](https://arxiv.org/abs/1611.04076))
#
# $D$ is a regression to 1 on data and to 0 on samples. A sample that $D$ takes for real
# but that lies far from the data still gets a gradient. Equation 9:
#
# $$\min_D\; \tfrac12 \mathbb{E}_x[(D(x) - 1)^2] + \tfrac12 \mathbb{E}_z[D(G(z))^2],
# \qquad \min_G\; \tfrac12 \mathbb{E}_z[(D(G(z)) - 1)^2]$$

# %%
show_losses(ganzoo.LSGAN)

# %% [markdown]
# ## WGAN-GP ([Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028))
#
# $D$ is a *critic*. It returns any real number instead of a probability, and estimates
# how far the samples must be moved to become the data. The estimate requires that the
# critic's gradient norm is at most 1. A penalty on the gradient enforces this.
# Equation 3:
#
# $$L = \mathbb{E}_{\tilde x}[D(\tilde x)] - \mathbb{E}_x[D(x)]
#   + \lambda\, \mathbb{E}_{\hat x}[(\lVert \nabla_{\hat x} D(\hat x) \rVert_2 - 1)^2]$$
#
# with $\tilde x = G(z)$, and $\hat x$ on the line segment between an image and a
# sample.

# %%
show_losses(ganzoo.WGANGP)
print(inspect.getsource(ganzoo.WGANGP.gradient_penalty))

# %% [markdown]
# ## Conditional GAN ([Mirza & Osindero, 2014](https://arxiv.org/abs/1411.1784))
#
# Both networks also see a label $y$. An image must look real and match its label.
# Equation 2:
#
# $$\min_G \max_D\; \mathbb{E}_x[\log D(x|y)] + \mathbb{E}_z[\log(1 - D(G(z|y)|y))]$$

# %%
show_losses(ganzoo.CGAN)

# %% [markdown]
# ## pix2pix ([Isola et al., 2017](https://arxiv.org/abs/1611.07004))
#
# The condition is a whole image $x$, which $G$ translates to an image $y$. Dropout is
# the only noise. $D$ judges patches, and an L1 term keeps the translation close to its
# target. Equation 4, whose terms are Equations 1 and 3:
#
# $$G^* = \arg\min_G \max_D\; \mathcal{L}_{cGAN}(G, D) + \lambda\,
#   \mathbb{E}[\lVert y - G(x) \rVert_1]$$

# %%
show_losses(ganzoo.Pix2Pix)

# %% [markdown]
# ## BiGAN ([Donahue et al., 2017](https://arxiv.org/abs/1605.09782))
#
# An encoder $E$ maps images to latents, and $D$ sees pairs of an image and a latent. To
# fool $D$, the networks $E$ and $G$ must be inverses of each other. Equation 3:
#
# $$\min_{G, E} \max_D\; \mathbb{E}_x[\log D(x, E(x))]
#   + \mathbb{E}_z[\log(1 - D(G(z), z))]$$

# %%
show_losses(ganzoo.BiGAN)

# %% [markdown]
# ## What all variants share
#
# The losses are the only difference. One class, `ganzoo.AdversarialModel`, implements
# the alternating updates, the noise, both optimizers, saving and scoring for all seven.
# By default the variants use the papers' networks and optimizers, which are too slow
# for a lecture. We use the package's recipes for a training of about a minute. Each
# recipe says what it changes:

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
# `fit` takes images, and for the conditional models also labels or targets. After each
# epoch the samples are scored. The Fréchet distance compares the features of the
# samples with those of test images that no model has seen. Lower is better. The
# features come from a Fashion-MNIST classifier that comes with the package, so the
# score is an FD and not an FID (notebook 5). The next cell takes minutes.


# %%
def load(split, count):
    """Arguments of `fit` for each of the three kinds of models."""
    data = ganzoo.data.load("fashion_mnist_10k", split)
    x, y = data.images[:count], data.labels[:count]
    pairs = ganzoo.data.edges_to_images(x)
    return {"images": (x,), "labels": (x, y), "edges": (pairs.source, pairs.target)}


train = load("train", count)
# A Fréchet distance needs more images than there are features, here 96.
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
# The first row is real data. The last two rows are the sources of pix2pix and their
# translations.

# %%
sources, targets = test["edges"]
rows = {"data": targets[:12]}
for name, gan in trained.items():
    if name != "Pix2Pix":
        rows[name] = gan.generate(12, seed=0)
rows["edges"] = sources[:12]
rows["Pix2Pix"] = trained["Pix2Pix"].translate(sources[:12], seed=0)

figure, axes = plt.subplots(len(rows), figsize=(9, 7.5))
for ax, (name, images) in zip(axes, rows.items()):
    ax.imshow(grid(images, columns=12), cmap="gray")
    ax.set_ylabel(name, rotation=0, ha="right", va="center")
    ax.set(xticks=[], yticks=[])
figure.tight_layout(h_pad=0.1)

# %% [markdown]
# GAN and CGAN use multilayer perceptrons. Their samples are grainy, because these
# networks do not know which pixels are neighbours. DCGAN, LSGAN and WGAN-GP use
# convolutions. CGAN generates the next class in each column: T-shirt, trousers,
# pullover, and so on.
#
# ## Losses
#
# The losses are blue and orange, the Fréchet distance is red. The dotted line is the
# loss of a $D$ that cannot tell data from samples, for the losses that have such a
# value.

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
figure.supxlabel("epochs")
figure.tight_layout()

# %% [markdown]
# | | discriminator's loss | generator's loss |
# |---|---|---|
# | GAN, DCGAN, CGAN | $2\log 2 - 2\,\mathrm{JSD}$ if $D$ is optimal. Falls as $D$ improves, not as samples improve | how confident $D$ is. $\log 2$ if $D$ cannot tell |
# | LSGAN | $\frac12 \int \frac{p q}{p + q}$ if $D$ is optimal. ¼ if $D$ cannot tell, 0 if data and samples do not overlap | 0 if $D$ is fooled completely, ⅛ if $D$ cannot tell |
# | WGAN-GP | minus the distance from samples to data, plus the penalty. Rises to 0 as samples improve | a value without a meaningful zero, since a constant added to $D$ shifts it |
# | pix2pix | as GAN, but halved and averaged over patches | mostly $\lambda = 100$ times the mean absolute error |
# | BiGAN | as GAN, for pairs | the same loss for $E$ and $G$, with both terms |
#
# Which blue curves move with the red one? Only WGAN-GP's should, because its critic
# estimates a distance. In the first epoch the critic has not learned this yet. The
# losses of the other variants show which network is ahead. Losses in different panels
# have different units, so you cannot compare them. You can compare the score:

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
# This is not a ranking of the papers. Each variant was trained for about half a minute,
# with one seed and with different networks. Pix2pix also sees the edges of the images
# it is compared with. `ganzoo benchmark --suite fashion_mnist` is a fair comparison,
# with equal networks, several seeds and intervals.
#
# **Try it.** Train `DCGAN` with the losses of `LSGAN`. Both take `generator=` and
# `discriminator=`. Does the difference come from the networks or from the loss?
