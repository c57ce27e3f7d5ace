"""``scribeloop judge``: a model reads notes beside the reviewers."""

import dataclasses
from typing import Any

import click

from annotations import study_labels
from pipeline.workspace import Workspace

from .shell import Answer, command, say, table

SPLITS = ("train", "dev", "dev-a", "dev-b", "test")


@click.group("judge")
def judge() -> None:
    """Let a stronger model judge notes, and compare it with reviewers. It never decides alone."""


@command(judge, "run", example="scribeloop judge run --endpoint local --model smollm2-135m --split dev --limit 5")
@click.option("--endpoint", "--judge", "endpoint", required=True, metavar="NAME", help="Which endpoint judges.")
@click.option("--model", "models", metavar="ID", multiple=True, help="Judge this model's notes (default: every model's).")
@click.option("--split", type=click.Choice(SPLITS), default="dev", show_default=True, help="Whose encounters.")
@click.option("--encounter", "encounter_ids", metavar="ID", multiple=True, help="This encounter, whatever its split; repeatable.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N encounters that are not judged yet.")
@click.option("--samples", type=click.IntRange(1, 15), default=1, show_default=True, help="Independent readings of each note.")
@click.option("--pairwise", is_flag=True, help="Compare the notes of each encounter too, in both orders.")
@click.option("--budget-tokens", "tokens", type=click.IntRange(min=1), metavar="N", help="Stop before this run takes more.")
@click.option("--budget-usd", "usd", type=click.FloatRange(min=0), metavar="USD", help="Stop before this run costs more.")
@click.option("--concurrency", type=click.IntRange(1, 256), metavar="N", help="Requests at once (default: the endpoint's).")
@click.option("--batch", is_flag=True, help="Ask in the server's batches: slower, and at hosted ones cheaper.")
@click.option("--final", is_flag=True, help="Allow encounters of the held-out test split.")
def run(workspace: Workspace, endpoint: str, models: tuple[str, ...], concurrency: int | None, **options: Any) -> Answer:
    """Judge the latest note of each model: ratings, errors and omissions, each with a quote that is in the text. What is judged
    already is not asked again, so a run that was stopped goes on."""
    from pipeline.endpoints import cost, find_endpoint
    from pipeline.judge import judge_notes

    chosen = find_endpoint(workspace.home, endpoint).at_once(concurrency)
    done = judge_notes(workspace, chosen, say, models=models, **options)
    for note, why in done.failed.items():
        say(f"{note} was not judged: {why}")
    text = (
        f"{len(done.judgements)} notes and {len(done.pairs)} pairs judged, {done.skipped} there already, {len(done.failed)} "
        f"without a usable answer; all judging here has cost {cost(done.spent.total_tokens, done.spent.usd)}."
    )
    return Answer(done, text, "scribeloop judge agree")


@command(judge, "agree", example="scribeloop judge agree --notes")
@click.option("--judge", "judge_id", metavar="ID", help="Which judge (default: the last one that judged).")
@click.option("--notes", is_flag=True, help="Show where judge and reviewers differ, note by note.")
def agree(workspace: Workspace, judge_id: str | None, notes: bool) -> Answer:
    """How far a judge agrees with reviewers: marks, ratings, preferences; overall, by specialty and by family of model."""
    from pipeline.judge import judge_agreement

    with workspace.store() as store:
        found = judge_agreement(store, study_labels(workspace.home), judge_id)
    for warning in found["warnings"]:
        say(f"Warning: {warning}")
    text = _text(found) + ("\n\n" + "\n\n".join(map(_note, found["differences"])) if notes else "")
    return Answer(found, text, "" if notes else "scribeloop judge agree --notes")


@command(judge, "list", example="scribeloop judge list")
def list_all(workspace: Workspace) -> Answer:
    """List the judges that have read notes here, oldest first."""
    from annotations import Judgements

    with workspace.store() as store:
        judgements = Judgements(store, study_labels(workspace.home))
        found = [
            dataclasses.asdict(one)
            | {"id": one.id, "notes": len(judgements.list_judgements(one.id)), "pairs": len(judgements.list_pairs(one.id))}
            for one in judgements.list_judges()
        ]
    rows = [{key: one[key] for key in ("id", "model", "host", "notes", "pairs")} for one in found]
    return Answer(found, table(rows, "No judge has read a note here yet: scribeloop judge run --endpoint NAME"))


def _text(found: dict[str, Any]) -> str:
    head = (
        f"{found['judge']['model']} ({found['judge']['id']}) beside {len(found['reviewers'])} reviewers: {found['notes']} notes "
        f"of {found['encounters']} encounters; {found['dropped']} of its marks had no quote that could be found."
    )
    if not found["notes"]:
        return head
    parts = {"all": found["overall"]} | {f"specialty {k}": v for k, v in found["by_specialty"].items()}
    parts |= {f"family {k}": v for k, v in found["by_family"].items()}
    lines = [head, _spans(parts, found["between_reviewers"]), _ratings(found["overall"]["ratings"])]
    if (said := found["preference"])["compared"]:
        lines.append(
            f"Preference: the same in {said['agreed']} of {said['compared']} comparisons{_ends(said['agreed_ci95'])}; the order "
            f"of showing decided {said['changed_with_place']} of the judge's {said['judged']}."
        )
    return "\n".join(lines)


def _spans(parts: dict[str, Any], between: dict[str, Any]) -> str:
    rows = [
        {
            "notes of": name, "marks": group, "reviewers'": one["n_gold"], "judge's": one["n_other"],
            "exact F1": _share(one["exact"]["f1"]), "partial F1": _share(one["partial"]["f1"]),
            "recall": _share(one["partial"]["recall"]), "precision": _share(one["partial"]["precision"]),
        }
        for name, part in parts.items()
        for group, one in part["spans"].items()
        if group in ("hallucination", "omission")
    ]  # fmt: skip
    people = {group: _share(one["partial"]["f1"]) for group, one in between["spans"].items()}
    among = f"Among reviewers themselves, partial F1: {', '.join(f'{k} {v}' for k, v in people.items())}." if people else ""
    return "\n".join(filter(None, [table(rows, ""), among]))


def _ends(ci95: list[float] | None) -> str:
    return f" ({_share(ci95[0])} to {_share(ci95[1])})" if ci95 else ""


def _ratings(ratings: dict[str, Any]) -> str:
    rows = [
        {
            "rating": name, "pairs": one["pairs"], "the same": one["same"],
            "judge minus reviewer": _share(one["mean_difference"]) + _ends(one["mean_difference_ci95"]),
            "alpha": _share(one["alpha"]), "kappa, quadratic": _share(one["kappa_quadratic"]),
        }
        for name, one in ratings.items()
        if one["pairs"]
    ]  # fmt: skip
    return table(rows, "No rating by both.")


def _note(one: dict[str, Any]) -> str:
    lines = [f"{one['title']} · {one['model']} · {one['output']}"]
    for line in one["marks"]:
        mark = line["marks"][0]
        also = "" if len(line["marks"]) == 1 else f" ({len(line['marks'])} marks)"
        lines.append(f"  {line['by']:9}  {mark['label']}, {mark['severity'] or 'no severity'}{also}: “{mark['quote']}”")
    return "\n".join(lines if one["marks"] else [*lines, "  no mark by anybody"])


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
