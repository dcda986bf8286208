"""Whether a picture's colours are those of sRGB."""

from datastd.measures import measure
from datastd.measures.pictures import Column, Flags, flags
from datastd.model import Level


@measure("F139", "icc-profile-not-srgb", unit="0 or 1", level=Level.WARN)
def profile_not_srgb(foreign_profile: Column) -> Flags:
    """
    Whether each picture has an ICC profile that does not call itself sRGB.

    Shape (N,), int64, 1 where it has.  Profiles are not applied: loaders do not either.

    Why it matters:
        The same numbers mean other colours: what was red in the camera is less red in
        training.

    Remedy:
        Convert the pixels to sRGB and leave the profile out.

    Source:
        ICC.1; datastd's own definition.
    """
    return flags(foreign_profile)
