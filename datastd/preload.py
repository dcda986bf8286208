"""
What the server that workers are forked from loads, once for all of them.

Only loaded, and numba's tables: polars must not have started its threads before a fork.
No part of a package, for that would be imported before `settle`.
"""

from datastd.process import settle

settle()  # before anything imports

from datastd import kernels, standard  # noqa: E402, F401
from datastd.engines import worker  # noqa: E402, F401
from datastd.sources.pictures import decode  # noqa: E402, F401

kernels.leave_it_unsaid()
kernels.warm()
