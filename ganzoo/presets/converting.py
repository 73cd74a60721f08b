"""Weights that other projects have released, as models of the zoo."""

from ganzoo.models.released import layouts
from ganzoo.system.pickles import networks


def convert(path, *others):
    """Make a model of the zoo of weights that another project has released.

    The file is read as data: nothing that it names is imported, and no code in it is
    run. See the page on conversion for the files that are known, and what their
    licences allow.

    Args:
        path: path. A pickle or a file of PyTorch with a generator. Averaged weights go
            before others.
        *others: paths. Further files, like one with the discriminator, where each
            network has its own.

    Returns:
        `AdversarialModel`, not compiled. Its `licence` is that of the release.

    Raises:
        ValueError: If a file cannot be opened, is damaged, calls something or holds no
            networks; if it is of no release that is known, or the zoo does not have its
            networks.
    """
    return layouts.build(
        [state for file in (path, *others) for state in networks.read(file)]
    )
