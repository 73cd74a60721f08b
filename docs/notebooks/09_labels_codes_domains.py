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
# # 9. Labels, few labels, codes, and two domains
#
# In the first notebooks $D$ answers one question: is this image real? Here it has more
# to say, and each time the generator learns something new from it. With all labels, $D$
# names the class (ACGAN). With few labels, its classes are the aim and the samples only
# help (SemiSupervisedGAN). Without labels, it finds classes of its own (InfoGAN). With
# two sets of images, two discriminators with common layers teach a generator of pairs
# (CoGAN). All four are trained here, in some minutes on a CPU.

# %%
import inspect
import math
import os

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import linear_sum_assignment

import ganzoo
from ganzoo.features import ClassifierFeatures
from ganzoo.metrics import paired
from ganzoo.metrics.neighbours import one_nearest_neighbour_accuracy
from ganzoo.training import recipes
from ganzoo.visualization.grids import grid

# 1 for the lecture: 10,000 images. With 0.02 the notebook runs quickly, as a test.
budget = float(os.environ.get("BUDGET", 1))
count = int(10_000 * budget)

train = ganzoo.data.load("fashion_mnist_10k")
test = ganzoo.data.load("fashion_mnist_10k", "test")
images, labels = train.images[:count], train.labels[:count]
classifier = ClassifierFeatures("fashion_mnist")


def show(ax, images, columns, title=None):
    """Draw images in rows."""
    ax.imshow(grid(images, columns), cmap="gray")
    ax.set(xticks=[], yticks=[], title=title)


def show_losses(model):
    """Print the two losses of a variant."""
    print(inspect.getsource(model.discriminator_loss))
    print(inspect.getsource(model.generator_loss))


def fit(name, *arrays):
    """A model trained by its recipe, and its history."""
    recipe = recipes.load(f"{name}_fashion_mnist_10k")
    gan = recipe.build(arrays, seed=0)
    epochs = math.ceil(budget * recipe.epochs)
    fitted = gan.fit(*arrays, batch_size=recipe.batch_size, epochs=epochs, verbose=0)
    return gan, fitted.history


# %% [markdown]
# ## ACGAN: $D$ names the class
#
# In CGAN, $D$ is told the class (notebook 4). In ACGAN ([Odena et al.,
# 2017](https://arxiv.org/abs/1610.09585)) it must *find* it: $D$ has a second output,
# $P(c \mid x)$, beside the source. Both players maximise $L_C$, so $G$ learns images
# that are easy to classify.

# %%
show_losses(ganzoo.ACGAN)

# %%
acgan, history = fit("acgan", images, labels)
rows = np.repeat(np.arange(10), 12)
drawn = acgan.generate(120, seed=0, labels=rows)
figure, ax = plt.subplots(figsize=(9, 7))
show(ax, drawn, 12)
ax.set_yticks(15 + 30 * np.arange(10), test.class_names)
figure.tight_layout()

# %% [markdown]
# "Easy to classify" is not "as varied as the data". A typical image of a class pays
# more than an unusual one. So we measure both: how often a classifier that never saw
# the samples finds the class that was asked for, and how different two samples of a
# class are, in root mean square of their pixels.


# %%
def accuracy(images, labels):
    """How often the classifier finds these labels."""
    return np.mean(classifier.classify(classifier(images)) == labels)


def difference(images, labels):
    """The mean distance of two images of a class."""
    of_classes = (images[labels == label] / 255.0 for label in range(10))
    return np.mean([np.sqrt(np.mean((x[1:] - x[:-1]) ** 2)) for x in of_classes])


asked = np.arange(count // 4) % 10
drawn = acgan.generate(len(asked), seed=1, labels=asked)
real, of_real = test.images[: len(asked)], test.labels[: len(asked)]
print(f"{'':8} {'class found':>11} {'difference':>10}")
for name, x, y in (("samples", drawn, asked), ("real", real, of_real)):
    print(f"{name:8} {accuracy(x, y):11.0%} {difference(x, y):10.3f}")

# %% [markdown]
# ## SemiSupervisedGAN: 100 labels
#
# Labels are expensive, and images are not. Here 100 of the images have a label, ten of
# each class, and all others have none. $D$ has $K$ classes, and one more for samples
# ([Salimans et al., 2016](https://arxiv.org/abs/1606.03498)). From unlabelled images it
# learns that they belong to *one of* the $K$ classes, and so where the data are. $G$
# matches the mean of $D$'s features.

# %%
show_losses(ganzoo.SemiSupervisedGAN)

# %% [markdown]
# What can 100 labels do on their own? The simplest answer is the nearest neighbour
# among the labelled images.

# %%
kept = ganzoo.data.keep_labels(labels, 100, seed=0)  # -1 for the others
semi, history = fit("semi_supervised_gan", images, kept)
shown = test.images[:count], test.labels[:count]
pixels, of_shown = (x.reshape(len(x), -1).astype("float32") for x in (images, shown[0]))
labelled = kept >= 0
nearest = one_nearest_neighbour_accuracy(
    pixels[labelled], kept[labelled], of_shown, shown[1]
)
found = semi.classify(shown[0]).argmax(axis=1)
print(f"error with {labelled.sum()} labels, nearest neighbour: {1 - nearest:.1%}")
print(
    f"error with the same labels, SemiSupervisedGAN: {np.mean(found != shown[1]):.1%}"
)

# %%
figure, axes = plt.subplots(1, 2, figsize=(9, 3))
axes[0].plot(history["error"])
axes[0].set(xlabel="epoch", title="error on the labelled images")
show(axes[1], semi.generate(50, seed=0), 10, title="samples")
figure.tight_layout()

# %% [markdown]
# The error on the labelled images is soon near 0. They are few, and say little. And the
# samples do not look like clothes that anyone would sell. That is no failure: a $G$
# that draws perfect clothes would teach $D$ nothing about where clothes end ([Dai et
# al., 2017](https://arxiv.org/abs/1705.09783)).
#
# ## InfoGAN: no labels, and classes all the same
#
# $G$ takes codes $c$ besides $z$: one of 10 values, and two numbers in $[-1, 1]$. $D$
# has an output more, $Q(c \mid x)$, that must find them in the image ([Chen et al.,
# 2016](https://arxiv.org/abs/1606.03657)). A code that cannot be seen in the image
# cannot be found, so $G$ must give it a meaning. Nobody says which.

# %%
show_losses(ganzoo.InfoGAN)

# %%
info, history = fit("info_gan", images)
figure, axes = plt.subplots(3, 1, figsize=(9, 9))
for ax, name in zip(axes, info.code_names):
    walk = info.traverse(name, steps=10, rows=4, seed=0)
    show(ax, walk.reshape(-1, *walk.shape[2:]), 10, title=name)
figure.tight_layout()

# %% [markdown]
# Each row has one $z$, each column one value of the code. Does the first code mean the
# class? $Q$ tells the code of real images too, though it was never trained on one. Each
# value is matched with a class, so that most images agree:

# %%
values = info.codes(shown[0])["categorical"].argmax(axis=1)
table = np.zeros((10, 10), int)
np.add.at(table, (shown[1], values), 1)
classes, columns = linear_sum_assignment(table, maximize=True)
print(f"agreement: {table[classes, columns].sum() / len(values):.1%}; chance: 10 %")
figure, ax = plt.subplots(figsize=(5, 5))
ax.imshow(table[:, columns], cmap="Blues")
ax.set_yticks(range(10), test.class_names)
ax.set_xticks(range(10), columns)
ax.set_xlabel("value of c1")
figure.tight_layout()

# %% [markdown]
# Clothes have other obvious divisions than their ten names: dark or bright, with or
# without sleeves. A code takes those that are easiest to see. Shoes and trousers differ
# from the rest in shape, and usually get values of their own. Shirts, coats and
# pullovers share theirs.
#
# ## CoGAN: two domains, and no pairs
#
# One set has images, the other has edges, of *different* images. Two generators share
# all layers but the last, two discriminators all but the first ([Liu & Tuzel,
# 2016](https://arxiv.org/abs/1606.07536)). No loss says that the two images of a latent
# belong together.

# %%
show_losses(ganzoo.CoGAN)

# %%
domains = ganzoo.data.images_and_edges(ganzoo.data.Pictures(images))
cogan, history = fit("cogan", domains.first, domains.second)
first, second = cogan.generate(20, seed=0)
figure, ax = plt.subplots(figsize=(9, 4))
rows = [first[:10], second[:10], first[10:], second[10:]]
show(ax, np.concatenate(rows), 10, title="pairs, one below the other")
figure.tight_layout()

# %% [markdown]
# Do they? The edges of the first image of a pair should be the second. For comparison,
# we also take the second image of another pair.

# %%
first, second = cogan.generate(max(20, count // 10), seed=1)
edges = ganzoo.data.images_and_edges(ganzoo.data.Pictures(first, split="test")).second
for name, others in (("the same pair", second), ("another pair", second[::-1])):
    print(f"L1 of edges, {name:14} {paired.l1(edges, others).mean():.3f}")

# %% [markdown]
# Most pixels of any edges are black, so that even the edges of another pair are not far.
# Those of the same pair are nearer.
#
# The shared layers decide what an object is, before the two last layers decide how it
# is drawn. This is why it is the *last* layers that differ. With the first layers
# apart, each latent would mean two different things.
#
# **Try it.** Give InfoGAN 20 values instead of 10: which class gets two? Keep 1,000
# labels instead of 100. Draw a thousand dresses with `ganzoo generate`.
