"""The page on the judge: note by note, where a model and the reviewers differ; what to make of its marks is said in the desk."""

from typing import Any

import gradio as gr

from annotations import ScribeloopError
from pipeline.workspace import Workspace

from ..components.header import header
from ..components.listing import Listing
from ..components.plain import Said, Title
from ..desks.judge import JudgeDesk, Shown
from ..judge_words import BY, JUDGE_PAGE, TONES

Words = JUDGE_PAGE


def page(workspace: Workspace) -> None:
    """Draw the page; the judge and the note looked at stand in the address."""
    desk = JudgeDesk(workspace)
    header("Judge")
    with gr.Column(elem_classes="page page-wide"):
        gr.Markdown(f"# {Words.title}\n{Words.about}")
        judge = gr.Dropdown([], label=Words.which, visible=False)
        summary = Said()
        notes = Listing()
        heading = Title("", visible=False)
        marks = Listing(visible=False)
        link = Listing(visible=False)
    looked_at = [heading, marks, link]

    def arrive(request: gr.Request):
        judges = desk.judges()
        wanted = request.query_params.get("judge") or (judges[0][1] if judges else None)
        output_id = request.query_params.get("note", "")
        drop = gr.Dropdown(choices=judges, value=wanted, visible=len(judges) > 1)
        return drop, *show(wanted), *look(wanted, output_id)

    def show(judge_id: str | None):
        if not judge_id:
            return "", {"columns": [""], "rows": [], "empty": Words.nobody}
        try:
            found = desk.shown(judge_id)
        except ScribeloopError as error:
            return str(error), None
        return _summary(found), _notes(found, judge_id)

    def look(judge_id: str | None, output_id: str):
        note = None
        if judge_id and output_id:
            note = next((one for one in desk.shown(judge_id).notes if one["output"] == output_id), None)
        if note is None:
            return Title("", visible=False), Listing(visible=False), Listing(visible=False)
        title = Title(Words.marks_of.format(title=note["title"], model=note["model"]), visible=True)
        return title, Listing(_marks(note, desk.titles(), desk.names()), visible=True), _to_review(note["encounter"])

    gr.context.Context.root_block.load(arrive, outputs=[judge, summary, notes, *looked_at], show_progress="hidden")
    judge.input(show, judge, [summary, notes], show_progress="hidden")


def _summary(found: Shown) -> str:
    counts = {"notes": len(found.notes), "gold": found.gold, "judged": found.judged, "found": found.found}
    parts = [Words.summary.format(**counts) if found.notes else Words.nothing]
    parts += [Words.waiting.format(n=found.waiting)] if found.waiting else []
    return " ".join([*parts, *found.warnings])


def _notes(found: Shown, judge_id: str) -> dict[str, Any]:
    columns = [Words.note, Words.only_reviewers, Words.only_judge, Words.both, Words.ratings, ""]
    return {"columns": columns, "rows": [_row(one, judge_id) for one in found.notes], "empty": Words.nothing}


def _row(one: dict[str, Any], judge_id: str) -> list[Any]:
    by = [line["by"] for line in one["marks"]]
    pairs = [(given["judge"], value) for given in one["ratings"].values() for value in given["reviewers"] if value is not None]
    apart = sum(abs(judge - person) > 1 for judge, person in pairs)
    link = {"text": Words.open, "href": f"/judge?judge={judge_id}&note={one['output']}", "button": True}
    counts = [by.count("reviewers"), by.count("judge"), by.count("both"), apart]
    return [{"text": one["title"], "sub": f"{one['model']} · {one['specialty'] or 'not said'}"}, *counts, link]


def _marks(note: dict[str, Any], titles: dict[str, str], names: dict[str, str]) -> dict[str, Any]:
    rows = [_line(line, titles, names) for line in note["marks"]]
    return {"columns": [Words.by, Words.mark, Words.words, Words.why], "rows": rows, "empty": Words.no_marks}


def _line(line: dict[str, Any], titles: dict[str, str], names: dict[str, str]) -> list[Any]:
    """One line for all who marked this place: each with the own label, words and comment."""
    people = ", ".join(dict.fromkeys(names.get(mark["reviewer"], mark["reviewer"]) for mark in line["marks"] if mark["reviewer"]))
    labels = "; ".join(dict.fromkeys(_called(mark, titles) for mark in line["marks"]))
    quotes = " / ".join(dict.fromkeys(mark["quote"] for mark in line["marks"]))
    comments = " / ".join(dict.fromkeys(mark["comment"] for mark in line["marks"] if mark["comment"]))
    where = Words.missing if line["group"] == "omission" else None
    found = {"text": BY[line["by"]], "badge": TONES[line["by"]], "sub": people}
    return [found, labels, {"text": quotes, "sub": where}, comments]


def _called(mark: dict[str, Any], titles: dict[str, str]) -> str:
    title = titles.get(mark["label"], mark["label"])
    return f"{title}, {mark['severity']}" if mark["severity"] else title


def _to_review(encounter_id: str) -> Listing:
    link = {"text": Words.review, "href": f"/review?encounter={encounter_id}", "button": True}
    return Listing({"columns": ["", ""], "rows": [[Words.answer, link]]}, visible=True)
