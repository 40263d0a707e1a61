"""Settings of an environment that a test writes down."""

from __future__ import annotations

import os
from unittest import mock

from epg_pipeline.settings import Settings, load_settings


def settings_of(variables: dict[str, str]) -> Settings:
    """The settings where just these of our variables are set."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(("EPG_", "R2_", "S3_"))}
    with mock.patch.dict(os.environ, {**others, **variables}, clear=True):
        return load_settings()
