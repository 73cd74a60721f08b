#!/usr/bin/env bash
# Ignite's SSIM with a uniform window has one of 5 pixels, whatever its kernel_size.
#
# Versions:  pytorch-ignite 0.5.5, torch 2.13.0
# Behaviour: With `gaussian=False`, SSIM(kernel_size=n) is documented as a uniform window of
#            n pixels. Its weights are 1/5 at 5 pixels and 0 elsewhere. Of 7 or 11 pixels
#            the outer ones do not count, and the score is that of 5. Of 3 pixels the
#            weights are still 1/5, and sum to 0.36 where they should sum to 1: two flat
#            images differ in "contrast", and unlike images look alike. The Gaussian
#            window, which is the default, is right.
# Output:    an image and the same with noise; SSIM by Ignite, and by hand from box means
#            kernel_size 3: 0.9723, by hand 0.4220
#            kernel_size 5: 0.5737, by hand 0.5737
#            kernel_size 7: 0.5737, by hand 0.6703
#            kernel_size 11: 0.5737, by hand 0.7619
#            two flat images, kernel_size 3: 0.9676, by the formula 0.9836
# For GANs:  SSIM scores pix2pix, super-resolution and inversion. A uniform window of 7 is
#            scikit-image's default; who sets it here to compare with that gets another
#            number, and a window of 3 flatters every model.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6 pytorch-ignite==0.5.5
cd "$folder"
cat > windows.py <<'PYTHON'
import torch
from ignite.metrics import SSIM
from torch.nn.functional import avg_pool2d, pad

C1, C2 = 0.01**2, 0.03**2


def ignite(kernel_size, a, b):
    metric = SSIM(data_range=1.0, kernel_size=kernel_size, gaussian=False)
    metric.update((a, b))
    return metric.compute()


def by_hand(kernel_size, a, b):
    def mean(x):
        border = [kernel_size // 2] * 4
        return avg_pool2d(pad(x, border, mode="reflect"), kernel_size, stride=1)

    ma, mb = mean(a), mean(b)
    va, vb, covariance = mean(a * a) - ma**2, mean(b * b) - mb**2, mean(a * b) - ma * mb
    alike = (2 * ma * mb + C1) * (2 * covariance + C2)
    return (alike / ((ma**2 + mb**2 + C1) * (va + vb + C2))).mean().item()


# Waves of several lengths, so that windows of all sizes see something else.
line = torch.arange(64, dtype=torch.float64)
waves = sum(torch.sin(line[:, None] / n + line / (n + 1)) for n in (2, 5, 11))
image = (0.5 + waves / 8)[None, None]
torch.manual_seed(0)
noisy = image + 0.08 * torch.randn(image.shape, dtype=torch.float64)
print("an image and the same with noise; SSIM by Ignite, and by hand from box means")
for size in 3, 5, 7, 11:
    found, right = ignite(size, image, noisy), by_hand(size, image, noisy)
    print(f"kernel_size {size}: {found:.4f}, by hand {right:.4f}")
a, b = 0.5, 0.6
flat = [torch.full((1, 1, 32, 32), x, dtype=torch.float64) for x in (a, b)]
formula = (2 * a * b + C1) / (a * a + b * b + C1)
print(f"two flat images, kernel_size 3: {ignite(3, *flat):.4f}, by the formula {formula:.4f}")
PYTHON
venv/bin/python -W ignore windows.py | tee found.txt
diff found.txt - <<'WANTED'
an image and the same with noise; SSIM by Ignite, and by hand from box means
kernel_size 3: 0.9723, by hand 0.4220
kernel_size 5: 0.5737, by hand 0.5737
kernel_size 7: 0.5737, by hand 0.6703
kernel_size 11: 0.5737, by hand 0.7619
two flat images, kernel_size 3: 0.9676, by the formula 0.9836
WANTED
