"""Scanned blocks → the blocks their author meant: recognises lead-ins, notes, questions and subheadings in bold."""

from __future__ import annotations

import re
from dataclasses import replace

from leaflets.model.edition import Audience
from leaflets.model.monograph import (
    Block,
    Box,
    BoxKind,
    Item,
    Items,
    Paragraph,
    Question,
    Questions,
    Quote,
    Subheading,
    Text,
    TextRun,
    plain,
)
from leaflets.parse.inline import strip

_NOTE = re.compile(
    r"^(?:(?:very )?important|please|general|safety|clinical)?\s*"
    r"(?:note|notes|warning|caution|important|reminder|important reminder)$",
    re.IGNORECASE,
)
_NOTE_PHRASE = re.compile(
    r"^important (?:note|considerations?|information|points?|safety information)\b", re.IGNORECASE
)
# The same in our other languages; none of these words means another thing in English.
_NOTES = frozenset(
    """
    nota|nota importante|notas|importante|aviso|aviso importante|advertencia|atención|precaución|recordatorio
    |ملاحظة|ملاحظة مهمة|ملاحظة هامة|ملاحظات|مهم|هام|تنبيه|تنبيه مهم|تحذير|تذكير
    |lưu ý|lưu ý quan trọng|quan trọng|chú ý|ghi chú|cảnh báo|thận trọng|nhắc nhở
    |注意|注|备注|重要|重要提示|重要提醒|提示|提醒|警告|请注意|特别注意
""".replace("\n    ", "")
    .strip()
    .split("|")
)
_ASKS = re.compile(r"^\s*(?:Q\s*\d*\s*[:：.)]\s*)?.*[?؟？]\s*$", re.IGNORECASE | re.DOTALL)
_MARKED_QUESTION = re.compile(r"Q\s*\d{0,3}\s*[:：.)]\s*[^?؟？]{3,300}[?؟？]", re.IGNORECASE)
_FIRST_QUESTION = re.compile(r"[^?؟？.!:。！：]{3,200}(?:[?؟](?=\s)|？)")
_MAX_SUBHEADING = 90


def recognise(blocks: tuple[Block, ...], *, questions: bool = False) -> tuple[Block, ...]:
    """The same words in the same order, in the blocks their author meant. `questions`: the section consists of them."""
    recognised = tuple(_recognise_block(block, questions=questions) for block in blocks)
    return _gather_questions(recognised) if questions else recognised


def _recognise_block(block: Block, *, questions: bool) -> Block:
    match block:
        case Paragraph():
            return _paragraph(block)
        case Items():
            return _items(block, questions=questions)
        case Box():
            return replace(block, blocks=recognise(block.blocks))
        case Quote():
            return replace(block, blocks=recognise(block.blocks))
        case _:
            return block


def _paragraph(block: Paragraph) -> Block:
    lead, rest = split_lead(block.text)
    if not lead:
        return _lone_bold(block)
    words = plain(lead).strip(" :：")
    if rest and (_NOTE.match(words) or _NOTE_PHRASE.match(words) or words.casefold() in _NOTES):
        return Box(block.line, BoxKind.NOTE, lead, (replace(block, text=rest),), block.audience)
    if not rest:
        return _lone_bold(block)
    return replace(block, text=rest, lead=lead)


def _lone_bold(block: Paragraph) -> Block:
    if block.icon:
        return block
    words = plain(block.text)
    bold = all(run.bold or not run.text.strip(" :：") for run in block.text)
    if bold and len(words) <= _MAX_SUBHEADING and not words.rstrip().endswith((".", "!", "。", "！")):
        return Subheading(block.line, _faceless(block.text), 1, block.audience)
    return block


def _faceless(text: Text) -> Text:
    return strip(tuple(replace(run, bold=False) for run in text))


def split_lead(text: Text) -> tuple[Text, Text]:
    """A bold lead-in that ends in a colon (inside or just after the bold), and the rest; the lead may be empty."""
    bold = 0
    while bold < len(text) and text[bold].bold and not text[bold].mark:
        bold += 1
    if not bold:
        return (), text
    lead, rest = text[:bold], text[bold:]
    if plain(lead).rstrip().endswith((":", "：", "?", "؟", "？")):
        return strip(lead), strip(rest)
    following = rest[0].text.lstrip() if rest else ""
    if following.startswith((":", "：")):
        after = replace(rest[0], text=following[1:])
        whole = replace(lead[-1], text=f"{lead[-1].text.rstrip()}{following[0]}")
        return strip((*lead[:-1], whole)), strip((after, *rest[1:]))
    return (), text


def _items(block: Items, *, questions: bool) -> Block:
    asked = [question for item in block.items if (question := _question_of(item, questions=questions))]
    if asked and len(asked) == len(block.items) and (questions or len(asked) > 1):
        return Questions(block.line, tuple(asked), block.audience)
    return replace(block, items=tuple(_item(item) for item in block.items))


def _item(item: Item) -> Item:
    recognised = recognise(item.blocks)
    # Inside a list a note is one item among others, and a lone bold line is its text, not a heading.
    return replace(
        item, blocks=tuple(_within_item(before, after) for before, after in zip(item.blocks, recognised, strict=True))
    )


def _within_item(before: Block, after: Block) -> Block:
    if not isinstance(before, Paragraph) or isinstance(after, Paragraph):
        return after
    lead, rest = split_lead(before.text)
    return replace(before, text=rest, lead=lead) if lead and rest else before


def _question_of(item: Item, *, questions: bool) -> Question | None:
    if not item.blocks or not isinstance(item.blocks[0], Paragraph) or item.blocks[0].icon:
        return None
    first, others = item.blocks[0], item.blocks[1:]
    question, answer = _split_question(first.text, questions=questions)
    if not question:
        return None
    head: tuple[Block, ...] = (replace(first, text=answer),) if answer else ()
    return Question(item.line, question, recognise(head + _unlisted(others)))


def _split_question(text: Text, *, questions: bool = False) -> tuple[Text, Text]:
    """A question at the head of a text, and what follows it; in a list of `questions` it needs no mark of its own."""
    bold = 0
    while bold < len(text) and text[bold].bold and not text[bold].mark:
        bold += 1
    if bold and _ASKS.match(plain(text[:bold]).rstrip(" :：")):
        return strip(text[:bold]), strip(text[bold:])
    whole = plain(text)
    if match := _MARKED_QUESTION.match(whole) or (_FIRST_QUESTION.match(whole) if questions else None):
        question, answer = _cut(text, match.end())
        return strip(question), strip(answer)
    if len(text) == 1 and _ASKS.match(whole) and sum(map(whole.count, "?؟？")) == 1 and len(whole) < 200:
        return text, ()
    return (), text


def _cut(text: Text, position: int) -> tuple[Text, Text]:
    """The runs before and from a position among the characters of a text."""
    before: list[TextRun] = []
    after: list[TextRun] = []
    for run in text:
        left, right = run.text[:position], run.text[position:]
        before += [replace(run, text=left)] if left or (run.mark and position > 0) else []
        after += [replace(run, text=right)] if right or (run.mark and position <= 0) else []
        position = max(0, position - len(run.text))
    return tuple(before), tuple(after)


def _unlisted(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """An answer that is a list of one item is no list."""
    if len(blocks) == 1 and isinstance(blocks[0], Items) and len(blocks[0].items) == 1:
        return blocks[0].items[0].blocks
    return blocks


def _gather_questions(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Question paragraphs gathered with what follows them for the same reader, up to the next question."""
    gathered: list[Block] = []
    open_question: Question | None = None
    audience: Audience | None = None
    for block in blocks:
        question = _question_in(block)
        if question:
            gathered += _as_block(open_question, audience)
            open_question, audience = question, block.audience
        elif open_question and audience is block.audience and not isinstance(block, (Questions, Subheading, Box)):
            open_question = replace(open_question, answer=(*open_question.answer, block))
        else:
            gathered += [*_as_block(open_question, audience), block]
            open_question = None
    return _merge_questions([*gathered, *_as_block(open_question, audience)])


def _question_in(block: Block) -> Question | None:
    if isinstance(block, Subheading) and plain(block.text).rstrip(" :：").endswith(("?", "؟", "？")):
        return Question(block.line, tuple(replace(run, bold=True) for run in block.text), ())
    if not isinstance(block, Paragraph) or block.icon:
        return None
    question, answer = _split_question((*block.lead, TextRun(" "), *block.text) if block.lead else block.text)
    if not question or not (question[0].bold or answer):
        return None
    return Question(block.line, question, (Paragraph(block.line, answer),) if answer else ())


def _as_block(question: Question | None, audience: Audience | None) -> list[Block]:
    return [Questions(question.line, (question,), audience)] if question else []


def _merge_questions(blocks: list[Block]) -> tuple[Block, ...]:
    joined: list[Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        if isinstance(block, Questions) and isinstance(last, Questions) and last.audience == block.audience:
            joined[-1] = replace(last, questions=last.questions + block.questions)
        else:
            joined.append(block)
    return tuple(joined)
