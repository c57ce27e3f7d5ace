"""One reading of one note by a judge: facts listed and checked, errors found, the note rated; every quote found or dropped."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotations import Encounter, JudgedRating, LabelSet, Omission, Output, Span
from pipeline.endpoints import (
    AnswerFiles,
    Client,
    Gatherer,
    NoUsableAnswer,
    Prompt,
    Request,
    ask_object,
    load_prompt,
    paid_once,
)  # fmt: skip

from .quotes import locate
from .shapes import COMPARISON, checks_shape, errors_shape, facts_shape, label_words, ratings_shape

PROMPTS = Path(__file__).with_name("prompts")
NAMES = ("facts", "check-facts", "errors", "ratings", "compare")
TRIES = 3
# The longest answers in tokens, and how many facts are checked in one question: models lose count of longer lists.
LONGEST = {"facts": 4096, "check-facts": 2048, "errors": 2048, "ratings": 1536, "compare": 256}
AT_ONCE = 20

Complain = Callable[[dict[str, Any]], str | None]


def prompts() -> dict[str, Prompt]:
    return {name: load_prompt(PROMPTS, name) for name in NAMES}


@dataclass
class Reading:
    """Asks one judge about one encounter. ``sample`` counts independent readings; ``dropped`` counts what could not be found."""

    client: Client | Gatherer
    answers: AnswerFiles
    labels: LabelSet
    prompts: dict[str, Prompt]
    encounter: Encounter
    sample: int = 0
    temperature: float = 0.0
    dropped: int = field(default=0)

    def facts(self) -> list[dict[str, Any]]:
        """The facts of the transcript with their places, the same for every note of the encounter."""
        words = label_words(self.labels)
        values = {
            "transcript": self.encounter.transcript, "labels": words["omissions"], "sections": words["sections"],
            "severities": words["severities"],
        }  # fmt: skip
        found = self._ask("facts", values, facts_shape(self.labels), self._quotes("facts", "quote", self.encounter.transcript))
        return self._placed(found["facts"], "quote", self.encounter.transcript)

    def lacking(self, output: Output) -> tuple[tuple[Omission, ...], int]:
        """What the note lacks, and how many facts were looked for: first the transcript's facts are listed, then each is looked
        for by itself, since a model sees what is there better than what is not."""
        facts = self.facts()
        return self._omissions(output, facts), len(facts)

    def _omissions(self, output: Output, facts: list[dict[str, Any]]) -> tuple[Omission, ...]:
        missing: list[dict[str, Any]] = []
        for at in range(0, len(facts), AT_ONCE):
            some = facts[at : at + AT_ONCE]
            listed = "\n".join(f"{number}. {one['fact']}" for number, one in enumerate(some, 1))
            shape = checks_shape(len(some))
            found = self._ask("check-facts", {"note": output.text, "facts": listed}, shape, self._checks(len(some), output.text))
            states = {check["number"]: check for check in reversed(found["checks"])}
            missing += [one for number, one in enumerate(some, 1) if states.get(number, {}).get("state") == "absent"]
            self.dropped += sum(not self._borne_out(states.get(number), output.text) for number in range(1, len(some) + 1))
        return tuple(
            Omission(
                output.id, *one["place"], self._words(self.encounter.transcript, one), one["label"], one["severity"],
                one["section"], one["important_negative"], one["fact"],
            )
            for one in missing
        )  # fmt: skip

    def errors(self, output: Output) -> tuple[Span, ...]:
        words = label_words(self.labels)
        values = {
            "transcript": self.encounter.transcript, "note": output.text, "labels": words["errors"],
            "severities": words["severities"], "no_errors": words["no_errors"],
        }  # fmt: skip
        found = self._ask("errors", values, errors_shape(self.labels), self._error_quotes(output.text))
        return tuple(self._span(output, one) for one in self._placed(found["errors"], "quote", output.text))

    def ratings(self, output: Output) -> tuple[JudgedRating, ...]:
        texts = {"note": output.text, "transcript": self.encounter.transcript}
        values = texts | {"dimensions": label_words(self.labels)["dimensions"]}

        def complain(found: dict[str, Any]) -> str | None:
            lost = [one["quote"] for one in found.values() if not any(locate(text, one["quote"]) for text in texts.values())]
            return f"the quote {lost[0]!r:.80} is neither in the note nor in the transcript; copy words exactly" if lost else None

        found = self._ask("ratings", values, ratings_shape(self.labels), complain)
        return tuple(self._rating(name, one, texts) for name, one in found.items())

    def better(self, a: Output, b: Output) -> str:
        """The id of the better output, ``tie`` or ``neither``."""
        values = {"transcript": self.encounter.transcript, "a": a.text, "b": b.text}
        said = self._ask("compare", values, COMPARISON, lambda _: None)["better"]
        return {"A": a.id, "B": b.id}.get(said, said)

    # Asking

    def _ask(self, name: str, values: dict[str, str], shape: dict[str, Any], complain: Complain) -> dict[str, Any]:
        messages = tuple(self.prompts[name].messages(values))
        purpose = f"{self.encounter.id}/{name}-{self.sample}"
        request = Request(messages, purpose, LONGEST[name], self.temperature, self.sample + 1, shape)
        tried = 0

        def patient(found: dict[str, Any]) -> str | None:
            # Quotes are asked for again, and in the end what cannot be found is dropped and the rest counts.
            nonlocal tried
            tried += 1
            return complain(found) if tried < TRIES else None

        ask = lambda: ask_object(self.client, request, patient, TRIES)  # noqa: E731
        kept, _ = paid_once(self.client, self.answers, request, self.prompts[name], ask)
        if kept["failed"]:
            raise NoUsableAnswer(kept["failed"], [])
        return kept["value"]

    # Quotes

    def _quotes(self, what: str, name: str, text: str) -> Complain:
        def complain(found: dict[str, Any]) -> str | None:
            lost = next((one[name] for one in found[what] if not locate(text, one[name])), None)
            return None if lost is None else f"the {name} {lost!r:.80} is not in the text; copy the words exactly"

        return complain

    def _error_quotes(self, note: str) -> Complain:
        in_note = self._quotes("errors", "quote", note)

        def complain(found: dict[str, Any]) -> str | None:
            odd = next((one for one in found["errors"] if self._severity(one) is False), None)
            if odd:
                return f"the label {odd['label']} has the severity {odd['severity']!r}, which does not fit it"
            lost = [
                one["evidence"] for one in found["errors"]
                if one["evidence"].strip() and not locate(self.encounter.transcript, one["evidence"])
            ]  # fmt: skip
            why = f"the evidence {lost[0]!r:.80} is not in the transcript; copy words exactly" if lost else None
            return in_note(found) or why

        return complain

    def _checks(self, count: int, note: str) -> Complain:
        def complain(found: dict[str, Any]) -> str | None:
            if [check["number"] for check in found["checks"]] != list(range(1, count + 1)):
                return f"expected one answer for each number from 1 to {count}, in their order"
            quoted = [check for check in found["checks"] if check["state"] != "absent"]
            lost = next((check["quote"] for check in quoted if not locate(note, check["quote"])), None)
            return None if lost is None else f"the quote {lost!r:.80} is not in the note; copy words exactly, or say absent"

        return complain

    def _borne_out(self, check: dict[str, Any] | None, note: str) -> bool:
        """Whether a fact was answered for, and the note does say what is quoted from it."""
        return check is not None and (check["state"] == "absent" or locate(note, check["quote"]) is not None)

    def _placed(self, found: list[dict[str, Any]], name: str, text: str) -> list[dict[str, Any]]:
        """Those whose quote is in the text, each with its ``place``; the others are dropped and counted."""
        placed = [one | {"place": place} for one in found if (place := locate(text, one[name]))]
        self.dropped += len(found) - len(placed)
        return placed

    def _severity(self, one: dict[str, Any]) -> str | None | bool:
        """What to store for an error's severity; False where label and severity do not fit."""
        severity = None if one["severity"] == "none" else one["severity"]
        return severity if self.labels.needs_severity(one["label"]) == (severity is not None) else False

    def _span(self, output: Output, one: dict[str, Any]) -> Span:
        severity = self._severity(one)
        if severity is False:
            severity = "minor" if self.labels.needs_severity(one["label"]) else None
        evidence = locate(self.encounter.transcript, one["evidence"]) if one["evidence"].strip() else None
        quoted = (*evidence, self.encounter.transcript[slice(*evidence)]) if evidence else (None, None, None)
        return Span(output.id, *one["place"], self._words(output.text, one), one["label"], severity, one["why"], *quoted)

    def _rating(self, name: str, one: dict[str, Any], texts: dict[str, str]) -> JudgedRating:
        for where, text in texts.items():
            if place := locate(text, one["quote"]):
                return JudgedRating(name, one["value"], where, *place, text[slice(*place)])
        self.dropped += 1
        return JudgedRating(name, one["value"])

    def _words(self, text: str, one: dict[str, Any]) -> str:
        return text[slice(*one["place"])]
