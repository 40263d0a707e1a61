"""What holds for all tests: none of them, and nothing they start, asks a service for events."""

from __future__ import annotations

import os

os.environ["EPG_EVENT_SOURCES"] = "file"
