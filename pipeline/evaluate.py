"""How good a model's stored notes are: scored against the references of a split, and against another model's, case by case.

Nothing is generated here. Of each encounter the latest finished note counts that was made with the present prompt.
"""

import json
from typing import Any

from annotations import LOCAL_USER, BadInput, Encounter, NotFound, Output, Refused, Store, one_of

from .metrics import rouge_scores, summarise
from .prompts import prompt_hash
from .splits import MEASURED, covered
from .workspace import Workspace


def evaluate(
    workspace: Workspace,
    model_id: str,
    split: str = "dev-a",
    against: str | None = None,
    final: bool = False,
    limit: int | None = None,
    source: str | None = None,
) -> dict[str, Any]:
    """Scores of ``model_id`` on dev, dev-a, dev-b or (with ``final``) test; ``limit`` takes the first encounters only.

    With ``against``, both models are scored on the encounters that both have written, and ``differences`` holds the paired
    differences (first minus second) with their bootstrap interval. Each scoring of test is an event, counted in the report.
    """
    _allowed(split, final)
    names = [model_id] if against is None else [model_id, against]
    if len(set(names)) < len(names):
        raise BadInput(f"Model {model_id!r} is compared with itself; name another one with --against.")
    with workspace.store() as store:
        for name in names:
            store.get_model(name)
        encounters = _referenced(store, split, source)[:limit]
        notes = {name: _latest(store, name, encounters) for name in names}
        scored = [encounter for encounter in encounters if all(encounter.id in notes[name] for name in names)]
        missing = {name: [encounter.id for encounter in encounters if encounter.id not in notes[name]] for name in names}
        if not scored:
            raise NotFound(f"There is no encounter of {split} with a note by {' and '.join(names)}; {_how(missing, split)}")
        tested = _count_test(store, names, scored) if split == "test" else None
    reports = [_report(name, scored, notes[name], missing[name], split) for name in names]
    report = {
        "split": split, "source": source, "prompt_hash": prompt_hash(), "encounters": len(encounters), "n": len(scored),
        "times_test_was_scored": tested, **reports[0],
    }  # fmt: skip
    if against is not None:
        report |= {"against": reports[1], "differences": _differences(reports[0]["cases"], reports[1]["cases"])}
    return report | {"remarks": _remarks(reports)}


def _allowed(split: str, final: bool) -> None:
    one_of(split, MEASURED, "The split to evaluate on")
    if split == "test" and not final:
        raise Refused("The test split is held out for the finished system; to score it all the same, counted, add --final.")
    if final and split != "test":
        raise BadInput(f"--final is for the test split, not for {split}; leave it out, or say --split test.")


def _referenced(store: Store, split: str, source: str | None) -> list[Encounter]:
    encounters = covered(store.list_encounters(source=source), split)
    found = [encounter for encounter in encounters if encounter.reference]
    if not found:
        of = f" of source {source!r}" if source else ""
        raise NotFound(
            f"{len(encounters)} encounters{of} are in {split} and none has a reference note; import some with "
            "scribeloop transcripts import PATH."
        )
    return found


def _latest(store: Store, model_id: str, encounters: list[Encounter]) -> dict[str, Output]:
    """The latest output per encounter that was made with the present prompt and not cancelled."""
    wanted, prompt = {encounter.id for encounter in encounters}, prompt_hash()
    outputs = store.list_outputs(model_id=model_id)
    return {
        output.encounter_id: output
        for output in outputs
        if output.encounter_id in wanted and output.prompt_hash == prompt and output.finish_reason != "cancelled"
    }


def _report(
    model_id: str, encounters: list[Encounter], notes: dict[str, Output], missing: list[str], split: str
) -> dict[str, Any]:
    used = [notes[encounter.id] for encounter in encounters]
    scores = rouge_scores([encounter.reference for encounter in encounters], [output.text for output in used])
    return {
        "model": model_id,
        "metrics": summarise(scores),
        "cases": [{"id": output.encounter_id, "output": output.id, **case} for output, case in zip(used, scores, strict=True)],
        "engines": sorted({output.engine for output in used}),
        "parameters": [json.loads(text) for text in sorted({json.dumps(output.parameters, sort_keys=True) for output in used})],
        "stopped_by_limit": sum(output.finish_reason == "length" for output in used),
        "shortened_transcripts": sum(output.shortened_words > 0 for output in used),
        "missing": missing,
        "generate": _command(model_id, split) if missing else None,
    }


def _differences(cases: list[dict[str, Any]], others: list[dict[str, Any]]) -> dict[str, Any]:
    names = [name for name in cases[0] if name not in ("id", "output")]
    return summarise([{name: case[name] - other[name] for name in names} for case, other in zip(cases, others, strict=True)])


def _remarks(reports: list[dict[str, Any]]) -> list[str]:
    """What would mislead a reader of the means."""
    remarks = []
    for report in reports:
        name, n = report["model"], len(report["cases"])
        if report["missing"]:
            remarks.append(f"{len(report['missing'])} encounters have no note by {name}: {report['generate']}")
        if report["stopped_by_limit"]:
            remarks.append(f"{report['stopped_by_limit']} of {n} notes by {name} were stopped by the token limit.")
        if report["shortened_transcripts"]:
            remarks.append(f"{report['shortened_transcripts']} of {n} notes by {name} are from a shortened transcript.")
    settings = {(tuple(report["engines"]), json.dumps(report["parameters"])) for report in reports}
    if len(settings) > 1 or any(len(report["engines"]) > 1 or len(report["parameters"]) > 1 for report in reports):
        remarks.append("The notes were not all made with the same engine and parameters, so the scores compare those too.")
    return remarks


def _count_test(store: Store, names: list[str], scored: list[Encounter]) -> int:
    """Record that test was looked at, and return how often it has been, this time included."""
    with store.act():
        store.add_event(LOCAL_USER, "score test", " ".join(names), None, {"encounters": [encounter.id for encounter in scored]})
        return sum(event.verb == "score test" for event in store.list_events())


def _how(missing: dict[str, list[str]], split: str) -> str:
    return "write them first: " + "; ".join(_command(name, split) for name, ids in missing.items() if ids)


def _command(model_id: str, split: str) -> str:
    stored = "dev" if split.startswith("dev-") else split
    return f"scribeloop notes generate --model {model_id} --split {stored}"
