"""What holds for all tests: none of them, and nothing they start, asks a service for events or knows a real bucket."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# A busy machine may take any time over an example or over making one.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

os.environ["EPG_EVENT_SOURCES"] = "file"
for name in [name for name in os.environ if name.startswith(("R2_", "S3_"))]:
    del os.environ[name]


def pytest_collection_modifyitems(items):
    """Tests of `epg up` come first: they mostly wait for the daemon, and leave the machine to the other workers."""
    items.sort(key=lambda item: item.path.name not in ("test_up.py", "test_by_itself.py"))
