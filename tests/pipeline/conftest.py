"""The demo model for the tests that need the real one: fetched once, kept between runs in a cache folder of its own."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def demo_model():
    """The folder of SmolLM2-135M-Instruct as ``scribeloop`` fetches it; never write into it."""
    import platformdirs

    from pipeline.models import resolve_base
    from pipeline.workspace import Workspace

    home = os.environ.get("SCRIBELOOP_TEST_HOME") or platformdirs.user_cache_dir("scribeloop-tests", appauthor=False)
    return Path(resolve_base(Workspace(Path(home)), "smollm2-135m", print).path)
