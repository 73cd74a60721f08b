#!/usr/bin/env bash
# scikit-image's PSNR of float images jumps by 6 dB with the sign of one pixel.
#
# Versions:  scikit-image 0.26.0
# Behaviour: Without `data_range`, `peak_signal_noise_ratio` takes the range of float
#            images from the reference: 1 if it has no negative pixel, else 2.
#            `structural_similarity` refuses float images without it.
# Output:    PSNR of equal errors, on a reference in [-1, 1] without a negative pixel, and
#            on one with a single pixel of -0.01
#            20.00 dB, and 26.02 dB
#            SSIM refuses
# For GANs:  images of generators lie in [-1, 1]. Means over a test set of super-resolution
#            or translation mix both ranges: bright images, drawings on white above all,
#            count 6 dB less than others of the same error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-image==0.26.0
cd "$folder"
cat > psnr.py <<'PYTHON'
import numpy as np
from skimage import metrics

bright = np.linspace(0.0, 1.0, 64).reshape(8, 8)
dark = bright.copy()
dark[0, 0] = -0.01
found = [metrics.peak_signal_noise_ratio(x, x + 0.1) for x in (bright, dark)]
print("{:.2f} dB, and {:.2f} dB".format(*found))
try:
    metrics.structural_similarity(bright, bright + 0.1)
    print("SSIM guesses too")
except ValueError:
    print("SSIM refuses")
PYTHON
venv/bin/python psnr.py | tee found.txt
diff found.txt - <<'WANTED'
20.00 dB, and 26.02 dB
SSIM refuses
WANTED
