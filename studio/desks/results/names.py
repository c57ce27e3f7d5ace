"""What the ids in the results are called."""

from dataclasses import dataclass

from annotations import ANY, IMPORTANT_NEGATIVE, Figures, LabelSet, LabelSets, Store

from ...results_words import CHOOSING, PLOTS


@dataclass(frozen=True)
class Names:
    """By id: ``models``, ``reviewers``, and ``titles`` of labels, sections, dimensions. An id that nobody knows names itself."""

    labels: LabelSet
    models: dict[str, str]
    reviewers: dict[str, str]
    titles: dict[str, str]

    @classmethod
    def of(cls, store: Store, labels: LabelSet, figures: Figures) -> "Names":
        """The names that these figures need; two models of one name are told apart by their ids."""
        known = {model.id: model.name for model in store.list_models() if model.id in figures.models}
        often = list(known.values())
        models = {id: f"{name} ({id})" if often.count(name) > 1 else name for id, name in known.items()}
        titles = {}
        for label_set in [*LabelSets(store, labels).stored(), labels]:
            for kind in ("error", "omission", "section", "dimension"):
                titles |= {entry["id"]: entry["title"] for entry in label_set.data[kind]}
        titles[IMPORTANT_NEGATIVE] = PLOTS.important_negative
        return cls(labels, models, {user.id: user.name for user in store.list_users()}, titles)

    def model(self, id: str) -> str:
        return self.models.get(id, id)

    def pair(self, first: str, second: str) -> str:
        return CHOOSING.against.format(first=self.model(first), second=self.model(second))

    def title(self, id: str) -> str:
        return self.titles.get(id, id)

    def section(self, id: str) -> str:
        return self.title(id) if id else PLOTS.no_section

    def specialty(self, id: str) -> str:
        return id.capitalize() if id and id != ANY else CHOOSING.not_said
