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
# # 5. How to read an FID
#
# "FID 23.1" looks like a measurement of a model. It is one of a model, a number of
# pictures, a network for features, a set of reference pictures, a seed and a moment in
# training. This notebook moves one of them at a time, and looks at the number.
#
# The Fréchet distance of two sets of features, each seen as one Gaussian ([Heusel et
# al., 2017](https://arxiv.org/abs/1706.08500), Equation 6):
#
# $$d^2 = \lVert \mu_1 - \mu_2 \rVert^2
#   + \mathrm{Tr}(\Sigma_1 + \Sigma_2 - 2 (\Sigma_1 \Sigma_2)^{1/2})$$
#
# It is called FID only if the features are those of one certain Inception network. Here
# they are those of a small classifier of Fashion-MNIST that comes with the package and
# takes seconds: an **FD**. Its numbers are on another scale; all that follows is true
# of both.

# %%
import math
import os

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

import ganzoo
from ganzoo.features import ClassifierFeatures
from ganzoo.metrics.frechet import Moments
from ganzoo.metrics.frechet import frechet_distance
from ganzoo.metrics.prdc import prdc
from ganzoo.training import recipes
from ganzoo.visualization.grids import grid

# 1 for the lecture: 10,000 pictures. A fiftieth shows soon that everything runs.
budget = float(os.environ.get("BUDGET", 1))
count = int(10_000 * budget)

classifier = ClassifierFeatures("fashion_mnist")
train = ganzoo.data.load("fashion_mnist_10k").images[:count]
test = ganzoo.data.load("fashion_mnist_10k", "test").images[:count]
reference = classifier(test)
moments = Moments.of(reference)


def distance(features):
    """The Fréchet distance of features from those of the test pictures."""
    return frechet_distance(moments, Moments.of(features))


# %% [markdown]
# A generator that was trained for an hour, and comes with the zoo. What are its
# pictures, and pictures of the training split, from those of the test split?

# %%
gan = ganzoo.from_preset("dcgan_fashion_mnist")
drawn = classifier(gan.generate(count, seed=0))
of_train = classifier(train)
print(f"generated against test: {distance(drawn):.3f}")
print(f"training against test:  {distance(of_train):.3f}")

# %% [markdown]
# The second is the floor: no generator can be expected below it. Against the *training*
# split it would be lower still for a model that copied it. So a score says which split
# it is against.
#
# ## How many pictures?

# %%
sizes = np.unique(np.geomspace(max(100, count // 50), count, 8).astype(int))
rng = np.random.default_rng(0)
curves = {"generated": drawn, "training pictures": of_train}
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8))
for name, features in curves.items():
    distances = [
        np.mean([distance(rng.permutation(features)[:n]) for _ in range(5)])
        for n in sizes
    ]
    left.semilogx(sizes, distances, "o-", label=name)
    right.plot(1 / sizes, distances, "o-", label=name)
left.set(xlabel="pictures $n$", ylabel="Fréchet distance")
right.set(xlabel="$1 / n$", ylabel="Fréchet distance", xlim=(0, None))
left.legend()
figure.tight_layout()

# %% [markdown]
# The same generator, and a number that falls with each picture more: the estimate is
# *biased*, upwards, by about $C / n$, a straight line on the right ([Chong & Forsyth,
# 2020](https://arxiv.org/abs/1911.07023)). It is so for real pictures as well. Two
# scores compare only at the same $n$; a table that has one at 5,000 and one at 50,000
# compares the counts. Where the line meets the left edge is FID∞, which `ganzoo
# evaluate` reports beside.
#
# ## Which seed?
#
# First the seed of the *drawing*: one generator, eight sets of 2,000 pictures. Then the
# seed of the *training*: the same recipe three times, scored after each pass.

# %%
few = max(100, count // 5)
some = Moments.of(reference[:few])
drawing = []
for seed in tqdm(range(1, 9)):
    features = classifier(gan.generate(few, seed=seed))
    drawing.append(frechet_distance(some, Moments.of(features)))
print(
    f"eight drawings:  {np.mean(drawing):.2f}, deviation {np.std(drawing, ddof=1):.2f}"
)

# %%
recipe = recipes.load("gan_fashion_mnist_10k")
scorer = ganzoo.evaluation.Scorer("fashion-classifier", scores=["fid"])
runs = []
for seed in tqdm(range(3)):
    model = recipe.build([train], seed=seed)
    score = ganzoo.callbacks.Score(scorer, test[:few])
    history = model.fit(
        train,
        batch_size=recipe.batch_size,
        epochs=math.ceil(budget * recipe.epochs),
        callbacks=[score],
        verbose=0,
    ).history
    runs.append(history["val_fd"])
last = [run[-1] for run in runs]
print(f"three trainings: {np.mean(last):.2f}, deviation {np.std(last, ddof=1):.2f}")

# %% [markdown]
# The error bar of the drawing says how well the number of *this* file of weights is
# known. That of the training says what the *method* does, and is as a rule the larger
# one by far: compare the two above. Many papers print the first. A difference between
# two methods that is smaller than the second is none.
#
# ## Best or last?

# %%
figure, ax = plt.subplots(figsize=(8, 3.8))
for seed, run in enumerate(runs):
    passes = np.arange(1, 1 + len(run))
    ax.plot(passes, run, ".-", color=f"C{seed}", label=f"seed {seed}")
    best = int(np.argmin(run))
    ax.plot(passes[best], run[best], "o", color=f"C{seed}", fillstyle="none")
ax.set(xlabel="passes over the data", ylabel="Fréchet distance", yscale="log")
ax.legend(title="ring: its best")
figure.tight_layout()
print("best of each run:", " ".join(f"{min(run):6.2f}" for run in runs))
print("last of each run:", " ".join(f"{run[-1]:6.2f}" for run in runs))

# %% [markdown]
# While all three still improve, best and last are the same. But a game does not settle:
# later the score goes up and down, or turns back for good, as that of this very game
# does on a thousand pictures (`benchmarks/results/small_data/curves.png`). The least of
# many noisy numbers is lower than a typical one, the more so the more often one looks:
# with "best", frequent scoring looks like a better method. And it is chosen on the very
# pictures that it is reported for. The zoo's table has both, and the last first.
#
# ## What does it see? A collapsed generator
#
# We can collapse the trained generator by giving it a few latents only, over and over:
# ten different pictures, then a hundred, and so on. Each is as good as before.


# %%
def scores(features):
    """Distance, precision and recall, on as many pictures as a fifth of all."""
    both = prdc(reference[: count // 5], features[: count // 5], k=3)
    return distance(features), both["precision"], both["recall"]


def as_line(name, numbers):
    """One line of a table."""
    fd, precision, recall = numbers
    return f"{name:26} {fd:8.1f} {precision:10.2f} {recall:8.2f}"


print(f"{'':26} {'FD':>8} {'precision':>10} {'recall':>8}")
rng = np.random.default_rng(0)
for different in (10, 100, 1000):
    features = drawn[:different]
    repeated = features[rng.integers(len(features), size=count)]
    print(as_line(f"{different:,} different pictures", scores(repeated)))
print(as_line("all different", scores(drawn)))
print(as_line("training pictures", scores(of_train)))

# %% [markdown]
# *Precision* is the share of samples that lie among real pictures, *recall* the share
# of real pictures that lie among samples ([Kynkäänniemi et al.,
# 2019](https://arxiv.org/abs/1904.06991), Equations 1 and 2). A collapse leaves the
# first high and takes the second; the FD mixes both and tells that something is wrong,
# not what. But look at the thousand: repeating each picture ten times hardly shows in
# the FD, since it compares only means and covariances.
#
# And a conditional generator that is asked for one class only, which a person would
# call perfect pictures:

# %%
cgan = ganzoo.from_preset("cgan_fashion_mnist")
print(f"{'':26} {'FD':>8} {'precision':>10} {'recall':>8}")
for name, labels in (
    ("all ten classes", None),
    ("no shoes and sandals", np.resize([0, 1, 2, 3, 4, 6, 8], count)),
    ("trousers only", 1),
):
    features = classifier(cgan.generate(count, seed=0, labels=labels))
    print(as_line(name, scores(features)))

# %% [markdown]
# ## Truncated latents
#
# Latents nearer to the middle give more typical pictures: $G(\psi z)$ with $\psi < 1$.
# It is what many demonstrations show ([Brock et al.,
# 2019](https://arxiv.org/abs/1809.11096), Section 3.1, resample instead of shrinking).

# %%
z = gan.latents(count, seed=0)
factors = (0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.3)
shown, table = [], []
for factor in tqdm(factors):
    pictures = gan.decode((factor * z).astype("float32"))
    shown.append(pictures[:12])
    table.append(scores(classifier(pictures)))
fd, precision, recall = np.array(table).T

figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4))
left.imshow(grid(np.concatenate(shown), columns=12), cmap="gray")
left.set(xticks=[], ylabel=r"$\psi$")
left.set_yticks(15 + 30 * np.arange(len(factors)), factors)
right.plot(factors, precision, "C0o-", label="precision")
right.plot(factors, recall, "C1o-", label="recall")
right.set(xlabel=r"$\psi$", ylim=(0, 1))
right.legend(loc="center left")
other = right.twinx()
other.semilogy(factors, fd, "C3s-")
other.set_ylabel("Fréchet distance", color="C3")
figure.tight_layout()

# %% [markdown]
# With smaller $\psi$ precision rises and recall falls: what is left is more typical,
# and less of it. The figure of samples in a paper and the number in its table are often
# not of the same $\psi$; ask. Far down, the pictures go dark: in 100 dimensions hardly
# a $z$ is ever drawn near the middle, so nothing was learned there. And yet precision
# praises them, as to this classifier they lie among some real pictures. No number
# replaces a look.
#
# ## So, when you read one
#
# 1. Of which features: the Inception of 2015, or another network? Which resize?
# 2. How many pictures, against how many of which split?
# 3. How many *training* seeds, and what is their spread?
# 4. The last, or the best of how many looks?
# 5. Which mode of the generator, which truncation, averaged weights or not?
#
# The zoo writes all this into each score's *protocol*, and a fingerprint that differs
# if any of it does:

# %%
record = ganzoo.evaluation.evaluate(
    gan.generate(count, seed=0), test, features="fashion-classifier", scores=["fid"]
)
print(f"FD {record['fd']:.2f}, fingerprint {record['fingerprint']}")
for name, value in record["protocol"].items():
    print(f"    {name}: {value}")
