"""ALI and VAEGAN in plain PyTorch, eager: games with a stochastic encoder."""

import torch

from benchmarks.peers import games
from benchmarks.peers import torch_game
from benchmarks.peers.torch_game import loss_of_fake
from benchmarks.peers.torch_game import loss_of_real


class Encoding(torch_game.Contender):
    """What both loops share."""

    def moments(self, x):
        """Means and logarithms of the deviations of latents."""
        return self.players["encoder"](x).chunk(2, 1)

    def draw_codes(self, mu, log_sigma):
        return mu + log_sigma.exp() * self.normal(*mu.shape)

    def encode(self, x):
        return self.draw_codes(*self.moments(x))


class ALI(Encoding):
    """The loop of the game of pairs of an image and a latent."""

    def logits(self, x):
        """Of encoded pairs, and of generated ones."""
        z = self.latents(len(x))
        return self.D([x, self.encode(x)]), self.D([self.G(z), z])

    def discriminator_loss(self, x):
        encoded, generated = self.logits(x)
        return loss_of_real(encoded) + loss_of_fake(generated)

    def generator_loss(self, x):
        encoded, generated = self.logits(x)
        return loss_of_fake(encoded) + loss_of_real(generated)


class VAEGAN(Encoding):
    """The loop of three players: as in the paper, two of them share a pass."""

    def train_step(self, batch):
        d_loss, losses = super().train_step(batch)
        return d_loss, losses.sum()

    def discriminator_loss(self, x):
        fakes = self.G(self.encode(x)), self.G(self.latents(len(x)))
        of_fakes = sum(loss_of_fake(self.D(fake)["logit"]) for fake in fakes)
        return loss_of_real(self.D(x)["logit"]) + of_fakes

    def generator_loss(self, x):
        """The encoder's and the decoder's, `(2,)`."""
        mu, log_sigma = self.moments(x)
        prior = (mu.square() + (2 * log_sigma).exp() - 1) / 2 - log_sigma
        told = self.D(self.G(self.draw_codes(mu, log_sigma)))
        apart = told["features"] - self.D(x)["features"]
        likeness = apart.square().sum(1).mean() / 2
        of_samples = self.D(self.G(self.latents(len(x))))["logit"]
        game = -loss_of_fake(told["logit"]) - loss_of_fake(of_samples)
        return torch.stack(
            [
                prior.sum(1).mean() + likeness,
                games.RECONSTRUCTION_WEIGHT * likeness + game,
            ]
        )

    def backward(self, losses):
        """Of two losses, each goes to the weights of its own network."""
        if not losses.ndim:
            return super().backward(losses)
        for name, loss in zip(("encoder", "generator"), losses):
            weights = [*self.players[name].parameters()]
            loss.backward(inputs=weights, retain_graph=True)
