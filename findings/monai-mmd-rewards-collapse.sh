#!/usr/bin/env bash
# MONAI's MMD compares mean images only: the mean drawn each time beats real images.
#
# Versions:  monai 1.6.1, torch 2.13.0
# Behaviour: MMDMetric is documented as the kernel two-sample test, and as never negative.
#            Its kernel is the inner product of the images, with no option for another, so
#            that it is the squared distance of the two mean images, less an estimate of
#            its own noise. Two sets of one mean are equal to it. It does get negative: of
#            a set that does not vary, by the variance of the real images over their count.
#            A Gaussian kernel, on the same pixels, tells all of this apart. `y_mapping`
#            may put features before the inner product, and is nothing by default.
# Output:    real images against: MONAI, the distance of means by hand, a Gaussian kernel
#            other real images: 0.0576, 0.0576, 0.0036
#            their mean each time: -0.0832, -0.0832, 0.1630
#            half their contrast: -0.1040, -0.1040, 0.0704
#            the same images: -0.1665, -0.1665, -0.0204
# For GANs:  it stands beside FID among MONAI's metrics, and less is better. By it a generator
#            that has collapsed to the mean image, which is all grey, is better than a set
#            of real images, and no diversity is seen at all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6 monai==1.6.1
cd "$folder"
cat > means.py <<'PYTHON'
import torch
from monai.metrics import MMDMetric

COUNT = 64
torch.manual_seed(0)
images = torch.rand(2 * COUNT, 1, 8, 8, dtype=torch.float64)
real, other = images[:COUNT], images[COUNT:]
mean = real.mean(0, keepdim=True)


def distance_of_means(a, b):
    noise = (a.var(0).sum() + b.var(0).sum()) / COUNT
    return (a.mean(0) - b.mean(0)).square().sum() - noise


def gaussian(a, b):
    a, b = a.flatten(1), b.flatten(1)

    def kernel(x, y):
        return (-torch.cdist(x, y).square() / 10).exp()

    def without_diagonal(k):
        return (k.sum() - k.trace()) / (COUNT * (COUNT - 1))

    within = without_diagonal(kernel(a, a)) + without_diagonal(kernel(b, b))
    return within - 2 * kernel(a, b).mean()


print("real images against: MONAI, the distance of means by hand, a Gaussian kernel")
for name, drawn in {
    "other real images": other,
    "their mean each time": mean.expand_as(real).clone(),
    "half their contrast": mean + (real - mean) / 2,
    "the same images": real,
}.items():
    found = [f(real, drawn).item() for f in (MMDMetric(), distance_of_means, gaussian)]
    print(f"{name}: {', '.join(f'{x:.4f}' for x in found)}")
PYTHON
venv/bin/python -W ignore means.py | tee found.txt
diff found.txt - <<'WANTED'
real images against: MONAI, the distance of means by hand, a Gaussian kernel
other real images: 0.0576, 0.0576, 0.0036
their mean each time: -0.0832, -0.0832, 0.1630
half their contrast: -0.1040, -0.1040, 0.0704
the same images: -0.1665, -0.1665, -0.0204
WANTED
