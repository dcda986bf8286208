"""
The catalogue, held against what is built.

`test_rows` reads it.  Every other test module plants defects in one family of formats: its
`PLANTS` says, for each code, how the defect of that row is put into a dataset that is
otherwise sound, and its tests that the sound one passes and the other turns the code red.
"""
