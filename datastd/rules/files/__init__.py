"""Rules about the files of a dataset, whatever is in them."""
