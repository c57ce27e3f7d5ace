"""A visit at the upper end of what is reviewed: 5,000 words of transcript, and a review of it with 200 marks."""

from annotations import Encounter, Model, Omission, Output, Reviews, Span, Store

SENTENCE = "We talked about the left knee and the tablets in May."
TRANSCRIPT = "\n".join(f"{('Doctor', 'Patient')[turn % 2]}: {turn} {SENTENCE}" for turn in range(400))
NOTE = "\n".join(f"{line} {SENTENCE}" for line in range(60))


def large_review(store: Store) -> Encounter:
    """The stored visit; the local reviewer has begun it: in each of two notes 50 errors with evidence and 50 omissions."""
    visit = Encounter("invented", "large", TRANSCRIPT, "train", synthetic=True)
    store.add_encounters([visit])
    store.ensure_model(Model("wombat", "W", "base", "wombat", "b" * 64))
    store.ensure_model(Model("quokka", "Q", "adapter", "quokka", "a" * 64, base_id="wombat", base_sha256="b" * 64))
    outputs = [store.add_output(Output(visit.id, m, NOTE, "e", "p" * 64, {}, 1, 5, 4, "stop")) for m in ("wombat", "quokka")]
    reviews = Reviews(store)
    review = reviews.open(visit.id, "local", [output.id for output in outputs])
    evidence = _places(TRANSCRIPT, 100, 200)
    for output in outputs:
        for (start, end, quote), (begin, stop, words) in zip(_places(NOTE, 50, 60), evidence, strict=False):
            reviews.put_span(review.id, Span(output.id, start, end, quote, "fabrication", "minor", "", begin, stop, words))
        for start, end, quote in _places(TRANSCRIPT, 50, 400):
            reviews.put_omission(review.id, Omission(output.id, start, end, quote, "plan", "major"))
    return visit


def _places(text: str, number: int, step: int) -> list[tuple[int, int, str]]:
    starts = [text.index("\n", step * at) + 1 for at in range(number)]
    return [(start, start + 30 + at % 40, text[start : start + 30 + at % 40]) for at, start in enumerate(starts)]
