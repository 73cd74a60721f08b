#!/usr/bin/env bash
# Pillow keeps equal neighbours of an animation once, and readers count them once, too.
#
# Versions:  pillow 12.3.0, imageio 2.37.3, numpy 2.4.6
# Behaviour: Saved as GIF, PNG or WebP, images that equal the one before are left out, and
#            that one is shown longer. n_frames, ImageSequence and imageio count what is in
#            the file, so that seven images come back as four. As TIFF and AVIF they are all
#            there. Only the durations tell where images are missing.
# Output:    GIF: 4 of 7 images, durations 200, 100, 300, 100
#            PNG: 4 of 7 images, durations 200, 100, 300, 100
#            WEBP: 4 of 7 images, durations 200, 100, 300, 100
#            GIF by imageio: 4 images
# For GANs:  next-frame prediction trains on animated images as sequences of equal steps.
#            Wherever nothing moves for a while, its sequence jumps, and a sheet that was
#            saved as a GIF is no longer as long as it was.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pillow==12.3.0 imageio==2.37.3 numpy==2.4.6
cd "$folder"
cat > frames.py <<'PYTHON'
import imageio.v3 as imageio
import numpy as np
from PIL import Image, ImageSequence

random = np.random.default_rng(0)
a, b, c, d = (Image.fromarray(random.integers(0, 255, (16, 16), "uint8")) for _ in "abcd")
images = [a, a, b, c, c, c, d]
for form, options in ("GIF", {}), ("PNG", {}), ("WEBP", {"lossless": True}):
    path = f"clip.{form.lower()}"
    a.save(path, save_all=True, append_images=images[1:], duration=100, **options)
    durations = []
    with Image.open(path) as clip:
        for frame in ImageSequence.Iterator(clip):
            frame.load()
            durations.append(f"{frame.info['duration']:.0f}")
        assert clip.n_frames == len(durations)
    found = f"{len(durations)} of {len(images)} images"
    print(f"{form}: {found}, durations {', '.join(durations)}")
print(f"GIF by imageio: {len(imageio.imread('clip.gif', index=None))} images")
PYTHON
venv/bin/python -W ignore frames.py | tee found.txt
diff found.txt - <<'WANTED'
GIF: 4 of 7 images, durations 200, 100, 300, 100
PNG: 4 of 7 images, durations 200, 100, 300, 100
WEBP: 4 of 7 images, durations 200, 100, 300, 100
GIF by imageio: 4 images
WANTED
