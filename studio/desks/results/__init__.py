"""The results desk without its screen: the figures of a selection, the encounters behind a number, everything as a file."""

import base64
import shutil
import tempfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

from annotations import (
    ANY,
    BadInput,
    Behind,
    Figures,
    ReadBefore,
    Refused,
    Reviews,
    ScribeloopError,
    Selection,
    Slice,
    Store,
    count_findings,
    findings_stamp,
    study_labels,
)
from exports.reviews import export_reviews
from pipeline.workspace import Workspace

from ...results_words import PAGE, SAVING, counted
from .behind import found_shown, slice_title
from .names import Names
from .shown import choices_shown, figures_shown

PAGE_SIZE = 50
# What one answer to a browser may hold; more is for the command line.
LARGEST = 64_000_000
KEPT = 16


class ResultsDesk:
    """Every method opens the store for itself, so that any thread may call it. Figures are kept until a review is submitted."""

    reads = ("figures", "behind", "export")

    def __init__(self, workspace: Workspace, reviewer_id: str = "local") -> None:
        self.workspace = workspace
        self.reviewer_id = reviewer_id
        self._kept: OrderedDict[tuple, Figures] = OrderedDict()
        self._before = ReadBefore()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """What the page asked for, or ``{"ok": False, "sentence": ...}`` where the reader can mend it; a bug is raised."""
        do, given = request.get("do"), {key: value for key, value in request.items() if key != "do"}
        try:
            if do not in self.reads:
                raise BadInput(f"The results desk has no act {do!r}; reload the page.")
            return {"ok": True} | getattr(self, do)(**given)
        except ScribeloopError as error:
            return {"ok": False, "sentence": str(error)}

    def figures(self, chosen: dict[str, str] | None = None) -> dict[str, Any]:
        """Everything that the page shows for these choices: see ``selection``."""
        with self.workspace.store() as store:
            every = self._count(store, Selection())
            if not every.reviews and not every.unjudged:
                return {"empty": _nothing_yet(store)}
            selected = selection(chosen or {})
            figures = self._count(store, selected)
            names = Names.of(store, study_labels(self.workspace.home), figures)
            choices = choices_shown(every, Names.of(store, names.labels, every), selected)
            return {"choices": choices, "shown": figures_shown(figures, names, selected)}

    def behind(self, slice: dict[str, str], chosen: dict[str, str] | None = None, start: int = 0) -> dict[str, Any]:
        """The encounters behind one number, PAGE_SIZE at a time."""
        selected, wanted = selection(chosen or {}), _slice(slice)
        with self.workspace.store() as store:
            labels = study_labels(self.workspace.home)
            names = Names.of(store, labels, self._count(store, selected))
            behind = Behind(store, selected, wanted, labels)
            ids = behind.encounter_ids()
            mine = {review.encounter_id for review in Reviews(store).list_reviews(self.reviewer_id, status="submitted")}
            found = [
                found_shown(one, wanted, names, one.encounter_id in mine) for one in behind.page(ids[start : start + PAGE_SIZE])
            ]
        following = start + PAGE_SIZE
        return {
            "title": slice_title(wanted, names, len(ids)),
            "ids": ids,
            "found": found,
            "next": following if following < len(ids) else None,
            "all_mine": mine.issuperset(ids),
        }

    def export(self, format: str) -> dict[str, Any]:
        """All reviews as a file for the browser to save: its name and, in base64, its bytes. Nothing of it stays on the disk."""
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / ("reviews.jsonl" if format == "jsonl" else "reviews")
            export_reviews(self.workspace, made, format)
            if format == "csv":
                made = Path(shutil.make_archive(str(made), "zip", made))
            size = made.stat().st_size
            if size > LARGEST:
                raise Refused(SAVING.too_large.format(size=f"{size / 1e6:,.0f}"))
            return {"name": made.name, "base64": base64.b64encode(made.read_bytes()).decode()}

    def _count(self, store: Store, selected: Selection) -> Figures:
        labels = study_labels(self.workspace.home)
        key = (selected, findings_stamp(store), labels.version)
        if key not in self._kept:
            self._kept[key] = count_findings(store, selected, labels, self._before)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]


def selection(chosen: dict[str, str]) -> Selection:
    """The page's choices: ``specialty``, ``split``, ``reviewer``, ``versions``, and ``pair``, two models on a line each."""
    known = {name: chosen[name] for name in ("specialty", "split", "reviewer", "versions") if name in chosen}
    first, _, second = chosen.get("pair", "").partition("\n")
    return Selection(**known, pair=(first, second) if second else None)


def _slice(given: dict[str, str]) -> Slice:
    unknown = set(given) - set(Slice.__dataclass_fields__)
    if unknown:
        raise BadInput(f"A number has no {', '.join(sorted(unknown))}; open it from the results page.")
    return Slice(**{name: value for name, value in given.items() if value != ANY})


def _nothing_yet(store: Store) -> dict[str, str]:
    if not store.counts()["encounters"]:
        return {"sentence": PAGE.no_encounters}
    begun = len(Reviews(store).list_reviews(status="draft"))
    return {"sentence": f"{PAGE.no_reviews} {counted(PAGE.begun, begun)}" if begun else PAGE.no_reviews}
