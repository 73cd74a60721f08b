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
# # 4. With a condition, from a picture, and back
#
# Three papers give a generator something to hold on to. The conditional GAN says *what*
# to draw, pix2pix draws *from a picture*, BiGAN learns the way *back*, from a picture
# to its latent. Here are models that were trained for half an hour and come with the
# zoo: nothing is trained in this notebook.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np

import ganzoo
from ganzoo.features import ClassifierFeatures
from ganzoo.metrics import paired
from ganzoo.metrics.neighbours import one_nearest_neighbour_accuracy
from ganzoo.visualization.grids import grid

# 1 for the lecture. A fiftieth shows within seconds that everything runs.
budget = float(os.environ.get("BUDGET", 1))
count = int(5_000 * budget)

train = ganzoo.data.load("fashion_mnist_10k")
test = ganzoo.data.load("fashion_mnist_10k", "test")


def show(ax, pictures, columns, title=None):
    """Draw pictures in rows."""
    ax.imshow(grid(pictures, columns), cmap="gray")
    ax.set(xticks=[], yticks=[], title=title)


# %% [markdown]
# ## CGAN: say what
#
# $G(z|y)$ and $D(x|y)$: both see the label ([Mirza & Osindero,
# 2014](https://arxiv.org/abs/1411.1784), Equation 2). As $D$ knows that this should be
# a sandal, a perfect boot is a fake.

# %%
cgan = ganzoo.from_preset("cgan_fashion_mnist")
figure, ax = plt.subplots(figsize=(9, 7))
show(ax, cgan.generate(120, seed=0, labels=np.repeat(np.arange(10), 12)), 12)
ax.set_yticks(15 + 30 * np.arange(10), train.class_names)
figure.tight_layout()

# %% [markdown]
# Each row is a class. But $z$ and $y$ are two inputs: what does $z$ mean when the class
# changes? Below, each column has one $z$ for all classes.

# %%
z = np.tile(cgan.latents(12, seed=3), (10, 1))
figure, ax = plt.subplots(figsize=(9, 7))
show(ax, cgan.decode(z, [np.repeat(np.arange(10), 12)]), 12)
ax.set_yticks(15 + 30 * np.arange(10), train.class_names)
figure.tight_layout()

# %% [markdown]
# Look down a column: what the classes share, like darkness and width, often stays.
# Nothing in the loss asked for that.
#
# Does it obey? A classifier that never saw these pictures says what they show. For
# comparison, the same classifier on real test pictures, which it gets wrong at times as
# well:

# %%
classifier = ClassifierFeatures("fashion_mnist")
labels = np.arange(count) % 10
seen = classifier.classify(classifier(cgan.generate(count, seed=1, labels=labels)))
real = classifier.classify(classifier(test.images[:count]))
print(f"{'':12} {'drawn':>6} {'real':>6}")
for label, name in enumerate(test.class_names):
    of_drawn = np.mean(seen[labels == label] == label)
    of_real = np.mean(real[test.labels[:count] == label] == label)
    print(f"{name:12} {of_drawn:6.0%} {of_real:6.0%}")

# %% [markdown]
# Most classes are recognised as often as real ones: $G$ obeys. Where the number of the
# drawn is lower, look at that row of the first figure: its pictures turn into those of
# a neighbouring class. A number *above* the real one would be no better: a generator
# that drew one typical shirt only would reach 100 %.
#
# ## pix2pix: from a picture
#
# The condition is a picture: here the edges of one ([Isola et al.,
# 2017](https://arxiv.org/abs/1611.07004), Equation 4). $G$ has no $z$; its noise is
# dropout, at test time too. "At inference time, we run the generator net in exactly the
# same manner as during the training phase": with dropout, and with batch normalisation
# by the statistics of the test batch, which is one picture (Section 3.3).

# %%
pix2pix = ganzoo.from_preset("pix2pix_fashion_mnist")
pairs = ganzoo.data.edges_to_images(test.images[:count])
few = pairs.source[:8]
ways = {
    "edges": few,
    "paper: dropout on,\nbatches of one": pix2pix.translate(few, seed=0),
    "the same, other dropout": pix2pix.translate(few, seed=1),
    "dropout on,\nbatch of all": pix2pix.translate(few, seed=0, batch_size=8),
    "both off:\ninference mode": pix2pix.translate(few, training=False),
    "target": pairs.target[:8],
}
figure, axes = plt.subplots(len(ways), figsize=(9, 7))
for ax, (name, pictures) in zip(axes, ways.items()):
    show(ax, pictures, 8)
    ax.set_ylabel(name, rotation=0, ha="right", va="center")
figure.tight_layout(h_pad=0.1)

# %% [markdown]
# The paper trains in batches of one to ten and translates one by one. This model was
# trained in batches of 64, so the statistics of one picture are not what it is used to:
# light and dark get lost. In a batch of its own kind they are right again. That is no
# question of taste, it changes every score: so a protocol has to say it. How far from
# their targets are they, and from one another?

# %%
some = int(400 * budget)
sources, targets = pairs.source[:some], pairs.target[:some]
translations = {
    "dropout on, batches of one": pix2pix.translate(sources, seed=0),
    "dropout on, batches of 50": pix2pix.translate(sources, seed=0, batch_size=50),
    "both off": pix2pix.translate(sources, training=False, batch_size=50),
}
again = pix2pix.translate(sources, seed=1)
for name, pictures in translations.items():
    print(f"L1 to the target, {name:28} {paired.l1(targets, pictures).mean():.4f}")
first = translations["dropout on, batches of one"]
print(
    f"L1 between two draws of the dropout           {paired.l1(first, again).mean():.4f}"
)

# %% [markdown]
# "Inference mode" has the least error here: without dropout $G$ draws something like
# the middle of all its draws, and the middle is nearest to any target in L1. That does
# not make it the better picture; L1 alone would blur, which is the reason for the other
# half of Equation 4.
#
# ## BiGAN: back
#
# An encoder $E$ beside $G$; $D$ sees a pair and says whether it is $(x, E(x))$ or
# $(G(z), z)$. If it cannot tell, then $E$ and $G$ are each other's inverse ([Donahue et
# al., 2017](https://arxiv.org/abs/1605.09782), Theorem 2). Nobody compared a picture
# with its reconstruction, so these need not match in pixels.

# %%
bigan = ganzoo.from_preset("bigan_fashion_mnist")
pictures = np.concatenate([test.images[test.labels == c][:1] for c in range(10)])
figure, ax = plt.subplots(figsize=(9, 2.2))
show(
    ax,
    np.concatenate([pictures, bigan.reconstruct(pictures)]),
    10,
    title="$x$, and below it $G(E(x))$",
)
figure.tight_layout()

# %% [markdown]
# The kind of thing is kept, often its shape; details are not. That is what the latent
# knows. With a way back one can go *between* real pictures: from $E(x_1)$ to $E(x_2)$
# in a straight line, and $G$ draws what is there.

# %%
ends = bigan.encode(pictures)
way = np.linspace(0, 1, 10)[:, None]
rows = [ends[a] * (1 - way) + ends[b] * way for a, b in ((0, 3), (1, 8), (5, 9))]
figure, ax = plt.subplots(figsize=(9, 3))
show(ax, bigan.decode(np.concatenate(rows).astype("float32")), 10)
figure.tight_layout()

# %% [markdown]
# ### What do latents know of classes?
#
# No label was used. The paper's test (Section 4.2): give each test picture the label of
# its nearest neighbour among training pictures. The nearer are of one class, the more
# the encoder has learned what matters.

# %%
keep = 2 * count
untrained = ganzoo.BiGAN((28, 28, 1))
spaces = {
    "pixels": lambda x: x.reshape(len(x), -1).astype("float32"),
    "E of an untrained BiGAN": untrained.encode,
    "E of the trained BiGAN": bigan.encode,
    "classifier, which saw labels": classifier,
}
for name, space in spaces.items():
    accuracy = one_nearest_neighbour_accuracy(
        space(train.images[:keep]),
        train.labels[:keep],
        space(test.images[:count]),
        test.labels[:count],
    )
    print(f"{name:30} {accuracy:.1%}")

# %% [markdown]
# Compare with pixels, not with chance: clothes that are centred and of one size are
# alike in pixels already, and so are the latents of an encoder that was never trained,
# which mixes pixels at random. Training must do better than that, and it does: as well
# as all 784 pixels, with 50 numbers. What labels can add, the last line shows. The
# paper's digits are such a case too: its Table 1 has 97.4 % for BiGAN, and nearly the
# same for all its rivals.
#
# **Try it.** Whose latents win on digits? `bigan_mnist` is a preset too, and
# `ganzoo.data.load("mnist")` has its pictures where there is a network.
