"""How the pixels of a picture are stored."""

import numpy as np
from numpy.typing import NDArray

from datastd.measures import measure
from datastd.measures.pictures import Column


@measure("F135", "image-mode-unexpected", unit="mode")
def mode(stored_mode: Column) -> NDArray[np.str_]:
    """
    Pillow's name of how the pixels of each picture are stored.

    ``L`` is grey, ``RGB`` colour, ``RGBA`` and ``LA`` with alpha, ``P`` a palette,
    ``CMYK`` four inks, ``I;16`` 16-bit grey, ``1`` black and white.  Shape (N,), text.

    Why it matters:
        Loaders turn each into something else: OpenCV drops alpha, Pillow keeps four
        channels for a network of three, and CMYK inverted looks like a photo.

    Remedy:
        Convert the samples named to RGB, or name the mode in the standard.

    Source:
        ImageNet's 22 CMYK pictures: TF-slim build_imagenet_data.py.
    """
    return np.asarray(list(stored_mode), np.str_)
