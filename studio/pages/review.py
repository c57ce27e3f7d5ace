"""The review page: one component fills it, and every act of the reviewer goes through the desk."""

from typing import Any

from pipeline.workspace import Workspace

from ..components.marker import Marker
from ..desks.review import ReviewDesk


def page(workspace: Workspace) -> None:
    """Draw the page; the encounter is in the address, ``/review?encounter=ID`` (and ``&outputs=ID,ID`` for chosen notes)."""
    desk = ReviewDesk(workspace)

    def act(request: dict[str, Any]) -> dict[str, Any]:
        return desk.answer(request)

    # No Gradio event: a server function skips the queue, so a mark's round trip is one short request, many may run at once, and
    # the page learns from the answer itself that it was saved.
    Marker(act)
