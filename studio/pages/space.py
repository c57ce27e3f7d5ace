"""The Space's one page: what Scribeloop is, an invented visit, two notes that are there at once and can be written again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from annotations import ScribeloopError

from .. import space_words as words
from ..components.at_once import AT_ONCE
from ..components.plain import Fact, PlainText, Said
from ..components.ways import Ways
from ..desks.space import MOST_VISITORS, MOST_WORDS, Frame, SpaceDesk


@dataclass(frozen=True)
class Parts:
    visit: gr.Dropdown
    title: Fact
    transcript: PlainText
    own: gr.Textbox
    write_own: gr.Button
    wipe: gr.Button
    again: gr.Button
    stop: gr.Button
    said: Said
    facts: tuple[Fact, Fact]
    notes: tuple[PlainText, PlainText]

    @property
    def drawn(self) -> list[Any]:
        """What a frame fills."""
        return [*self.notes, *self.facts, self.said]


def page(desk: SpaceDesk) -> None:
    wire(build(desk), desk)


def build(desk: SpaceDesk) -> Parts:
    gr.HTML(_top(), apply_default_css=False)
    with gr.Column(elem_classes="page space"):
        gr.HTML(_head(bool(desk.facts["built_with"])), apply_default_css=False)
        Ways(desk.facts["links"])
        with gr.Row(elem_classes="space-bar"):
            visit = gr.Dropdown(
                _titles(desk),
                value=0,
                label=words.VISIT_CHOICE,
                show_label=False,
                container=False,
                interactive=True,
                filterable=False,
            )
            again = gr.Button(words.AGAIN, variant="primary")
            stop = gr.Button(words.STOP, variant="secondary", interactive=False)
        said = Said()
        with gr.Row(elem_classes="space-desk", equal_height=True):
            with gr.Column(elem_classes="space-side", min_width=280):
                gr.HTML(f"<h2>{words.VISIT}</h2>", apply_default_css=False)
                title = Fact(words.INVENTED)
                transcript = PlainText(desk.visits[0]["transcript"])
            facts, notes = zip(*[_note(desk, side) for side in (0, 1)], strict=True)
        with gr.Accordion(words.OWN, open=False):
            own = gr.Textbox(
                label=words.OWN_LABEL, info=words.OWN_INFO.format(most=MOST_WORDS), placeholder=words.OWN_EXAMPLE, lines=5,
                max_lines=12, max_length=20_000,
            )  # fmt: skip
            with gr.Row(elem_classes="buttons"):
                write_own = gr.Button(words.WRITE_OWN, variant="secondary")
                wipe = gr.Button(words.WIPE, variant="secondary")
        gr.HTML(f'<p class="foot">{words.FOOT}</p>', apply_default_css=False)
    return Parts(visit, title, transcript, own, write_own, wipe, again, stop, said, facts, notes)


def wire(parts: Parts, desk: SpaceDesk) -> None:
    root = gr.context.Context.root_block

    def choose(number: int) -> tuple:
        return desk.visits[number]["transcript"], words.INVENTED, *_drawn(desk.shipped(number))

    def live(number: int, request: gr.Request) -> Iterator[tuple]:
        yield from _written(desk, request.session_hash, desk.visits[number]["transcript"])

    def live_own(text: str, request: gr.Request) -> Iterator[tuple]:
        yield from _written(desk, request.session_hash, text)

    def stop(request: gr.Request) -> None:
        desk.stop(request.session_hash)

    def forget(request: gr.Request) -> None:
        """Gradio keeps what a session was last shown, for links back to it, long after the visitor has left."""
        desk.stop(request.session_hash)
        root.state_holder.session_data.pop(request.session_hash, None)

    def wipe(number: int, request: gr.Request) -> tuple:
        forget(request)
        frame = desk.shipped(number)
        return "", desk.visits[number]["transcript"], words.INVENTED, *_drawn(Frame(frame.texts, frame.facts, words.WIPED))

    running = {"outputs": [*parts.drawn, parts.stop], "show_progress": "hidden", "concurrency_limit": MOST_VISITORS + 4}
    hidden = {"api_visibility": "private"}
    parts.visit.change(choose, parts.visit, [parts.transcript, parts.title, *parts.drawn], **AT_ONCE, **hidden)
    parts.again.click(choose, parts.visit, [parts.transcript, parts.title, *parts.drawn], **AT_ONCE, **hidden).then(
        live, parts.visit, **running, **hidden
    )
    parts.write_own.click(
        lambda text: (text, words.OWN_TITLE), parts.own, [parts.transcript, parts.title], **AT_ONCE, **hidden
    ).then(live_own, parts.own, **running, **hidden)
    parts.stop.click(stop, **AT_ONCE, **hidden)
    parts.wipe.click(wipe, parts.visit, [parts.own, parts.transcript, parts.title, *parts.drawn], **AT_ONCE, **hidden)
    root.unload(forget)


def _written(desk: SpaceDesk, visitor: str, text: str) -> Iterator[tuple]:
    frame = Frame(("", ""), ("", ""), "")
    try:
        for frame in desk.write(visitor, text):
            yield *_drawn(frame), gr.Button(interactive=True)
    except ScribeloopError as error:
        frame = Frame(frame.texts, frame.facts, str(error))
    yield *_drawn(frame), gr.Button(interactive=False)


def _drawn(frame: Frame) -> tuple:
    return *frame.texts, *frame.facts, frame.said


def _note(desk: SpaceDesk, side: int) -> tuple[Fact, PlainText]:
    frame, (kind, name) = desk.shipped(0), desk.names()[side]
    with gr.Column(elem_classes=["space-side", f"note-{side}"], min_width=280):
        gr.HTML(f"<h2>{kind}</h2>", apply_default_css=False)
        Fact(name)
        note_fact = Fact(frame.facts[side])
        note = PlainText(frame.texts[side])
    return note_fact, note


def _titles(desk: SpaceDesk) -> list[tuple[str, int]]:
    return [(visit["title"], number) for number, visit in enumerate(desk.visits)]


def _top() -> str:
    return (
        '<div class="top-bar"><span class="brand">Scribeloop</span><span class="spread"></span><look-switch></look-switch></div>'
    )


def _head(llama: bool) -> str:
    """The words above the visit; they are all our own."""
    steps = "".join(f"<li><strong>{name}</strong> <span>{what}</span></li>" for name, what in words.LOOP)
    built = f'<span class="badge badge-plain">{words.BUILT_WITH}</span>' if llama else ""
    return (
        f'<div class="space-head"><h1>{words.HEADING}</h1><p>{words.LEAD}</p>'
        f'<p class="warning" role="note">{words.WARNING}</p>{built}</div><ol class="loop" aria-label="The loop">{steps}</ol>'
    )
