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
# "FID 23.1" looks like a measurement of a model. It also depends on the number of
# images, the feature network, the reference images, the seed and the time in training.
# This notebook changes one of them at a time and shows the effect on the score.
#
# The Fréchet distance compares two sets of features. It fits one Gaussian to each
# ([Heusel et al., 2017](https://arxiv.org/abs/1706.08500), Equation 6):
#
# $$d^2 = \lVert \mu_1 - \mu_2 \rVert^2
#   + \mathrm{Tr}(\Sigma_1 + \Sigma_2 - 2 (\Sigma_1 \Sigma_2)^{1/2})$$
#
# It is called FID only if the features come from one specific Inception network. Here
# they come from a small Fashion-MNIST classifier that comes with the package and takes
# only seconds. We call this score an **FD**. It has another scale than the FID, but
# everything below holds for both.

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

# 1 for the lecture: 10,000 images. With 0.02 the notebook runs quickly, as a test.
budget = float(os.environ.get("BUDGET", 1))
count = int(10_000 * budget)

classifier = ClassifierFeatures("fashion_mnist")
train = ganzoo.data.load("fashion_mnist_10k").images[:count]
test = ganzoo.data.load("fashion_mnist_10k", "test").images[:count]
reference = classifier(test)
moments = Moments.of(reference)


def distance(features):
    """The Fréchet distance of features from those of the test images."""
    return frechet_distance(moments, Moments.of(features))


# %% [markdown]
# We use a preset of the zoo, a generator that was trained for 51 minutes on one CPU
# core. How far are its samples from the test images? And how far are the training
# images?

# %%
gan = ganzoo.from_preset("dcgan_fashion_mnist")
drawn = classifier(gan.generate(count, seed=0))
of_train = classifier(train)
print(f"generated against test: {distance(drawn):.3f}")
print(f"training against test:  {distance(of_train):.3f}")

# %% [markdown]
# The second distance is the floor. No generator can be expected to score below it.
# Against the *training* split, a model that memorises the training images would score
# lower still. So every score must name its reference split.
#
# ## How many images?

# %%
sizes = np.unique(np.geomspace(max(100, count // 50), count, 8).astype(int))
rng = np.random.default_rng(0)
curves = {"generated": drawn, "training images": of_train}
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8))
for name, features in curves.items():
    distances = [
        np.mean([distance(rng.permutation(features)[:n]) for _ in range(5)])
        for n in sizes
    ]
    left.semilogx(sizes, distances, "o-", label=name)
    right.plot(1 / sizes, distances, "o-", label=name)
left.set(xlabel="images $n$", ylabel="Fréchet distance")
right.set(xlabel="$1 / n$", ylabel="Fréchet distance", xlim=(0, None))
left.legend()
figure.tight_layout()

# %% [markdown]
# The generator is the same, but the score falls as the number of images grows. The
# estimate is *biased* upwards by about $C / n$, a straight line in the right plot
# ([Chong & Forsyth, 2020](https://arxiv.org/abs/1911.07023)). Real images show the same
# bias. Compare two scores only at the same $n$. A table with one score at 5,000 images
# and one at 50,000 compares the numbers of images. The line meets the left edge at
# FID∞, which `ganzoo evaluate` also reports.
#
# ## Which seed?
#
# First we change the seed of the *sampling*: one generator, eight sets of 2,000
# samples. Then we change the seed of the *training*: the same recipe three times,
# scored after each epoch.

# %%
few = max(100, count // 5)
some = Moments.of(reference[:few])
drawing = []
for seed in tqdm(range(1, 9)):
    features = classifier(gan.generate(few, seed=seed))
    drawing.append(frechet_distance(some, Moments.of(features)))
print(
    f"eight samplings: {np.mean(drawing):.2f}, deviation {np.std(drawing, ddof=1):.2f}"
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
# The deviation over samplings is the uncertainty of the score of *these* weights. The
# deviation over trainings is the uncertainty of the score of the *method*. Compare the
# two numbers above. The second is usually much larger. Many papers give only the first.
# A difference between two methods that is smaller than the second shows nothing.
#
# ## Best or last?

# %%
figure, ax = plt.subplots(figsize=(8, 3.8))
for seed, run in enumerate(runs):
    passes = np.arange(1, 1 + len(run))
    ax.plot(passes, run, ".-", color=f"C{seed}", label=f"seed {seed}")
    best = int(np.argmin(run))
    ax.plot(passes[best], run[best], "o", color=f"C{seed}", fillstyle="none")
ax.set(xlabel="epochs", ylabel="Fréchet distance", yscale="log")
ax.legend(title="circle: best score")
figure.tight_layout()
print("best of each run:", " ".join(f"{min(run):6.2f}" for run in runs))
print("last of each run:", " ".join(f"{run[-1]:6.2f}" for run in runs))

# %% [markdown]
# While all three runs still improve, best and last are the same. But adversarial
# training does not converge. Later the score goes up and down, or gets worse for good.
# The same model shows this on a thousand images
# (`benchmarks/results/small_data/curves.png`). The minimum of many noisy scores is
# lower than a typical score. It is lower still if you score more often. With "best",
# frequent scoring looks like a better method. The best epoch is also chosen on the same
# images that the score is reported on. The zoo's table has both, with the last score
# first.
#
# ## What does the score detect? A collapsed generator
#
# We can simulate mode collapse with the trained generator if we repeat a few latents.
# We use ten different samples, then a hundred, then a thousand. The quality of each
# sample is unchanged.


# %%
def scores(features):
    """Distance, and precision and recall on a fifth of the images."""
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
    print(as_line(f"{different:,} different samples", scores(repeated)))
print(as_line("all different", scores(drawn)))
print(as_line("training images", scores(of_train)))

# %% [markdown]
# *Precision* is the fraction of samples that lie among real images. *Recall* is the
# fraction of real images that lie among samples ([Kynkäänniemi et al.,
# 2019](https://arxiv.org/abs/1904.06991), Equations 1 and 2). Mode collapse lowers
# recall and leaves precision high. The FD mixes both. It shows that something is wrong,
# but not what. Look at the line with a thousand samples. Each sample is repeated ten
# times, but the FD hardly changes, since it compares only means and covariances.
#
# Next, a conditional generator generates only some of the classes. A person would call
# its samples perfect:

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
# Latents closer to the mean give more typical samples: $G(\psi z)$ with $\psi < 1$.
# Many demonstrations use this. [Brock et al., 2019](https://arxiv.org/abs/1809.11096),
# Section 3.1, resample large values instead of scaling.

# %%
z = gan.latents(count, seed=0)
factors = (0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.3)
shown, table = [], []
for factor in tqdm(factors):
    images = gan.decode((factor * z).astype("float32"))
    shown.append(images[:12])
    table.append(scores(classifier(images)))
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
# With smaller $\psi$, precision rises and recall falls. The samples are more typical
# and less diverse. The samples shown in a paper often have another $\psi$ than the
# scores in its table. Check this. With very small $\psi$ the samples become dark. In
# 100 dimensions almost no $z$ is near the mean, so $G$ was not trained there. Precision
# is still high, because this classifier maps the dark samples close to some real
# images. So do not rely on scores alone, but look at the samples.
#
# ## Questions to ask about a score
#
# 1. Which features: the Inception network of 2015, or another? How were images resized?
# 2. How many samples, and how many reference images of which split?
# 3. How many *training* seeds, and what is their deviation?
# 4. Is it the last score, or the best of how many?
# 5. Which mode of the generator, which truncation, averaged weights or not?
#
# The zoo records all of this in the *protocol* of each score. Scores with different
# protocols have different fingerprints:

# %%
record = ganzoo.evaluation.evaluate(
    gan.generate(count, seed=0), test, features="fashion-classifier", scores=["fid"]
)
print(f"FD {record['fd']:.2f}, fingerprint {record['fingerprint']}")
for name, value in record["protocol"].items():
    print(f"    {name}: {value}")
