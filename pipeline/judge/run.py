"""Judging stored notes: each note once per sample, pairs twice with changed places; what is there already is not asked again."""

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

from annotations import (
    LOCAL_USER,
    Encounter,
    Judge,
    JudgedPair,
    Judgement,
    Judgements,
    LabelSet,
    NotFound,
    Output,
    Refused,
    sha256,
    study_labels,
)  # fmt: skip
from pipeline.endpoints import (
    AnswerFiles,
    Budget,
    Client,
    Endpoint,
    Gatherer,
    Later,
    Ledger,
    NoUsableAnswer,
    Spent,
    answer_batch,
    check_real,
    cost,
)  # fmt: skip
from pipeline.splits import covered
from pipeline.workspace import Workspace

from .estimate import estimate
from .reading import Reading, prompts

Say = Callable[[str], None]
# Several readings of one note are to differ where the judge is unsure; a single one is to be the likeliest.
SEVERAL_TEMPERATURE = 0.7


@dataclass
class Judged:
    """What a run did: the judge's id, its new judgements and pairs, how many were there, and why a note could not be judged."""

    judge_id: str
    judgements: list[Judgement] = field(default_factory=list)
    pairs: list[JudgedPair] = field(default_factory=list)
    skipped: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    spent: Spent = Spent()


@dataclass(frozen=True)
class Work:
    """Everything to be read about one encounter."""

    encounter: Encounter
    notes: tuple[tuple[Output, int], ...]
    pairs: tuple[tuple[Output, Output, int], ...]


def judge_notes(
    workspace: Workspace, endpoint: Endpoint, say: Say, models: Iterable[str] = (), split: str = "dev",
    encounter_ids: Iterable[str] = (), limit: int | None = None, samples: int = 1, pairwise: bool = False, final: bool = False,
    tokens: int | None = None, usd: float | None = None, batch: bool = False,
) -> Judged:  # fmt: skip
    """Judge the latest note of each model (of those named, else of all) for the encounters of ``split`` or those named.

    With ``batch`` the questions go out as the server's batches. ``tokens`` and ``usd`` limit this run. Refused for real
    transcripts and a host that may not read them, and for the test split without ``final``. After BudgetSpent or Unavailable
    every answer is kept: the same call goes on from there.
    """
    labels = study_labels(workspace.home)
    judge = _judge(endpoint, labels, samples)
    ledger = Ledger(workspace.home / "judge" / "ledger.jsonl")
    work, skipped = _work(workspace, judge, set(models), split, list(encounter_ids), limit, samples, pairwise, final)
    check_real([one.encounter for one in work], endpoint)
    result = Judged(judge.id, skipped=skipped, spent=ledger.spent())
    if not work:
        return result
    say(estimate(endpoint, work))
    with workspace.store() as store:
        Judgements(store, labels).ensure_judge(judge)
        held_out = [one.encounter.id for one in work if one.encounter.split == "test"]
        if held_out:
            with store.act():
                store.add_event(LOCAL_USER, "judge test", judge.id, None, {"encounters": held_out})
    client = Client(endpoint, ledger, Budget(endpoint, Spent(), tokens, usd), say)
    asker = _Asker(client, AnswerFiles(workspace.cache / "judge"), labels, SEVERAL_TEMPERATURE if samples > 1 else 0.0, judge.id)
    if batch:
        _in_batches(asker, work, workspace.home / "judge" / "batches", say)
    with _readers(client) as pool:
        under_way = {pool.submit(asker.read, one): one for one in work}
        for number, done in enumerate(as_completed(under_way), 1):
            _store(workspace, labels, done.result(), result)
            spent = ledger.spent()
            say(f"{number} of {len(work)} encounters judged, {cost(spent.total_tokens, spent.usd)} in all")
    result.spent = ledger.spent()
    return result


@dataclass(frozen=True)
class _Asker:
    client: Client | Gatherer
    answers: AnswerFiles
    labels: LabelSet
    temperature: float
    judge_id: str

    def read(self, work: Work) -> Judged:
        """Everything about one encounter; an answer that could not be used costs the other notes nothing."""
        found = Judged(self.judge_id)
        for output, sample in work.notes:
            try:
                found.judgements.append(self._judgement(work.encounter, output, sample))
            except NoUsableAnswer as error:
                found.failed[output.id] = str(error)
        for first, second, sample in work.pairs:
            try:
                found.pairs.append(self._pair(work.encounter, first, second, sample))
            except NoUsableAnswer as error:
                found.failed[f"{first.id}/{second.id}"] = str(error)
        return found

    def note(self, work: Work) -> None:
        """Go as far as answers are there, with a client that notes the questions for which there are none."""
        for output, sample in work.notes:
            reading = self._reading(work.encounter, sample)
            for ask in (reading.lacking, reading.errors, reading.ratings):
                with suppress(Later, NoUsableAnswer):
                    ask(output)
        for first, second, sample in work.pairs:
            reading = self._reading(work.encounter, sample)
            for pair in ((first, second), (second, first)):
                with suppress(Later, NoUsableAnswer):
                    reading.better(*pair)

    def _reading(self, encounter: Encounter, sample: int) -> Reading:
        return Reading(self.client, self.answers, self.labels, prompts(), encounter, sample, self.temperature)

    def _judgement(self, encounter: Encounter, output: Output, sample: int) -> Judgement:
        reading = self._reading(encounter, sample)
        omissions, facts = reading.lacking(output)
        spans, ratings = reading.errors(output), reading.ratings(output)
        return Judgement(self.judge_id, output.id, sample, spans, omissions, ratings, facts, reading.dropped)

    def _pair(self, encounter: Encounter, first: Output, second: Output, sample: int) -> JudgedPair:
        reading = self._reading(encounter, sample)
        name = {first.id: "first", second.id: "second"}
        said = (reading.better(first, second), reading.better(second, first))
        return JudgedPair(
            self.judge_id, encounter.id, first.id, second.id, *(name.get(one, one) for one in said), sample=sample
        )


def _in_batches(asker: _Asker, work: list[Work], folder: Path, say: Say) -> None:
    """Ask everything in batches, each with what the one before made it possible to ask; the answers are kept as files, so that
    the reading that follows asks for nothing."""
    gatherer = Gatherer(asker.client)
    noting = replace(asker, client=gatherer)
    while True:
        for one in work:
            noting.note(one)
        if not gatherer.noted:
            return
        say(f"A batch of {len(gatherer.noted)} questions")
        answer_batch(asker.client, gatherer, folder, say)


def _judge(endpoint: Endpoint, labels: LabelSet, samples: int) -> Judge:
    """Prompts and label set decide what is asked, so both are in the hash that tells judges apart."""
    asked = {name: prompt.hash for name, prompt in prompts().items()} | {"labels": labels.version}
    parameters = {"temperature": SEVERAL_TEMPERATURE if samples > 1 else 0.0} | endpoint.extra
    return Judge(endpoint.model, endpoint.host, sha256(json.dumps(asked, sort_keys=True)), parameters)


def _work(
    workspace: Workspace, judge: Judge, models: set[str], split: str, ids: list[str], limit: int | None, samples: int,
    pairwise: bool, final: bool,
) -> tuple[list[Work], int]:  # fmt: skip
    """What is still to be judged, and how much is there already."""
    with workspace.store() as store:
        for model in models:
            store.get_model(model)
        encounters = [store.get_encounter(id) for id in ids] if ids else covered(store.list_encounters(), split)
        if any(encounter.split == "test" for encounter in encounters) and not final:
            raise Refused("The test split is held out for the finished system; to judge its notes all the same, add --final.")
        there = Judgements(store)
        work, skipped = [], 0
        for encounter in encounters:
            outputs = [o for o in store.list_outputs(encounter.id) if o.text.strip() and o.finish_reason != "cancelled"]
            latest = {output.model_id: output for output in outputs}
            notes = [latest[model] for model in sorted(latest) if not models or model in models]
            single = [(o, n) for o in notes for n in range(samples)]
            both = [(*pair, n) for pair in combinations(notes, 2) for n in range(samples)] if pairwise else []
            open_notes = tuple((o, n) for o, n in single if not there.find(judge.id, o.id, n))
            open_pairs = tuple((a, b, n) for a, b, n in both if not there.find_pair(judge.id, a.id, b.id, n))
            skipped += len(single) + len(both) - len(open_notes) - len(open_pairs)
            work += [Work(encounter, open_notes, open_pairs)] if open_notes or open_pairs else []
    if not work and not skipped:
        raise NotFound("There is no note to judge there; write some with: scribeloop notes generate --model ID")
    return work[:limit], skipped


@contextmanager
def _readers(client: Client) -> Iterator[ThreadPoolExecutor]:
    """Threads that ask; when one fails for good, what is under way ends and nothing new is begun."""
    pool = ThreadPoolExecutor(client.endpoint.concurrency)
    try:
        yield pool
    except BaseException:
        client.stop()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        client.close()


def _store(workspace: Workspace, labels: LabelSet, found: Judged, result: Judged) -> None:
    with workspace.store() as store:
        judgements = Judgements(store, labels)
        result.judgements += [judgements.add(one) for one in found.judgements]
        result.pairs += [judgements.add_pair(one) for one in found.pairs]
    result.failed |= found.failed


