"""Fixtures of training, which several folders share."""

import pytest

pytest.importorskip("torch")

from training import first, one_thread, opened, places, second  # noqa: F401
