"""
What the server that workers are forked from loads, once for all of them.

Only loaded, nothing of it used: polars must not have started its threads before a fork.
"""

from datastd.process import settle

settle()  # before anything imports

from datastd import standard  # noqa: E402, F401
from datastd.engines import worker  # noqa: E402, F401
from datastd.sources.pictures import decode  # noqa: E402, F401
