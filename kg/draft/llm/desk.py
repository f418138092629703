"""Where proposals are examined, and added to copies of the draft's records."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from kg.draft.assemble import ORDER, Draft
from kg.draft.emit import to_yaml
from kg.draft.llm.ground import ground_terms
from kg.draft.llm.prompt import Part
from kg.draft.llm.proof import listed, not_denied, prove
from kg.draft.llm.rules import LINKS, OURS, PARTS, REASONS, Bad, model_of
from kg.draft.llm.same import curies_of, identity, time_of
from kg.draft.reading.source import QUOTE_LIMIT, Source
from kg.draft.sheet import Ids
from kg.errors import RecordError
from kg.record import lines, parse_record
from kg.record.load import LoadedRecord
from kg.record.model import CourseStep
from kg.report import Report, Span
from kg.terms import Terms, load_terms

MAX_CONFIDENCE = 0.5
MAX_STATEMENTS = 300  # examined in all; each costs a check of the record


@dataclass
class Desk:
    """Where proposals are examined, and added to copies of the draft's records."""

    report: Report
    draft: Draft
    model: str

    def __post_init__(self) -> None:
        from kg.ontology import own_terms

        self.source = Source(self.report)
        self.terms: Terms = load_terms(extra=own_terms())
        self.records = copy.deepcopy(self.draft.records)
        self.proposed = self.grounded = 0
        self.dropped = dict.fromkeys(REASONS, 0)
        self.ids = [Ids({"patient", "report", "curation", *r["times"], *(str(i["id"]) for k in PARTS for i in r.get(k, ()) if "id" in i)})
                    for r in self.records]  # fmt: skip
        self.added: list[tuple[int, str, dict[str, Any]]] = []

    def patient_at(self, offset: int) -> int | None:
        """The record that a place in the text belongs to; None where all share it."""
        if len(self.records) == 1:
            return 0
        return next((i for i, (_, start, end) in enumerate(self.source.patients) if start <= offset < end), None)

    def counts(self) -> Iterator[tuple[str, int]]:
        yield from ((why, n) for why, n in self.dropped.items() if n)

    def take(self, part: Part, answer: dict[str, list[Any]]) -> None:
        """Examine the statements of one answer; the good ones join their record."""
        names: dict[str, str] = {}
        for section in (*PARTS, *(key for key in answer if key not in PARTS)):
            items = answer.get(section, [])
            room = max(MAX_STATEMENTS - self.proposed, 0)
            self.proposed += len(items)
            self.dropped["invalid"] += max(len(items) - room, 0)
            for raw in items[:room]:
                try:
                    self._one(part, section, raw, names)
                except Bad as why:
                    self.dropped[str(why)] += 1

    def _one(self, part: Part, section: str, raw: Any, names: dict[str, str]) -> None:
        if section not in PARTS or not isinstance(raw, dict):
            raise Bad("invalid")
        own_name = raw.get("id")
        data = {k: v for k, v in raw.items() if k not in OURS and v is not None}
        spans = self._quoted(part, data)
        if section != "claims" and not all(self._is_of_patient(span) for span in spans):
            raise Bad("others")
        number = part.patient or 0
        steps = data.get("course", [])
        if section == "treatments":
            if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
                raise Bad("invalid")
            data["course"] = steps = [{k: v for k, v in step.items() if k not in OURS and v is not None} for step in steps]
        grounded = ground_terms(self.terms, section, data, model_of(section))
        for step in steps if section == "treatments" else ():
            step.setdefault("quote", data["quote"])
            self._quoted(part, step)
            grounded += ground_terms(self.terms, section, step, CourseStep)
        item = self._valid(section, data)
        self._link(number, item, names)
        for step in item.get("course", ()):
            self._link(number, step, names)
            prove(section, step, self.records[number])
        prove(section, {k: v for k, v in item.items() if k != "course"}, self.records[number])
        not_denied(section, item, spans, self.source)
        same = self._same(number, section, item)
        if same is not None:
            if isinstance(own_name, (str, int)) and same.get("id"):
                names.setdefault(str(own_name), str(same["id"]))
            raise Bad("duplicate")
        item = self._dressed(number, item)
        _append(self.records[number], section, item)
        if self._errors(self.records[number]) > self._before[number]:
            self._remove(number, section, item)
            raise Bad("contradiction")
        self.grounded += grounded
        self.added.append((number, section, item))
        if isinstance(own_name, (str, int)):
            names.setdefault(str(own_name), str(item["id"]))

    def _is_of_patient(self, span: Span) -> bool:
        """Whether a place tells of a patient: not one that all patients share, nor a sentence that argues, nor the references."""
        sentence = self.source.sentence_at(span.start)
        argues = sentence in self._arguments or span.section == "references"
        return self.patient_at(span.start) is not None and not argues

    @cached_property
    def _arguments(self) -> frozenset[Span]:
        """The sentences of a discussion that do not say "our patient": they may be of anyone."""
        return frozenset(self.source.argument) - frozenset(self.source.story)

    def _quoted(self, part: Part, data: dict[str, Any]) -> list[Span]:
        """Where the quote's pieces stand, in the part that was sent if they do; in `data` each piece is made to stand once in the report."""
        pieces = data.get("quote")
        pieces = [pieces] if isinstance(pieces, str) else pieces
        if not isinstance(pieces, list) or not pieces or not all(isinstance(p, str) for p in pieces):
            raise Bad("invalid")
        if len(pieces) > 4 or sum(map(len, pieces)) > QUOTE_LIMIT:
            raise Bad("quote")
        spans: list[Span] = []
        quotes: list[str] = []
        for piece in map(str, pieces):
            found = self.report.find_all(piece)
            if not found or not any(c.isalnum() for c in piece):
                raise Bad("quote")
            mine = [span for span in found if self.patient_at(span.start) == part.patient]
            if not mine:
                raise Bad("others")
            span, quote = min(mine, key=lambda span: span.section != part.section), " ".join(piece.split())
            if len(found) > 1 or self.source.standing_once(quote, span.section) != {"quote": quote}:
                whole = self.source.evidence(span.start, span.end)
                if whole is None or "section" in whole:
                    raise Bad("quote")
                quote = str(whole["quote"])
            spans.append(span)
            quotes.append(quote)
        # The model's own words are what numbers are looked for in, so a sentence around them proves nothing more.
        data["_said"] = " … ".join(pieces)
        data["quote"] = quotes[0] if len(quotes) == 1 else quotes
        return spans

    def _valid(self, section: str, data: dict[str, Any]) -> dict[str, Any]:
        """The statement as the record's own class reads it, plain, with the words it was quoted by in `_said`."""
        said = data["_said"]
        steps = [step.pop("_said") for step in data.get("course", ())] if section == "treatments" else []
        try:
            read = model_of(section).model_validate({k: v for k, v in data.items() if k != "_said"})
        except (ValidationError, RecursionError) as error:
            raise Bad("invalid") from error
        item = _plain(read)
        for step, words in zip(item.get("course", ()), steps, strict=True):
            step["_said"] = words
        if section == "treatments" and ("drug" in item) == ("procedure" in item):
            raise Bad("invalid")
        return item | {"_said": said}

    def _link(self, number: int, item: dict[str, Any], names: dict[str, str]) -> None:
        """Turn ids of the answer into ids of the record; an unknown name is no valid statement.

        Only `by` and `from`, which say no more than where a finding was read from, are left out instead.
        """
        record = self.records[number]
        for key, where in LINKS.items():
            if key not in item:
                continue
            known = record["times"] if where == "times" else {str(i.get("id")) for i in record.get(where, ())}
            values = item[key] if isinstance(item[key], list) else [item[key]]
            found = [name if where == "times" else names.get(name, name) for name in values]
            if not all(name in known for name in found):
                if key in ("by", "from"):
                    del item[key]
                    continue
                raise Bad("invalid")
            item[key] = found if isinstance(item[key], list) else found[0]

    def _same(self, number: int, section: str, item: dict[str, Any]) -> dict[str, Any] | None:
        """The statement of the record that already says this."""
        record = self.records[number]
        first = next(iter(record["times"]))
        return next((old for old in record.get(section, ()) if self._says(section, old, item, first)), None)

    def _says(self, section: str, old: dict[str, Any], new: dict[str, Any], first: str) -> bool:
        if identity(section, old) != identity(section, new) or not set(curies_of(new.get("sites"))) <= set(curies_of(old.get("sites"))):
            return False
        if section in ("history", "diagnoses", "claims") or time_of(old, first) == time_of(new, first):
            return True
        mine, its = ([s for q in listed(i["quote"]) for s in self.report.find_all(q)] for i in (new, old))
        return any(a.start < b.end and b.start < a.end for a in mine for b in its)

    def _dressed(self, number: int, item: dict[str, Any]) -> dict[str, Any]:
        """With an id, how sure it is and who proposed it, in the order of a draft's keys."""
        note = f"proposed by language model {self.model}"
        words = str(item.get("words") or next((str(item[k]).partition(" ! ")[2] for k in ("is", "of", "drug", "procedure", "subject") if k in item),
                                              item.get("outcome", "x")))  # fmt: skip
        out = {"id": self.ids[number].new(words)} | {k: v for k, v in item.items() if k not in ("quote", "words", "_said")}
        if "course" in out:
            out["course"] = [
                {k: v for k, v in s.items() if k not in ("quote", "_said")} | {"confidence": MAX_CONFIDENCE, "quote": s["quote"]}
                for s in out["course"]
            ]
        return (
            out
            | ({"words": item["words"]} if "words" in item else {})
            | {"confidence": MAX_CONFIDENCE, "note": note, "quote": item["quote"]}
        )

    @cached_property
    def _before(self) -> list[int]:
        """How many errors each record of the draft itself has."""
        return [self._errors(record) for record in self.draft.records]

    def _errors(self, record: dict[str, Any]) -> int:
        from kg.check import check_record
        from kg.issue import errors

        source = lines.Lined(record, "case.yaml")
        try:
            loaded = LoadedRecord(parse_record(source), source, Path("case.yaml"))
        except RecordError as error:
            return 1000 + len(getattr(error, "issues", ()) or ())
        return len(errors(check_record(loaded, self.report, self.terms)))

    def _remove(self, number: int, section: str, item: dict[str, Any]) -> None:
        record = self.records[number]
        record[section] = [i for i in record[section] if i is not item]
        if not record[section]:
            del record[section]
        self.ids[number].taken.discard(str(item["id"]))

    def finish(self) -> int:
        """How many statements were kept; the record is read once more from its own YAML, which is what will be stored."""
        for number, record in enumerate(self.records):
            mine = [a for a in self.added if a[0] == number]
            if mine and self._errors(lines.read(to_yaml(record), "case.yaml").data) > self._before[number]:
                self.records[number] = copy.deepcopy(self.draft.records[number])
                self.added = [a for a in self.added if a[0] != number]
                self.dropped["invalid"] += len(mine)
        return len(self.added)


def _append(record: dict[str, Any], section: str, item: dict[str, Any]) -> None:
    """Add a statement; a list that was not there comes at its place in the record."""
    if section not in record:
        record[section] = []
        for key in [key for key in ORDER if key in record]:
            record[key] = record.pop(key)
    record[section] = [*record[section], item]


def _plain(read: BaseModel) -> dict[str, Any]:
    """A statement as data, defaults left out, a single quote as text."""
    data: dict[str, Any] = read.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for each in (data, *data.get("course", ())):
        if isinstance(each.get("quote"), list) and len(each["quote"]) == 1:
            each["quote"] = each["quote"][0]
    return data
