"""What a first visitor finds: invented encounters, the demo model, and the adapter that ships with the project."""

from collections.abc import Callable

from pipeline.demo import demo_encounters
from pipeline.workspace import Workspace

Say = Callable[[str], None]


def add_demo_encounters(workspace: Workspace) -> int:
    """Bring in the invented encounters; returns how many were new."""
    with workspace.store() as store:
        return len(store.add_encounters(demo_encounters()))


def prepare_demo(workspace: Workspace, say: Say) -> None:
    """Everything for the first minute. Done again, it finds everything there."""
    from pipeline.models import resolve_base, resolve_demo_adapter

    new = add_demo_encounters(workspace)
    say(f"{new} invented encounters added." if new else "The invented encounters are there.")
    resolve_base(workspace, None, say)
    adapter = resolve_demo_adapter(workspace, say)
    say(f"Demo adapter {adapter.id} is ready." if adapter else "No demo adapter ships with this version.")
