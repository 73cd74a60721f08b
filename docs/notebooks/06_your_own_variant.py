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
# # 6. A variant of your own
#
# A variant of the zoo consists of two losses and an optimizer. To add a custom loss,
# you write these three. This notebook implements the hinge loss ([Lim & Ye,
# 2017](https://arxiv.org/abs/1705.02894)) in the form of [Miyato et al.,
# 2018](https://arxiv.org/abs/1802.05957), Equations 16 and 17:
#
# $$L_D = \mathbb{E}_x[\max(0, 1 - D(x))] + \mathbb{E}_z[\max(0, 1 + D(G(z)))],
# \qquad L_G = -\mathbb{E}_z[D(G(z))]$$
#
# $D$ is trained to return 1 or more on data and −1 or less on samples. Examples beyond
# this margin have no gradient.

# %%
import os

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

import ganzoo
from ganzoo.visualization.grids import grid

# 1 for the lecture: 10,000 images. With 0.02 the notebook runs quickly, as a test.
budget = float(os.environ.get("BUDGET", 1))
count = int(10_000 * budget)


# %%
@keras.saving.register_keras_serializable("lecture")
class HingeGAN(ganzoo.AdversarialModel):
    """GAN whose discriminator has a margin, like a support vector machine."""

    # The loss if D(x) = 0.
    undecided_loss = 2.0

    def discriminator_loss(self, x):
        """E[max(0, 1 − D(x))] + E[max(0, 1 + D(G(z)))], Equation 16."""
        x_fake = self.G(self.sample_z(x))
        return ops.mean(ops.relu(1 - self.D(x))) + ops.mean(
            ops.relu(1 + self.D(x_fake))
        )

    def generator_loss(self, x):
        """−E[D(G(z))], Equation 17."""
        return -ops.mean(self.D(self.G(self.sample_z(x))))

    @staticmethod
    def default_optimizer():
        """Adam as in DCGAN, with a larger learning rate for a short training."""
        return keras.optimizers.Adam(1e-3, beta_1=0.5)


# %% [markdown]
# This is all you write. `AdversarialModel` provides `fit`, `generate`, `save` and
# scores. We train the new model and `DCGAN` with the same networks and optimizers. They
# differ only in the two losses.

# %%
train = ganzoo.data.load("fashion_mnist_10k").images[:count]
test = ganzoo.data.load("fashion_mnist_10k", "test").images[: count // 2]
scorer = ganzoo.evaluation.Scorer("fashion-classifier", scores=["fid"])

games, histories = {}, {}
for model in (HingeGAN, ganzoo.DCGAN):
    keras.utils.set_random_seed(0)
    gan = model(
        generator=ganzoo.networks.dcgan_generator((28, 28, 1), filters=32),
        discriminator=ganzoo.networks.dcgan_discriminator((28, 28, 1), filters=32),
        seed=0,
    )
    gan.compile(HingeGAN.default_optimizer(), HingeGAN.default_optimizer())
    score = ganzoo.callbacks.Score(scorer, test)
    history = gan.fit(train, batch_size=64, epochs=4, callbacks=[score], verbose=2)
    games[model.__name__], histories[model.__name__] = gan, history.history

# %%
figure, axes = plt.subplots(1, 3, figsize=(12, 4), width_ratios=(1, 1, 1.2))
for ax, (name, gan) in zip(axes, games.items()):
    ax.imshow(grid(gan.generate(64, seed=0)), cmap="gray")
    ax.set(title=name, xticks=[], yticks=[])
for name, history in histories.items():
    passes = np.arange(1, 1 + len(history["val_fd"]))
    axes[2].plot(passes, history["val_fd"], "o-", label=name)
axes[2].set(xlabel="epochs", ylabel="Fréchet distance", xticks=passes)
axes[2].legend()
figure.tight_layout()

# %% [markdown]
# One seed does not show which model is better (notebook 5). Before you train for hours,
# check a new loss at a point where you know its value. If $D$ returns 0 for everything,
# each of the two terms is 1, so its loss is 2:

# %%
undecided = ganzoo.networks.dcgan_discriminator((28, 28, 1), filters=1)
undecided.set_weights([0 * weight for weight in undecided.get_weights()])
generator = ganzoo.networks.dcgan_generator((28, 28, 1), filters=1)
gan = HingeGAN(generator, undecided)
gan.compile()
losses = gan.evaluate(train[:64], return_dict=True, verbose=0)
print(losses)
assert losses == {"discriminator_loss": 2.0, "generator_loss": 0.0}

# %% [markdown]
# **Try it.** Write the relativistic GAN of [Jolicoeur-Martineau,
# 2019](https://arxiv.org/abs/1807.00734). Its $D$ estimates whether an image is more
# real than a sample, $\log \sigma(D(x) - D(G(z)))$. Which line needs both?
# [CONTRIBUTING](../../CONTRIBUTING.md) explains how to add a variant to the zoo.
