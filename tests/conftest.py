"""What tests share: a workspace of their own, the tiny Llama, and a list of the skips that CI accepts."""

import os
import tempfile
import tomllib
from pathlib import Path

import pytest

os.environ.update(
    # A real training on this machine must not stop the tests, nor they it.
    XDG_STATE_HOME=tempfile.mkdtemp(prefix="scribeloop-state-"),
    GRADIO_ANALYTICS_ENABLED="False",
    HF_HUB_DISABLE_TELEMETRY="1",
    HF_HUB_OFFLINE="1",
    TOKENIZERS_PARALLELISM="false",
)
ALLOWED_SKIPS = tomllib.loads(Path(__file__).with_name("skips.toml").read_text())
LONGEST = ("test_walk.py", "test_runs.py", "test_pages.py", "test_browser.py", "test_review_survival.py")
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

_skipped: list[tuple[str, str]] = []


@pytest.fixture
def workspace(tmp_path):
    from pipeline.workspace import Workspace

    return Workspace(tmp_path / "home")


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory):
    """A folder with the tiny Llama; never write into it."""
    from tests.tiny import make_tiny_llama

    return make_tiny_llama(tmp_path_factory.mktemp("models") / "tiny-llama")


@pytest.fixture(scope="session")
def demo_model():
    """The folder of SmolLM2-135M-Instruct as ``scribeloop`` fetches it, kept between runs in a cache of its own, so that it is
    fetched and converted once, whatever number of files and workers ask for it; never write into it."""
    import platformdirs

    from pipeline.models import resolve_base
    from pipeline.workspace import Workspace

    home = os.environ.get("SCRIBELOOP_TEST_HOME") or platformdirs.user_cache_dir("scribeloop-tests", appauthor=False)
    return Path(resolve_base(Workspace(Path(home)), "smollm2-135m", print).path)


def pytest_collection_modifyitems(items):
    """The longest files first, so that of two workers neither waits long for the other at the end."""
    items.sort(key=lambda item: next((at for at, name in enumerate(LONGEST) if item.path.name == name), len(LONGEST)))


def pytest_runtest_logreport(report):
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _skipped.append((report.nodeid, reason))


def pytest_sessionfinish(session, exitstatus):
    """In CI a skip that nobody listed, with its reason, is a failure: a green run must not hide a missing part."""
    unexpected = [(test, why) for test, why in _skipped if not any(why.endswith(known) for known in ALLOWED_SKIPS["reasons"])]
    if os.environ.get("CI") and unexpected:
        for test, why in unexpected:
            print(f"\nSkipped without being listed in tests/skips.toml: {test} ({why})")
        session.exitstatus = 1
