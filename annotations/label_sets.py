"""The label sets under which marks were made, kept with them: a study may change its labels and still read old marks."""

from .labels import LabelSet, load_labels
from .rows import from_row, to_row
from .store import Store
from .values import Omission, Span


class LabelSets:
    """``current`` is the set that new marks are made under."""

    def __init__(self, store: Store, current: LabelSet) -> None:
        self.store = store
        self.current = current

    def keep(self) -> None:
        """See that the current set is stored; call it inside the act that uses it."""
        self.store.db["label_sets"].insert(to_row(self.current), ignore=True)

    def find(self, version: str) -> LabelSet | None:
        """The set of this version: the current one, a stored one or the shipped one; None when it is none of them."""
        if version == self.current.version:
            return self.current
        row = next(self.store.db["label_sets"].rows_where("version = ?", [version]), None)
        if row:
            return from_row(LabelSet, row)
        shipped = load_labels()
        return shipped if version == shipped.version else None

    def for_mark(self, mark: Span | Omission) -> LabelSet:
        """The set that a mark is to be checked against: the current one if it has the label, else the one it was made under."""
        kind = "errors" if isinstance(mark, Span) else "omissions"
        if mark.label in getattr(self.current, kind):
            return self.current
        made_under = self.find(mark.label_set)
        return made_under if made_under and mark.label in getattr(made_under, kind) else self.current
