"""What goes into a publication of each kind, and every rule that stands against it, asked before anything is sent."""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from annotations import Refused, Store, transcript_key
from pipeline.dataset_files import TRAIN_FILE, read_dataset
from pipeline.merge import merge_adapter
from pipeline.models import named
from pipeline.reporting import find_report, read_report
from pipeline.workspace import Workspace

from ..browser import site_folder
from ..checking import verify_files
from ..policy import headers
from ..space import build_space, hub_facts
from .cards import browser_card, dataset_card, model_card, space_card
from .ledger import last_publication
from .licences import Licence, conditions, read_licence
from .parcel import Item, Parcel, folder_items, without
from .secrets import find_folders, find_secrets
from .standing import Standing, licence_of, standing_of, taught_with_real_text, unpromoted
from .targets import Target
from .web_servers import caddy, nginx, static_space_headers

Say = Callable[[str], None]
CARD = "README.md"
UNKNOWN = Licence("not known", "other")


def pack(workspace: Workspace, target: Target, id: str, say: Say, token: str | None = None) -> Parcel:
    """The parcel of ``target.kind`` for model (or dataset) ``id``; ``token`` is the user's own, which no file may hold."""
    parcel = _PACKERS[target.kind](workspace, target, id, say)
    problems, notices = list(parcel.problems), list(parcel.notices)
    if found := list(find_secrets(parcel.items, token)):
        problems.append(f"There is a secret in it: {'; '.join(found)}. Take it out, and if it is real, revoke it.")
    if named_in := find_folders(parcel.items, [str(workspace.home)]):
        notices.append(f"The workspace's folder on this machine, {workspace.home}, is named in {', '.join(named_in)}.")
    return dataclasses.replace(parcel, problems=tuple(problems), notices=tuple(notices))


def _browser(workspace: Workspace, target: Target, id: str, say: Say) -> Parcel:
    id = named(workspace, id)
    folder = site_folder(workspace, id)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    verify_files(folder, manifest)
    standing, licence, problems, notices, papers = _of_model(workspace, target, id)
    problems += _unmarked_examples(workspace, json.loads((folder / "examples.json").read_text(encoding="utf-8")))
    words = [path.read_text(encoding="utf-8") for path in (*folder.glob("*.html"), *folder.glob("*.js"))]
    if licence.llama and not any("Built with Llama" in text for text in words):
        problems.append("The licence asks for the words Built with Llama on the page, which has them not; build the site again.")
    sent = headers(manifest)
    card = browser_card(standing, licence, target.name, manifest, static_space_headers(sent))
    listed = ["manifest.json", *(file["path"] for file in manifest["files"])]
    items = [*(Item(path, folder / path) for path in listed if path != CARD), *papers, Item(CARD, card.encode())]
    if target.folder:
        place = str(target.folder)
        items += [Item("server/nginx.conf", nginx(place, sent).encode()), Item("server/Caddyfile", caddy(place, sent).encode())]
    return _parcel("browser", id, items, licence, manifest["build"], problems, notices, "static")


def _space(workspace: Workspace, target: Target, id: str, say: Say) -> Parcel:
    id = named(workspace, id)
    standing, licence, problems, notices, papers = _of_model(workspace, target, id)
    links = {part: _link(workspace, part) for part in ("browser", "model", "dataset")}
    for one in problems:
        # Now, since the notes below may take some minutes to write.
        say(f"This stands against it: {one}")
    folder = build_space(workspace, standing.line.id, say, links, licence.name if licence.llama else None)
    facts = json.loads((folder / "space.json").read_text(encoding="utf-8"))
    problems += _unmarked_examples(workspace, facts["examples"])
    notices += [f"The Space links no {kind} yet; publish it first." for kind, link in links.items() if link is None]
    card = space_card(standing, licence, target.name, facts, hub_facts())
    items = [*without(folder_items(folder), CARD), *papers, Item(CARD, card.encode())]
    return _parcel("space", id, items, licence, _hash(items), problems, notices, "gradio")


def _link(workspace: Workspace, kind: str) -> str | None:
    """Where a part was published last, as far as a browser can follow."""
    last = last_publication(workspace, kind)
    return last["url"] if last and last["repo"] else None


def _model(workspace: Workspace, target: Target, id: str, say: Say) -> Parcel:
    id = named(workspace, id)
    standing, licence, problems, notices, papers = _of_model(workspace, target, id)
    if standing.line.kind != "adapter":
        raise Refused(problems[0])
    merged = merge_adapter(workspace, standing.line, say)
    folder = Path(merged.path)
    facts = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    with workspace.store() as store:
        report = find_report(workspace, store.get_model(standing.line.id)) and read_report(workspace, standing.line.id)
    card = model_card(standing, licence, target.name, report, facts)
    adapter = [
        item
        for item in folder_items(Path(standing.line.path), "adapter/")
        if item.path.endswith((".safetensors", "adapter_config.json"))
    ]
    items = [*without(folder_items(folder), CARD), *adapter, *papers, Item(CARD, card.encode())]
    return _parcel("model", id, items, licence, facts["weights_sha256"], problems, notices)


def _dataset(workspace: Workspace, target: Target, name: str, say: Say) -> Parcel:
    files = read_dataset(workspace, name)
    lines = [json.loads(line) for line in (files.folder / TRAIN_FILE).read_text(encoding="utf-8").split("\n") if line]
    with workspace.store() as store:
        problems = _forbidden_rows(store, lines)
    licence = read_licence(target.licence) if target.licence else None
    if licence is None:
        stated = f"The licence {target.licence!r} is not one that is known here" if target.licence else "No licence was stated"
        problems.append(f"{stated} for the dataset {name!r}; say under which it may be used, such as --licence cc-by-4.0.")
    body = files.folder / CARD
    below = body.read_text(encoding="utf-8").split("---\n", 2)[-1] if body.exists() else None
    card = dataset_card(files.manifest, licence or UNKNOWN, below)
    items = [*without(folder_items(files.folder), CARD), Item(CARD, card.encode())]
    return _parcel("dataset", name, items, licence or UNKNOWN, files.sha256, problems, [])


_PACKERS: dict[str, Callable[[Workspace, Target, str, Say], Parcel]] = {
    "browser": _browser, "space": _space, "model": _model, "dataset": _dataset,
}  # fmt: skip


def _of_model(workspace: Workspace, target: Target, id: str) -> tuple[Standing, Licence, list[str], list[str], list[Item]]:
    """What is known of the model, every reason against publishing it, what to know, and the papers that its licence asks for."""
    standing = standing_of(workspace, id)
    licence, unlicensed = licence_of(standing, target.licence)
    unmet, papers = conditions(licence, target.name, standing.folders()) if licence else ([], [])
    problem, notice = taught_with_real_text(standing, target.public)
    problems = [one for one in (unpromoted(standing), unlicensed, *unmet, problem) if one]
    return standing, licence or UNKNOWN, problems, [notice] if notice else [], papers


def _forbidden_rows(store: Store, lines: Sequence[dict[str, Any]]) -> list[str]:
    """Rows that are real or not marked, by their own word or by the database's, and rows of the test split, by id or by words."""
    held_out = store.held_out_keys()
    real, test = 0, 0
    for line in lines:
        encounter = store.find_encounter(line["encounter_id"])
        real += line.get("synthetic") is not True or (encounter is not None and encounter.real)
        test += transcript_key(line["transcript"]) in held_out or (encounter is not None and encounter.split == "test")
    problems = []
    if real:
        problems.append(f"{real} of {len(lines)} rows are real or not marked as invented; build the dataset without them.")
    if test:
        problems.append(
            f"{test} of {len(lines)} rows are of the test split, which must stay unseen; build the dataset without them."
        )
    return problems


def _unmarked_examples(workspace: Workspace, examples: Sequence[dict[str, Any]]) -> list[str]:
    """Examples that the database does not know as invented, or knows as of the test split."""
    with workspace.store() as store:
        invented = {transcript_key(one.transcript) for one in store.list_encounters() if not one.real and one.split != "test"}
    wrong = [one["title"] for one in examples if transcript_key(one["transcript"]) not in invented]
    if not wrong:
        return []
    return [
        f"{len(wrong)} of {len(examples)} example visits are not known here as invented ({', '.join(wrong)}); build it again."
    ]


def _parcel(
    kind: str, id: str, items: Sequence[Item], licence: Licence, made: str, problems: Sequence[str], notices: Sequence[str],
    space_sdk: str | None = None,
) -> Parcel:  # fmt: skip
    ordered = tuple(sorted(items, key=lambda item: item.path))
    return Parcel(kind, id, ordered, licence.name, made, tuple(problems), tuple(notices), space_sdk)


def _hash(items: Sequence[Item]) -> str:
    """One hash over the files' paths and contents."""
    digest = hashlib.sha256()
    for item in sorted(items, key=lambda item: item.path):
        digest.update(f"{item.path}\n{item.bytes}\n".encode())
        digest.update(hashlib.sha256(item.read()).digest())
    return digest.hexdigest()
