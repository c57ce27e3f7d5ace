"""A run of the recipe: ``synth/<name>/`` holds its settings, every step's answer and the ledger."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from annotations import BadInput, Conflict, ScribeloopError
from pipeline.dataset_files import check_name
from pipeline.endpoints import AnswerFiles, Budget, Client, Endpoint, Ledger, NoUsableAnswer, Spent
from pipeline.endpoints.answers import write_once
from pipeline.versions import versions
from pipeline.workspace import Workspace

from ..duplicates import NearDuplicates
from ..scenarios import Scenario, again, plan_scenarios
from .encounter import Written, write_encounter
from .progress import Progress
from .steps import Steps, prompts

Say = Callable[[str], None]
# How often an encounter is replaced by another of the same plan before it is given up.
ATTEMPTS = 5


@dataclass(frozen=True)
class Settings:
    """What decides the encounters of a run; the same settings go on with it, others are another run."""

    count: int
    seed: int = 1
    specialty: str | None = None
    rounds: int = 2
    pass_score: int = 4

    def __post_init__(self) -> None:
        if not (self.count >= 1 and 0 <= self.rounds <= 10 and 1 <= self.pass_score <= 5):
            raise BadInput("Expected a count of at least 1, 0 to 10 rounds of revision, and a passing score of 1 to 5.")


@dataclass(frozen=True)
class Made:
    """One encounter of the result. ``attempt`` counts from 0; those before it were unusable or too like another."""

    slot: int
    attempt: int
    scenario: Scenario
    written: Written

    @property
    def case(self) -> str:
        return case_name(self.slot, self.attempt)


def case_name(slot: int, attempt: int) -> str:
    return f"case-{slot + 1:05d}" + (f"-again-{attempt}" if attempt else "")


@dataclass(frozen=True)
class Run:
    """An open run: its folder, what it was made with, and its books."""

    folder: Path
    settings: Settings
    endpoint: Endpoint
    ledger: Ledger


def prepare(workspace: Workspace, name: str, settings: Settings, endpoint: Endpoint) -> Run:
    """The run of this name, new or as it was left; Conflict when it was begun with other settings, model or prompts."""
    folder = workspace.home / "synth" / check_name(name, "The name")
    made_with = {
        "name": name, "settings": asdict(settings), "model": endpoint.model, "host": endpoint.host,
        "prompts": {prompt.name: prompt.hash for prompt in prompts().values()},
    }  # fmt: skip
    path = folder / "run.json"
    write_once(path, json.dumps(made_with | {"versions": versions("scribeloop", "openai")}, indent=2) + "\n")
    there = json.loads(path.read_text(encoding="utf-8"))
    differing = [key for key, value in made_with.items() if there.get(key) != value]
    if differing:
        raise Conflict(
            f"The run {name!r} was begun with other {', '.join(differing)}; take another --name, or what stands in {path}."
        )
    return Run(folder, settings, endpoint, Ledger(folder / "ledger.jsonl"))


def generate(
    run: Run, say: Say, tokens: int | None = None, usd: float | None = None, fewer: bool = False
) -> tuple[list[Made], Spent, list[str]]:
    """Write what is missing. Gives the encounters in the order of the plan, what the run has cost so far, and a sentence for each
    that was replaced. BudgetSpent and Unavailable leave everything that is finished in place.

    ``tokens`` and ``usd`` limit the whole run, what it cost before included. With ``fewer`` an encounter that five attempts could
    not get is left out, else BadInput says so.
    """
    with _alone(run.folder), _client(run, say, tokens, usd) as client:
        made, remarks = _Writing(run, client, say).all(fewer)
    return made, run.ledger.spent(), remarks


class _Writing:
    def __init__(self, run: Run, client: Client, say: Say) -> None:
        self.run, self.client, self.say = run, client, say
        self.prompts = prompts()
        self.answers = AnswerFiles(run.folder / "steps")
        self.seen = NearDuplicates()
        self.progress = Progress(say, run.ledger, run.settings.count)

    def all(self, fewer: bool) -> tuple[list[Made], list[str]]:
        """Round after round: everything that is missing at once, then, in the order of the plan, what is too like another is
        marked for the next round. So what is kept does not depend on which answer came first."""
        settings = self.run.settings
        plan = dict(enumerate(plan_scenarios(settings.count, settings.seed, settings.specialty)))
        made: dict[int, Made] = {}
        remarks: list[str] = []
        for attempt in range(ATTEMPTS):
            missing = {slot: scenario for slot, scenario in plan.items() if slot not in made}
            if not missing:
                break
            written = self._write(missing, attempt)
            for slot, scenario in missing.items():
                why = self._keep(slot, attempt, scenario, written[slot], made)
                remarks += [f"{case_name(slot, attempt)} was replaced: {why}"] if why else []
        left = [case_name(slot, 0) for slot in plan if slot not in made]
        if left and (not fewer or not made):
            raise BadInput(
                f"{len(left)} of {len(plan)} encounters could not be written in {ATTEMPTS} attempts each, first {left[0]}. "
                f"{remarks[-1].removesuffix('.')}. Try a stronger model, or take what there is with --fewer."
            )
        return [made[slot] for slot in sorted(made)], remarks

    def _keep(self, slot: int, attempt: int, scenario: Scenario, found: Written | str, made: dict[int, Made]) -> str | None:
        if isinstance(found, str):
            return found
        other = self.seen.add(case_name(slot, attempt), found.transcript)
        if other:
            return f"it is too like {other}"
        made[slot] = Made(slot, attempt, scenario if not attempt else again(scenario, attempt), found)
        return None

    def _write(self, missing: dict[int, Scenario], attempt: int) -> dict[int, Written | str]:
        with ThreadPoolExecutor(self.run.endpoint.concurrency) as pool:
            work = {pool.submit(self._one, slot, attempt, scenario): slot for slot, scenario in missing.items()}
            try:
                wait(work, return_when=FIRST_EXCEPTION)
                return {slot: future.result() for future, slot in self._sound(work).items()}
            except BaseException:
                # What is under way is paid for: it ends and is kept, nothing new is begun.
                self.client.stop()
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _sound(self, work: dict[Future, int]) -> dict[Future, int]:
        """The same, or the first failure raised: of the many that a stop brings with it the one that was the reason."""
        failures = [future.exception() for future in work if future.done() and not future.cancelled() and future.exception()]
        if failures:
            raise next((one for one in failures if not isinstance(one, ScribeloopError)), failures[0])
        return work

    def _one(self, slot: int, attempt: int, scenario: Scenario) -> Written | str:
        """The encounter, or a sentence on why there is none."""
        planned = again(scenario, attempt) if attempt else scenario
        steps = Steps(self.client, self.answers, case_name(slot, attempt), planned.seed, self.prompts)
        try:
            found: Written | str = write_encounter(steps, planned, self.run.settings.rounds, self.run.settings.pass_score)
        except NoUsableAnswer as error:
            found = str(error)
        self.progress.finished(paid_now=steps.paid > 0)
        return found


@contextmanager
def _client(run: Run, say: Say, tokens: int | None, usd: float | None) -> Iterator[Client]:
    client = Client(run.endpoint, run.ledger, Budget(run.endpoint, run.ledger.spent(), tokens, usd), say)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process per run: two would pay for the same steps."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock")
    try:
        # A killed process keeps its lock until its last thread has ended.
        lock.acquire(timeout=5)
    except Timeout:
        raise Conflict(f"The run {folder.name!r} is under way in another process; wait for it, or stop it first.") from None
    try:
        yield
    finally:
        lock.release()
