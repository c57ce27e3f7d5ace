"""The talk as it grows: turns of doctor, patient and companion, and what a patient's way of talking adds to them."""

import random
import re

from .casebook import talk
from .facts import Fact, chosen
from .marks import closed, opened, without_marks
from .visit import Visit
from .voices import Voice, capital, hesitant, small, stumbling

# How often a style shows, as a share of the patient's longer answers, and at most how many times in a visit.
_OFTEN, _MOST = 0.3, 5
_FIGURE = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b")
_REPLIES = {"anxious": ("worry", "reassure"), "talkative": ("tangent", "steer"), "downplaying": ("downplay", "downplay_answer")}


class Conversation:
    """Turns of one visit. A line said by whoever spoke last is added to the turn, so that nobody answers twice in a row."""

    def __init__(self, visit: Visit, dice: random.Random):
        self.visit, self.dice = visit, dice
        self.voice = Voice(visit.values, dice.choice((0.0, 0.15, 0.5, 0.85, 1.0)), dice)
        self.style, self.disfluency = visit.scenario.style, visit.scenario.disfluency
        self.turns: list[list[str]] = []
        self._used: set[str] = set()
        self._shown = 0
        self._before = ""

    def text(self) -> str:
        """The transcript with its marks."""
        return "\n".join(f"{speaker}: {said}" for speaker, said in self.turns)

    def doctor(self, text: str) -> None:
        """The doctor speaks, after whatever the patient's last words call for."""
        if self._before:
            text, self._before = f"{self._before} {text}", ""
        self._say("Doctor", stumbling(text, 0.06 if self.disfluency == "heavy" else 0.0, self.dice))

    def patient(self, text: str, short: bool = False) -> None:
        """The patient speaks; a longer answer may show how this patient talks."""
        text = hesitant(text, self.disfluency, self.dice)
        # On the telephone nobody has introduced the companion yet, who must be heard once.
        unheard = self.visit.companion and self.visit.telephone and not self._shown
        if short or self._shown >= _MOST or (self.dice.random() > _OFTEN and not unheard):
            self._say("Patient", text)
            return
        self._in_style(text)

    def other(self, speaker: str, text: str) -> None:
        self._say(speaker, text)

    def ask(self, text: str) -> None:
        """The doctor asks; who hears badly may have it said again."""
        self.doctor(text)
        if self.style == "hard of hearing" and self._shown < 3 and self.dice.random() < 0.22:
            self._shown += 1
            self.patient(self.phrase("mishear"), short=True)
            again = without_marks(text)
            self.doctor(self.phrase("repeat", again=again if self.dice.random() < 0.5 else again.rstrip("?.") + "?"))

    def question(self, fact: Fact) -> None:
        """A question and its answer; where the answer has no brackets of its own, the fact's place is both."""
        asked, ways = self.voice.plain(fact.asks), self.ways(fact)
        if any("[" in way for way in ways):
            self.ask(asked)
            self.patient(self.voice.fact(fact.id, ways, patient=True))
        else:
            self.ask(opened(fact.id) + asked)
            self.patient(self.voice.plain(ways, patient=True) + closed(fact.id), short=True)
        if fact.replies:
            self._say("Patient", self.voice.line(self.dice.choice(fact.replies)))
            self._before = self.phrase("later")

    def ways(self, fact: Fact) -> tuple[str, ...]:
        """The ways to say a fact; who says little takes the shortest."""
        if self.style == "terse" and self.dice.random() < 0.8:
            return (min(fact.says, key=len),)
        return fact.says

    def acknowledge(self, chance: float = 0.3) -> None:
        """A word of the doctor's before the next question, now and then."""
        if not self._before and self.dice.random() < chance:
            self._before = self.phrase("ack")

    def phrase(self, pool: str, **more: str) -> str:
        """One of a pool's lines, not said before while there are others."""
        lines = talk()[pool]
        fresh = [line for line in lines if line not in self._used] or lines
        line = self.dice.choice(fresh)
        self._used.add(line)
        return self.voice.line(line, **more)

    def exchange(self, pool: str) -> None:
        """A short exchange that has nothing to do with the visit; what the doctor was about to say is forgotten over it."""
        self._before = ""
        for line in self.dice.choice(talk()[pool]).split(" || "):
            who, _, said = line.partition(": ")
            speaker = {"D": "Doctor", "P": "Patient", "O": "Receptionist"}[who]
            self._say(speaker, capital(chosen(said, self.dice)))

    def aside(self, name: str) -> None:
        """A question of the doctor's that is about the person, not the illness, and its answer."""
        self.doctor(self.phrase(f"{name}_ask"))
        self.patient(self.phrase(name), short=True)
        self._before = self.phrase(f"{name}_answer")

    def joined(self, texts: list[str]) -> str:
        """Several sentences of one speaker as one breath."""
        first, *rest = texts
        for text in rest:
            link = self.dice.choice(("", "And ", "Also, ", "Oh, and "))
            first += " " + (link + small(text) if link else text)
        return first

    def _say(self, speaker: str, text: str) -> None:
        if self.turns and self.turns[-1][0] == speaker:
            self.turns[-1][1] += " " + text
        else:
            self.turns.append([speaker, text])

    def _in_style(self, text: str) -> None:
        self._shown += 1
        if self.style in _REPLIES:
            added, answer = _REPLIES[self.style]
            self._say("Patient", f"{text} {self.phrase(added)}")
            self._before = self.phrase(answer)
        elif self.style == "precise" and _FIGURE.search(without_marks(text)):
            self._say("Patient", f"{self.phrase('precise')} {text}")
        elif self.style == "accompanied" and self.visit.companion:
            self._say("Patient", text)
            added = self.phrase("companion")
            self._say(self.visit.companion, added)
            if added.endswith("?"):
                self._before = self.phrase("reassure")
            elif self.dice.random() < 0.6:
                self._say("Patient", self.phrase("companion_reply"))
        else:
            self._shown -= 1
            self._say("Patient", text)
