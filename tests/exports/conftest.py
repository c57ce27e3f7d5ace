"""The browser site of the tiny tuned Llama, for every file of tests that opens it."""

import os
import shutil

import pytest
from filelock import FileLock

from annotations import Encounter
from tests.exports.tuned import TRANSCRIPT, make_tuned

EXAMPLES = [
    Encounter("scribeloop-demo", "d1", f"  {TRANSCRIPT}\n", "dev", synthetic=True, title="Thyroid <b>tablets</b>"),
    Encounter("scribeloop-demo", "d2", "Doctor: A real visit.", "dev"),
    Encounter("scribeloop-demo", "d3", "Doctor: A held-out visit.", "test", synthetic=True),
]


@pytest.fixture(scope="session")
def tuned_home(tmp_path_factory):
    """A home with the tuned model's site in all three variants: built once, whichever of the workers asks first. Beside it lies
    ``site``, a copy that stays as it was built."""
    from exports.browser import build_site
    from pipeline.workspace import Workspace

    shared = tmp_path_factory.getbasetemp()
    shared = (shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared) / "tuned-site"
    with FileLock(f"{shared}.lock"):
        if not (shared / "done").exists():
            shutil.rmtree(shared, ignore_errors=True)
            shared.mkdir()
            workspace = Workspace(shared / "home")
            make_tuned(workspace, shared)
            build_site(workspace, "tuned", print, examples=EXAMPLES)
            shutil.copytree(workspace.browser / "tuned", shared / "site")
            (shared / "done").touch()
    return shared / "home"
