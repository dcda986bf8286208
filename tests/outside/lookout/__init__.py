"""Someone else's package: a format, a measure, a rule and a standard, one file each."""
