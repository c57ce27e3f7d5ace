"""The queue against a plain reading of the same rows: order, search, filters, pages, counts, and the walk along it."""

import random

import pytest

from annotations import Encounter, Model, Output, Queue, Reviews
from annotations.queue import STATUSES

TITLES = ("Müde seit Mai", "Straße, gestürzt", "ΣΊΣΥΦΟΣ", "Ütz 100 %_", None)
SPECIALTIES = ("endocrinology", "Kardiologie", None)


@pytest.fixture
def store(workspace):
    with workspace.store() as store:
        yield store


@pytest.fixture
def visits(store):
    """Sixty encounters in every state for two reviewers, thrown by a seeded hand."""
    dice = random.Random(3)
    store.add_user("ann", "Ann")
    for model in ("one", "two"):
        store.ensure_model(Model(model, model.title(), "base", model, model * 20))
    visits = [_visit(number, dice) for number in range(60)]
    store.add_encounters(visits)
    reviews = Reviews(store)
    for visit in visits:
        ids = [_note(store, visit, model, dice.choice(["stop", "length"])).id for model in ("one", "two")[: dice.randint(0, 2)]]
        _note(store, visit, "two", "cancelled")
        for reviewer in ("local", "ann"):
            if ids and dice.random() < 0.5:
                _review(reviews, visit, reviewer, ids, dice.choice(["draft", "submitted", "reopened"]))
    return visits


def _visit(number: int, dice: random.Random) -> Encounter:
    meta = dice.choice([{}, {"fresh": True}, {"fresh": False, "hard": ["negation"]}])
    split, title = dice.choice(["train", "dev", "test"]), dice.choice(TITLES)
    return Encounter("invented", f"Case-{number}", f"Words {number}.", split, None, dice.choice(SPECIALTIES), True, title, meta)


def _note(store, visit: Encounter, model: str, finish: str) -> Output:
    return store.add_output(Output(visit.id, model, f"Note of {model}.", "test", "p", {}, 1.0, 1, 1, finish))


def _review(reviews: Reviews, visit: Encounter, reviewer: str, output_ids: list[str], until: str) -> None:
    review = reviews.open(visit.id, reviewer, output_ids)
    if until != "draft":
        reviews.submit(review.id)
    if until == "reopened":
        reviews.reopen(review.id)


def expected(store, split=None, specialty=None, search="", reviewer="local") -> list[tuple[str, str]]:
    """Id and status in the queue's order, by reading everything."""
    mine = {review.encounter_id: review for review in Reviews(store).list_reviews(reviewer)}
    found = []
    for visit in store.list_encounters(split=split, specialty=specialty):
        models = {output.model_id for output in store.list_outputs(visit.id) if output.finish_reason != "cancelled"}
        if visit.id in mine:
            rank = 0 if mine[visit.id].status == "draft" else 4
        elif len(models) >= 2:
            rank = 1
        else:
            rank = 2 if visit.meta.get("fresh") or visit.split == "dev" else 3
        text = f"{visit.title or ''} {visit.external_id} {visit.specialty or ''}".casefold()
        if all(word in text for word in search.casefold().split()):
            found.append((rank, visit.id))
    return [(id, STATUSES[rank]) for rank, id in sorted(found, key=lambda row: row[0])]


def shown(page) -> list[tuple[str, str]]:
    return [(entry.encounter.id, entry.status) for entry in page.entries]


@pytest.mark.parametrize(
    "asked",
    [
        {}, {"split": "dev"}, {"specialty": "Kardiologie"}, {"search": "MÜDE"}, {"search": "strasse"}, {"search": "%_"},
        {"search": "σίσυφος case-1"}, {"search": " kardio  CASE-2 "}, {"search": "nowhere"}, {"search": "müde", "split": "train"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("reviewer", ["local", "ann"])
def test_it_shows_what_a_plain_reading_finds(store, visits, asked, reviewer):
    wanted = expected(store, reviewer=reviewer, **asked)
    page = Queue(store, reviewer).page(1000, **asked)
    assert shown(page) == wanted
    assert page.total == len(wanted)
    assert page.counts == {status: [other for _, other in wanted].count(status) for status in dict.fromkeys(STATUSES)}
    assert search_is_met_at_all(asked, wanted)


def search_is_met_at_all(asked: dict, wanted: list) -> bool:
    """Only the search for nothing may come back empty: a test of empty lists would prove little."""
    return bool(wanted) != (asked.get("search") == "nowhere")


def test_pages_join_into_the_whole(store, visits):
    queue, whole = Queue(store, "local"), expected(store)
    pages = [queue.page(7, offset) for offset in range(0, len(visits) + 7, 7)]
    assert [row for page in pages for row in shown(page)] == whole
    assert {(page.total, *page.counts.items()) for page in pages} == {(len(visits), *pages[0].counts.items())}


@pytest.mark.parametrize("status", dict.fromkeys(STATUSES))
def test_one_status_alone(store, visits, status):
    page = Queue(store, "local").page(1000, status=status)
    assert shown(page) == [row for row in expected(store) if row[1] == status]
    assert page.counts == Queue(store, "local").page(1).counts and page.total == page.counts[status] > 0


def test_an_entry_is_the_whole_encounter(store, visits):
    by_id = {visit.id: visit for visit in visits}
    assert all(entry.encounter == by_id[entry.encounter.id] for entry in Queue(store, "local").page(1000).entries)


def test_progress_counts_what_was_ever_submitted(store, visits):
    ever = {review.encounter_id for review in Reviews(store).list_reviews("local", status="submitted")}
    assert Queue(store, "local").progress() == (len(ever), 60)
    # Reopened ones are in progress again, and count all the same.
    assert len(ever) > Queue(store, "local").page(1).counts["reviewed"]


def test_specialties_are_those_of_the_encounters(store, visits):
    assert store.specialties() == sorted({visit.specialty for visit in visits if visit.specialty})


def test_the_walk_visits_all_that_waits_once_and_back(store, visits):
    queue = Queue(store, "local")
    standing = dict(expected(store))
    waiting = [visit.id for visit in visits if standing[visit.id] in ("in progress", "to review")]
    assert 5 < len(waiting) < len(visits)
    walked = [waiting[0]]
    while (following := queue.next_to_review(walked[-1])) != waiting[0]:
        walked.append(following)
    assert walked == waiting
    assert [queue.previous_to_review(id) for id in waiting] == [waiting[-1], *waiting[:-1]]


def test_opening_an_encounter_does_not_change_the_way(store, visits):
    queue, reviews = Queue(store, "local"), Reviews(store)
    here = queue.page(1, status="to review").entries[0].encounter.id
    before, after = queue.previous_to_review(here), queue.next_to_review(here)
    finished = [output.id for output in store.list_outputs(here) if output.finish_reason != "cancelled"]
    review = reviews.open(here, "local", finished)
    assert (queue.previous_to_review(here), queue.next_to_review(here)) == (before, after)
    reviews.submit(review.id)
    assert (queue.previous_to_review(here), queue.next_to_review(here)) == (before, after)


def test_nothing_follows_the_only_one(store):
    visit = Encounter("invented", "alone", "Words.", "train")
    store.add_encounters([visit])
    queue = Queue(store, "local")
    assert queue.next_to_review(visit.id) is None and queue.previous_to_review(visit.id) is None
    assert queue.next_to_review("enc-nowhere") is None
