"""The practice page: the review desk over the practice visit."""

from typing import Any

from pipeline.workspace import Workspace

from ..components.marker import Marker
from ..desks.practice import PracticeDesk


def page(workspace: Workspace) -> None:
    """Draw the page; ``/practice`` needs nothing in its address."""
    desk = PracticeDesk(workspace)

    def act(request: dict[str, Any]) -> dict[str, Any]:
        return desk.answer(request)

    Marker(act)
