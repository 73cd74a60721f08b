"""Names of the classes of the data sets, known before anything is read."""

CLOTHES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
DIGITS = tuple("0123456789")
NUMBERS = tuple(f"{number:03}" for number in range(1000))
OBJECTS = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
CLASS_NAMES = {
    "fashion_mnist_10k": CLOTHES,
    "fashion_mnist": CLOTHES,
    "mnist": DIGITS,
    "stacked_mnist": NUMBERS,
    "cifar10": OBJECTS,
}


def find(section):
    """Names of the classes of a recipe's data, or None where only the data tell.

    Args:
        section: dict. A recipe's section `data`, or what anybody's record has for it.
    """
    if not isinstance(section, dict) or section.get("kind") != "labels":
        return None
    return CLASS_NAMES.get(str(section.get("name")))
