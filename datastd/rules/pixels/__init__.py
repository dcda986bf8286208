"""Rules about raster images."""
