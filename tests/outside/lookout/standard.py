"""The standard of someone else's pictures."""

import pandera.polars as pa

from datastd import Standard, limit
from datastd.measures.pixels.contrast import contrast
from datastd.rules.pixels.constant_image import ConstantImage
from lookout.bands import bands
from lookout.brightest import brightest
from lookout.shared_half import SharedHalf


class Rows(pa.DataFrameModel):
    brightest: float = limit(le=0.5)


standard = Standard(
    name="lookout/1",
    about="Pictures of someone else's.",
    formats=("lookout.pgm",),
    measures=(bands, brightest, contrast),
    rows=Rows,
    rules=(SharedHalf(), ConstantImage()),
)
