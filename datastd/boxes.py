"""What measures and rules about boxes agree on: sizes of objects, and readings of a box."""

SMALL, MEDIUM = 32.0**2, 96.0**2
"""Where COCO's small objects end, and its medium ones; px²; what is just that is of both kinds."""

BEYOND, CORNERS, FRACTIONS, ROOMY = (1 << n for n in range(4))
"""
How the four numbers of a box can be read, beside as left, top, width and height.

As these they reach beyond the picture; as two corners they lie inside it; each is from 0 to 1;
and whether the picture is more than 2 px wide and high.
"""
