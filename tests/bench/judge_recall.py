"""``python -m tests.bench.judge_recall --base-url URL --model MODEL``: how many planted errors a judge finds, on invented visits.

Each visit has two notes: the faithful one that came with it, and the same with errors planted in it. A mark on the faithful note
is a false alarm; a planted error is found when a mark of the judge's overlaps it.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotations import Judgements, Model, Output, Store, load_labels
from pipeline.demo import demo_encounters
from pipeline.endpoints import Endpoint
from pipeline.endpoints.config import STRUCTURED
from pipeline.judge import judge_notes
from pipeline.synthesis.planting import PlantedError, plant
from pipeline.workspace import Workspace

NOTES = ("faithful", "planted")


def main() -> int:
    asked = _asked()
    settings = {"key_env": asked.key_env, "concurrency": asked.concurrency, "stream": not asked.whole}
    settings |= {"timeout": 600, "retries": 2, "structured": asked.structured}
    settings |= {"longest_text": asked.longest_text, "longest_list": asked.longest_list}
    extra = {"max_tokens": asked.longest} if asked.longest else {}
    endpoint = Endpoint("judge", asked.base_url, asked.model, extra=extra, **settings)
    found = recall(Workspace(asked.home), endpoint, asked.visits, asked.errors)
    print(json.dumps(found, indent=2))
    return 0


def recall(workspace: Workspace, endpoint: Endpoint, visits: int, errors: int, seed: int = 1) -> dict[str, Any]:
    """``{"notes", "judged", "unusable", "planted", "found", "right_label", "by_kind", "omitted", "omissions_found", "marks",
    "false_alarms", "marks_on_faithful", "dropped", "tokens"}``."""
    with workspace.store() as store:
        planted = dict(_store_notes(store, visits, errors, seed))
        encounters = {store.get_output(id).encounter_id for id in planted}
    done = judge_notes(workspace, endpoint, lambda text: print(text, file=sys.stderr), encounter_ids=sorted(encounters))
    with workspace.store() as store:
        marks = {one.output_id: one for one in Judgements(store, load_labels()).list_judgements(done.judge_id)}
    return _counted(planted, marks) | {"unusable": done.failed, "tokens": done.spent.total_tokens}


def _store_notes(store: Store, visits: int, errors: int, seed: int) -> Iterator[tuple[str, tuple[PlantedError, ...]]]:
    """Every output's id with what is planted in it."""
    for name in NOTES:
        store.ensure_model(Model(name, name, "base", name, "0" * 64))
    chosen = [encounter for encounter in demo_encounters() if encounter.reference and encounter.split != "test"]
    chosen = chosen[:visits]
    store.add_encounters(chosen)
    for number, visit in enumerate(chosen):
        made = plant(visit.transcript, visit.reference, seed + number, count=errors)
        for name, text, these in (("faithful", visit.reference, ()), ("planted", made.note, made.errors)):
            output = Output(visit.id, name, text, "planter", "-", {}, 0.0, 0, 0, "stop", id=f"out-{name}-{visit.id}")
            if output.id not in {one.id for one in store.list_outputs(visit.id)}:
                store.add_output(output)
            yield output.id, these


def _counted(planted: dict[str, tuple[PlantedError, ...]], judged: dict[str, Any]) -> dict[str, Any]:
    """Over the notes that were judged; what could not be judged is not held against the judge here, it is counted beside."""
    kinds: Counter = Counter()
    found: Counter = Counter()
    right = omitted = omissions_found = marks = false = on_faithful = 0
    for id, judgement in judged.items():
        spans = [error for error in planted[id] if not error.omission]
        for error in spans:
            hits = [mark for mark in judgement.spans if mark.start < error.end and error.start < mark.end]
            kinds[error.kind] += 1
            found[error.kind] += bool(hits)
            right += any(mark.label == error.label for mark in hits)
        for error in planted[id]:
            if error.omission and error.transcript_start is not None:
                omitted += 1
                omissions_found += any(
                    one.start < error.transcript_end and error.transcript_start < one.end for one in judgement.omissions
                )
        marks += len(judgement.spans)
        wrong = [mark for mark in judgement.spans if not any(mark.start < e.end and e.start < mark.end for e in spans)]
        false += len(wrong)
        on_faithful += len(judgement.spans) if not planted[id] else 0
    return {
        "notes": len(planted), "judged": len(judged), "planted": sum(kinds.values()), "found": sum(found.values()),
        "right_label": right, "by_kind": {kind: f"{found[kind]} of {count}" for kind, count in sorted(kinds.items())},
        "omitted": omitted, "omissions_found": omissions_found, "marks": marks, "false_alarms": false,
        "marks_on_faithful": on_faithful, "omissions_marked": sum(len(one.omissions) for one in judged.values()),
        "dropped": sum(one.dropped for one in judged.values()),
    }  # fmt: skip


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.judge_recall", description=__doc__.split("\n")[0])
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--key-env", help="the environment variable that holds the key")
    parser.add_argument("--visits", type=int, default=10)
    parser.add_argument("--errors", type=int, default=3, help="planted in each note")
    parser.add_argument("--longest-text", type=int, help="characters of a text in an answer at most")
    parser.add_argument("--longest-list", type=int, help="entries of a list in an answer at most")
    parser.add_argument("--longest", type=int, help="tokens of an answer at most, where a small model would never end")
    parser.add_argument("--whole", action="store_true", help="do not stream, for servers that count tokens only then")
    parser.add_argument("--structured", choices=STRUCTURED, default="auto", help="how JSON is asked for")
    parser.add_argument("--concurrency", type=int, default=1)
    parser.add_argument("--home", type=Path, default=Path("build/judge-recall"), help="a workspace of its own, kept between runs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
