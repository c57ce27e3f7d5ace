"""How good a model's notes are: scored against the references of a split, and against another model's, case by case.

Of each encounter the latest finished note counts that was made with the present prompt. What is found here is the whole report:
its pages and tables are functions of it (``pipeline.report``). It holds no word of a transcript or a note.
"""

import json
from collections.abc import Sequence
from typing import Any

from annotations import LOCAL_USER, BadInput, Encounter, NotFound, Output, Refused, Store, bootstrap_interval, one_of

from .clinical import clinical_findings
from .evaluate_notes import latest_notes
from .hint_counts import hint_findings
from .metrics import Metric, Rouge, by_group, by_section, means, score_notes, section_scores
from .model_facts import model_facts
from .notes import Say
from .prompts import prompt_hash
from .report import data_hash, made_now
from .splits import MEASURED, covered
from .statistics import Measure, compare_models
from .workspace import Workspace

SCHEMA = 1
WORST = 10
# Scores that tell models apart; precision and recall stand beside, and are not tested.
TESTED = ("rouge1", "rouge2", "rougeL", "rougeLsum", "bertscore_f1", "bleurt")


def evaluate(
    workspace: Workspace,
    model_id: str,
    split: str = "dev-a",
    against: str | None = None,
    final: bool = False,
    limit: int | None = None,
    source: str | None = None,
    metrics: Sequence[Metric] = (),
    wished: float | None = None,
    say: Say = lambda text: None,
    command: str = "",
) -> dict[str, Any]:
    """The report on ``model_id`` on dev, dev-a, dev-b or (with ``final``) test; ``limit`` takes the first encounters only.

    With ``against``, both models are scored on the encounters that both have written; ``tests`` compares them measure by measure
    and ``differences`` holds the paired differences (first minus second) with their intervals. Without ``metrics`` it is ROUGE.
    ``wished`` is the smallest difference of scores that matters: each test then says how many encounters show it (``needed_n``).
    Each scoring of test is an event, counted in the report.
    """
    names = check_asked(model_id, against, split, final, wished)
    with workspace.store() as store:
        facts = {name: model_facts(workspace, store.get_model(name)) for name in names}
        encounters = _referenced(store, split, source)[:limit]
        notes = {name: latest_notes(store, name, encounters) for name in names}
        scored = [encounter for encounter in encounters if all(encounter.id in notes[name] for name in names)]
        missing = {name: [encounter.id for encounter in encounters if encounter.id not in notes[name]] for name in names}
        if not scored:
            raise NotFound(f"There is no encounter of {split} with a note by {' and '.join(names)}; {_how(missing, split)}")
        tested = _count_test(store, names, scored) if split == "test" else None
        clinical = clinical_findings(workspace, store, names, [encounter.id for encounter in scored])
    metrics = metrics or [Rouge()]
    cache = workspace.cache / "scores"
    reports = [_scored(name, scored, notes[name], missing[name], split, (metrics, cache, say)) for name in names]
    report = {
        "schema": SCHEMA, "split": split, "source": source, "prompt_hash": prompt_hash(), "encounters": len(encounters),
        "n": len(scored), "times_test_was_scored": tested, "models": facts, **reports[0],
    }  # fmt: skip
    if against is not None:
        tests = _tests(reports[0]["cases"], reports[1]["cases"], wished)
        differences = {row["measure"]: {"mean": row["difference"], "ci95": row["ci95"]} for row in tests}
        report |= {"against": reports[1], "differences": differences, "tests": tests, "wished": wished}
    return report | {
        "worst": _worst(reports, scored),
        "clinical": clinical,
        "hints": hint_findings(scored, notes),
        "settings": {metric.name: metric.details() for metric in metrics},
        "remarks": _remarks(reports),
        "made": vars(made_now(command, _hash(scored, names, notes))),
    }


def check_asked(model_id: str, against: str | None, split: str, final: bool, wished: float | None = None) -> list[str]:
    """The models to score. BadInput for a split that is not evaluated on or a model against itself, Refused for test without
    ``final``."""
    one_of(split, MEASURED, "The split to evaluate on")
    if split == "test" and not final:
        raise Refused("The test split is held out for the finished system; to score it all the same, counted, add --final.")
    if final and split != "test":
        raise BadInput(f"--final is for the test split, not for {split}; leave it out, or say --split test.")
    if model_id == against:
        raise BadInput(f"Model {model_id!r} is compared with itself; name another one with --against.")
    if wished is not None and against is None:
        raise BadInput("A wished difference is one between two models; name the other one with --against.")
    if wished is not None and not 0 < wished <= 1:
        raise BadInput(f"The wished difference is {wished}; expected one of scores, above 0 and up to 1, such as 0.02.")
    return [model_id] if against is None else [model_id, against]


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


def _scored(
    model_id: str, encounters: list[Encounter], notes: dict[str, Output], missing: list[str], split: str, scoring: tuple
) -> dict[str, Any]:
    """One model's part of the report; ``scoring`` is metrics, cache and say."""
    metrics, cache, say = scoring
    used = [notes[encounter.id] for encounter in encounters]
    texts = [encounter.reference for encounter in encounters], [output.text for output in used]
    scores = score_notes(metrics, *texts, [encounter.id for encounter in encounters], cache, say)
    words = [len(output.text.split()) for output in used]
    return {
        "model": model_id,
        "metrics": means(scores),
        "cases": [
            {"id": output.encounter_id, "output": output.id, "words": length, **case}
            for output, length, case in zip(used, words, scores, strict=True)
        ],
        "by_section": by_section(section_scores(metrics, *texts, cache, say)),
        "by_specialty": by_group(scores, [encounter.specialty for encounter in encounters]),
        "by_source": by_group(scores, [encounter.source for encounter in encounters]),
        "words": {
            "notes": sum(words) / len(words), "ci95": bootstrap_interval(words, within=(0, float("inf"))),
            "references": sum(len(text.split()) for text in texts[0]) / len(words),
        },  # fmt: skip
        "engines": sorted({output.engine for output in used}),
        "parameters": [json.loads(text) for text in sorted({json.dumps(output.parameters, sort_keys=True) for output in used})],
        "stopped_by_limit": sum(output.finish_reason == "length" for output in used),
        "shortened_transcripts": sum(output.shortened_words > 0 for output in used),
        "missing": missing,
        "generate": _command(model_id, split) if missing else None,
    }


def _tests(cases: list[dict[str, Any]], others: list[dict[str, Any]], wished: float | None) -> list[dict[str, Any]]:
    return compare_models(cases, others, [Measure(name, matters=wished) for name in TESTED if name in cases[0]])


def _worst(reports: list[dict[str, Any]], encounters: list[Encounter]) -> list[dict[str, Any]]:
    """The model's notes with the lowest ROUGE-Lsum (or what was measured instead), the other model's score beside."""
    known = {encounter.id: encounter for encounter in encounters}
    name = next(name for name in ("rougeLsum", "bertscore_f1", "bleurt") if name in reports[0]["metrics"])
    other = {case["id"]: case[name] for case in reports[1]["cases"]} if len(reports) > 1 else {}
    lowest = sorted(reports[0]["cases"], key=lambda case: (case[name], case["id"]))[:WORST]
    return [
        {
            "id": case["id"], "title": known[case["id"]].title or known[case["id"]].external_id,
            "specialty": known[case["id"]].specialty, "measure": name, "score": case[name], "against": other.get(case["id"]),
            "words": case["words"],
        }
        for case in lowest
    ]  # fmt: skip


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
        cut = sum(case.get("bertscore_cut", 0) > 0 for case in report["cases"])
        if cut:
            remarks.append(f"BERTScore read only the beginning of {cut} of {n} notes by {name} or their references.")
    settings = {(tuple(report["engines"]), json.dumps(report["parameters"])) for report in reports}
    if len(settings) > 1 or any(len(report["engines"]) > 1 or len(report["parameters"]) > 1 for report in reports):
        remarks.append("The notes were not all made with the same engine and parameters, so the scores compare those too.")
    return remarks


def _count_test(store: Store, names: list[str], scored: list[Encounter]) -> int:
    """Record that test was looked at, and return how often it has been, this time included."""
    with store.act():
        store.add_event(LOCAL_USER, "score test", " ".join(names), None, {"encounters": [encounter.id for encounter in scored]})
        return sum(event.verb == "score test" for event in store.list_events())


def _hash(scored: list[Encounter], names: list[str], notes: dict[str, dict[str, Output]]) -> str:
    return data_hash(
        [(encounter.id, encounter.reference, *(notes[name][encounter.id].text for name in names)) for encounter in scored]
    )


def _how(missing: dict[str, list[str]], split: str) -> str:
    return "write them first: " + "; ".join(_command(name, split) for name, ids in missing.items() if ids)


def _command(model_id: str, split: str) -> str:
    stored = "dev" if split.startswith("dev-") else split
    return f"scribeloop notes generate --model {model_id} --split {stored}"
