"""
The standards that ship with datastd, one module each.

This folder is the package `datastd.schemas`.  A standard imports public names of
`datastd` only; `datastd` loads one by its name and imports none.
"""
