"""One hypothesis profile for everyone: as many examples on a slow machine as on a fast one."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "datastd",
    deadline=None,
    derandomize=True,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("datastd")
