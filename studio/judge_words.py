"""Every word of the page on the judge, so that a clinician can proofread it in one place. ``{name}`` is filled in when shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class JudgePage:
    title: str = "Judge beside reviewers"
    about: str = (
        "A model has read notes that you have reviewed. What it found is kept apart from every review and counts in no result. "
        "It is shown here only for notes whose first review you have submitted."
    )
    which: str = "Judge"
    nobody: str = "No model has judged notes here yet. Let one with: scribeloop judge run --endpoint NAME"
    waiting: str = "{n} more judged notes are shown when you have submitted your review of them."
    summary: str = (
        "{notes} notes. Of {gold} hallucinations that reviewers marked it found {found}; of the {judged} that it marked, "
        "reviewers had marked {found}."
    )
    nothing: str = "No judged note has a submitted review of yours yet."
    note: str = "Note"
    only_reviewers: str = "Reviewers only"
    only_judge: str = "Judge only"
    both: str = "Both"
    ratings: str = "Ratings apart"
    open: str = "Look"
    by: str = "Found by"
    mark: str = "Mark"
    words: str = "Words"
    why: str = "Comment"
    missing: str = "missing from the note"
    no_marks: str = "Nobody marked anything in this note."
    marks_of: str = "Where they differ: {title}, {model}"
    answer: str = "Take the judge's marks over or turn them down, one by one, under Suggestions in your review of this visit."
    review: str = "Open the review"


BY = {"reviewers": "reviewers", "judge": "judge", "both": "both"}
TONES = {"reviewers": "warn", "judge": "bad", "both": "good"}
JUDGE_PAGE = JudgePage()
