"""The steps together: a report → a draft record with its quotes, and remarks on what was not understood.

>>> draft = draft_report("CASE REPORT\\n\\nA 30-year-old woman presented with fever. She denied weight loss.\\n")
>>> [(f["is"], f.get("status", "present")) for f in draft.records[0]["findings"]]
[('HP:0001945 ! Fever', 'present'), ('HP:0001824 ! Weight loss', 'absent')]
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg import __version__
from kg.draft.claims import read_claims
from kg.draft.document import read_document, read_references
from kg.draft.emit import to_yaml
from kg.draft.findings import (
    grade_of,
    is_history,
    looked_for,
    outcome_of,
    read_procedures,
    severity_of,
    side_of,
    sites_after,
)
from kg.draft.ground import find_terms, named
from kg.draft.measure import read_antibodies, read_growth, read_levels, read_values
from kg.draft.negate import Scope, scopes, status_at
from kg.draft.patient import read_patient
from kg.draft.recognise import Hit, recogniser
from kg.draft.source import Source
from kg.draft.times import TimeLine, read_times
from kg.draft.treat import read_outcomes, read_treatments
from kg.errors import ReportError
from kg.record.model import TimePoint
from kg.record.times import place
from kg.report import Report, Span, load_report
from kg.terms import load_terms

ORDER = ("case", "report", "document", "curation", "patient", "times", "history", "findings", "antibodies", "measurements",
         "investigations", "diagnoses", "treatments", "responses", "claims", "references")  # fmt: skip
_ENGLISH = frozenset(
    ["the", "of", "and", "to", "with", "for", "were", "that", "from", "had", "his", "she", "he", "after", "this", "which", "there"]
)
_DIAGNOSIS = re.compile(
    r"\b(?:diagnos(?:is|ed|es)|confirmed|known case of|consistent with|compatible with|suspected|diagnostic of|case of|suffering from)\b",
    re.I,
)
_GONE = re.compile(
    r"[^.;,]{0,40}?\b(?:(?:had |has |have |completely |fully )*(?:resolved|disappeared|healed|subsided))\b(?!\s+(?:partially|"
    r"incompletely))",
    re.I,
)
_REFRACTORY = re.compile(
    r"\b(?:refractory to|resistant to|unresponsive to|fail(?:ed|ure) (?:of|to respond to)|did not respond to|no response to)\b", re.I
)
_GENERAL = re.compile(r"^(?:\w+[\s-]){1,5}(?:is|are) (?:a|an|the|one of)\b", re.I)
MAX_CHARACTERS = 2_000_000


@dataclass(frozen=True)
class Draft:
    """What was read from one report.

    Attributes:
        records: one record (as data) for each patient of the report.
        remarks: in plain words, what was and was not understood.
    """

    records: list[dict[str, Any]]
    remarks: list[str] = field(default_factory=list)

    def to_yaml(self, number: int = 0) -> str:
        """The `case.yaml` of one of the records."""
        return to_yaml(self.records[number])


def draft_report(source: str | Path | Report, case: str = "draft") -> Draft:
    """A draft record of a report.

    Args:
        source: the text itself, the path of a text file, or a Report.
        case: the id of the record; several patients get `-1`, `-2` after it.
    Raises:
        ReportError: nothing to read: empty, binary, too long, or not English.
    """
    report = load_report(source) if isinstance(source, Path) else Report(source) if isinstance(source, str) else source
    remarks = _check_text(report.text)
    made = Source(report)
    patients = made.patients or (("", 0, len(report.text)),)
    if len(patients) > 1:
        remarks.append(f"{len(patients)} patients, kept apart: one record each")
    elif _several(report.text):
        remarks.append("the report seems to tell of several patients, but no heading parts them; the record may mix them")
    references = read_references(made)
    document = read_document(made)
    shared = _Shared(sorted(recogniser().find(report.text)), scopes(report.text))
    records: list[dict[str, Any]] = []
    for name, start, end in patients:
        story = tuple(s for s in made.story if start <= s.start < end) if name else made.story
        slug = f"{case}-{_slug(name)}" if name else case
        records.append(_record(made, slug, story, shared, document, references, remarks, with_claims=not records))
    return Draft(records, list(dict.fromkeys(remarks)))


def _check_text(text: str) -> list[str]:
    """Refuse what cannot be read; remark on what is odd."""
    if not text.strip():
        raise ReportError("empty; there is nothing to draft from")
    if len(text) > MAX_CHARACTERS:
        raise ReportError(f"{len(text):,} characters; a report has at most {MAX_CHARACTERS:,} (is it one article?)")
    if "\0" in text or sum(not c.isprintable() and not c.isspace() for c in text[:20000]) > len(text[:20000]) / 20:
        raise ReportError("binary, not text; extract the text first (for a PDF, with pdftotext)")
    words = re.findall(r"[^\W\d_]+", text[:40000].lower())
    share = sum(w in _ENGLISH for w in words) / max(len(words), 1)
    if len(words) >= 60 and share < 0.04:
        raise ReportError(
            f"not English as far as can be told ({share:.0%} of the words are common English ones); only English reports are read"
        )
    remarks = []
    if len(words) < 40:
        remarks.append("very short; is it a whole report?")
    if text.isupper():
        remarks.append("all in capitals: abbreviations and names cannot be told from words")
    if not re.search(r"(?i)\b(?:patient|woman|man|boy|girl|male|female|infant|child|year|she|he)\b", text):
        remarks.append("no patient is mentioned; is it a case report?")
    return remarks


def _several(text: str) -> bool:
    return bool(
        re.search(r"(?i)\b(?:two|three|four|five|six|both) (?:patients|cases|siblings|brothers|sisters|children|sibs)\b", text[:6000])
    )


@dataclass(frozen=True)
class _Shared:
    """What is read once for all patients of a report."""

    hits: list[Hit]
    scopes: list[Scope]


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:50].strip("-") or "x"


class _Ids:
    """Ids that are given once."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = set(taken)

    def new(self, words: str) -> str:
        slug, k = _slug(words), 2
        name = slug
        while name in self.taken:
            name, k = f"{slug}-{k}", k + 1
        self.taken.add(name)
        return name


def _record(source: Source, case: str, story: tuple[Span, ...], shared: _Shared, document: dict[str, Any], references: list[dict[str, Any]],
            remarks: list[str], *, with_claims: bool) -> dict[str, Any]:  # fmt: skip
    patient, more = read_patient(source, story)
    remarks += more
    line = read_times(source, story)
    ids = _Ids({*line.times, "patient", "report", "curation"})
    builder = _Builder(source, line, ids, shared)
    for sentence in story:
        builder.read(sentence)
    builder.title_diagnosis()
    data: dict[str, Any] = {
        "case": case, "document": document, "curation": {"by": ["casegraph"], "method": "machine", "tool": f"casegraph {__version__}"},
        "patient": patient, "times": line.times, **builder.parts,
    }  # fmt: skip
    if with_claims:
        numbers = {r["number"] for r in references}
        data["claims"] = [{"id": ids.new(f"{c['subject'].partition(' ! ')[2]}-{c['effect']}"), **c} for c in read_claims(source, numbers)]
        if not references:
            remarks.append("no reference list found")
    data["references"] = references
    if not data["findings"]:
        remarks.append("no finding was recognised")
    return {key: data[key] for key in ORDER if data.get(key)}


class _Builder:
    """The statements of one patient, sentence by sentence."""

    def __init__(self, source: Source, line: TimeLine, ids: _Ids, shared: _Shared) -> None:
        self.source, self.line, self.ids, self.terms = source, line, ids, load_terms()
        self.text = source.text
        self.hits, self.scopes = shared.hits, shared.scopes
        self.parts: dict[str, list[dict[str, Any]]] = {
            k: [] for k in ("history", "findings", "antibodies", "measurements", "investigations", "diagnoses", "treatments", "responses")
        }
        self.status: dict[tuple[str, str, frozenset[str]], str] = {}
        self.by_treatment: dict[str, dict[str, Any]] = {}
        self.last_treated: list[str] = []
        points = {
            name: TimePoint.model_validate({k: v for k, v in t.items() if k in ("after", "before", "by")}) for name, t in line.times.items()
        }
        self.order = {name: placed.order for name, placed in place(points).items()}
        self._starts = [h.start for h in self.hits]

    def read(self, sentence: Span) -> None:
        """All statements of one sentence; a general remark ("Lupus is a ...") tells nothing of the patient."""
        if _GENERAL.match(self.text[sentence.start : sentence.start + 90]) and not re.search(
            r"(?i)\b(?:she|he|her|his|patient|year-old|this)\b", self.text[sentence.start : sentence.end]
        ):
            return
        evidence = self.source.evidence(sentence.start, sentence.end)
        if evidence is None:
            return
        at = self.line.of_sentence.get(sentence.start, "presentation")
        when = {} if at == "presentation" else {"at": at}
        taken = self._antibodies(sentence, evidence, when, at) + self._values(sentence, when, at)
        procedure = self._procedures(sentence, when)
        treated = self._treatments(sentence, at)
        found = self._findings(sentence, when, at, taken + treated, procedure)
        self._diagnoses(sentence, when)
        self._responses(sentence, when, found)

    def _quote(self, start: int, end: int) -> dict[str, Any] | None:
        return self.source.evidence(start, end)

    def _in(self, sentence: Span) -> list[Hit]:
        first = bisect_left(self._starts, sentence.start)
        return self.hits[first : bisect_left(self._starts, sentence.end)]

    # findings and history

    def _findings(self, sentence: Span, when: dict[str, Any], at: str, taken: list[tuple[int, int]], procedure: str | None) -> list[str]:
        present: list[str] = []
        for hit in self._in(sentence):
            if any(a <= hit.start < b for a, b in taken):
                continue
            evidence = self._quote(hit.start, hit.end)
            if evidence is None:
                continue
            status, cue = status_at(self.scopes, hit.start, hit.end)
            term = str(self.terms.term(hit.curie))
            words = " ".join(self.text[hit.start : hit.end].split())
            history = "family" if status == "family" else is_history(self.text, hit.start, (sentence.start, sentence.end))
            if status == "hypothetical":
                continue
            item: dict[str, Any] = {"id": "", "is": term}
            sure, reason = _sureness(hit, status, cue, words, term)
            if history:
                disease = named(words, ("MONDO",))
                if disease:
                    item["is"] = term = str(self.terms.term(disease))
                item |= {"kind": history, "status": "absent" if status == "absent" else "past"}
                item |= {
                    "words": words[:200],
                    "confidence": round(sure - 0.1, 2),
                    "note": reason or f"told as {'family ' if history == 'family' else ''}history",
                }
                self._add("history", term.partition(" ! ")[2], item | evidence)
                continue
            sites = sites_after(self.text, hit.end, sentence.end)
            if status == "present" and _GONE.match(self.text, hit.end, min(sentence.end, hit.end + 60)):
                status, reason = "absent", "told as gone"
            if status != "present":
                item["status"] = status
            key = (hit.curie, at, frozenset(sites))
            if status in ("present", "absent"):
                if self.status.get(key) == status:
                    continue
                if key in self.status:
                    item["status"], reason = "uncertain", f"told as {status} here and as {self.status[key]} at the same time elsewhere"
                    sure = 0.3
                else:
                    self.status[key] = status
            item |= when
            if sites:
                item["sites"] = sites
            side = side_of(self.text, hit.start, hit.end, (sentence.start, sentence.end))
            if side:
                item["laterality"] = side
            severity = severity_of(self.text, hit.start)
            if severity and severity not in term.lower():
                item["severity"] = severity
            if re.search(r"\bpainful\s+\Z", self.text[max(0, hit.start - 10) : hit.start], re.I):
                item["painful"] = True
            grade = grade_of(self.text, hit.end, sentence.end) if "weakness" in term.lower() else None
            if grade:
                item["grade"] = grade
            if procedure and status != "uncertain":
                item["by"] = procedure
            item |= {"words": words[:200], "confidence": sure}
            if reason:
                item["note"] = reason
            self._add("findings", words, item | evidence)
            if status == "present":
                present.append(term)
        return present

    def _add(self, part: str, words: str, item: dict[str, Any]) -> str:
        item["id"] = self.ids.new(words)
        self.parts[part].append(item)
        return str(item["id"])

    # measurements and antibodies

    def _values(self, sentence: Span, when: dict[str, Any], at: str) -> list[tuple[int, int]]:
        taken = []
        readings = read_values(self.text, sentence.start, sentence.end)
        readings += read_levels(self.text, sentence.start, sentence.end, [(r.start, r.end) for r in readings])
        for r in readings:
            evidence = self._quote(r.start, r.end)
            if evidence is None:
                continue
            item: dict[str, Any] = {
                "id": "",
                "of": str(self.terms.term(r.of)) if r.of else f"none ! {r.name}",
                "words": " ".join(self.text[r.start : r.end].split()),
                "value": r.value,
            }
            if not r.value:
                del item["value"]
            if r.unit_assumed and not re.search(r"[A-Za-z%]", r.value):
                item["assumed_unit"] = r.unit_assumed
            if r.normal and re.fullmatch(r"[<>≤≥]?\s?\d+(?:\.\d+)?(?:\s?[-–]\s?\d+(?:\.\d+)?)?", r.normal):
                item["normal"] = r.normal.replace("–", "-")
            if r.interpretation:
                item["interpretation"] = r.interpretation
            if r.shows:
                shown = "absent" if r.interpretation == "normal" else "present"
                key = (r.shows, at, frozenset[str]())
                if self.status.setdefault(key, shown) == shown:
                    item["shows"] = str(self.terms.term(r.shows))
            item |= when | {"confidence": 0.9 if "printed range" in r.reason or "words" in r.reason else 0.7, "note": r.reason}
            self._add("measurements", r.name, item | evidence)
            taken.append((r.start, r.end))
        for start, end, curie in read_growth(self.text[sentence.start : sentence.end]):
            start, end = start + sentence.start, end + sentence.start
            evidence = self._quote(start, end)
            if (
                evidence
                and self.status.setdefault((curie, at, frozenset()), "present") == "present"
                and not any(h.curie == curie for h in self.hits)
            ):
                words = " ".join(self.text[start:end].split())
                self._add(
                    "findings",
                    words,
                    {
                        "id": "",
                        "is": str(self.terms.term(curie)),
                        **when,
                        "words": words,
                        "confidence": 0.7,
                        "note": "read from the centile or deviation printed",
                    }
                    | evidence,
                )
        return taken

    def _antibodies(self, sentence: Span, evidence: dict[str, Any], when: dict[str, Any], at: str) -> list[tuple[int, int]]:
        taken = []
        for test in read_antibodies(self.text, sentence.start, sentence.end):
            quote = self._quote(test.start, test.end)
            if quote is None:
                continue
            if test.result != "not-tested":
                shown = "present" if test.result == "positive" else "absent"
                if self.status.setdefault((test.curie, at, frozenset()), shown) != shown:
                    continue
            item = {"id": "", "is": str(self.terms.term(test.curie)), "words": " ".join(test.words.split()), "result": test.result}
            if test.titre:
                item["titre"] = test.titre
            self._add("antibodies", test.words, item | when | {"confidence": 0.85} | quote)
            taken.append((test.start, test.end))
        return taken

    # examinations, diagnoses

    def _procedures(self, sentence: Span, when: dict[str, Any]) -> str | None:
        names = []
        for found in read_procedures(self.text, sentence.start, sentence.end):
            evidence = self._quote(found.start, found.end)
            if evidence is None:
                continue
            outcome, result = outcome_of(self.text, found.end, sentence.end)
            item: dict[str, Any] = {"id": "", "procedure": str(self.terms.term(found.curie)) if found.curie else f"none ! {found.words}"}
            if found.site:
                item["sites"] = [str(self.terms.term(found.site))]
            item |= when
            looks = looked_for(self.text, found.end, sentence.end)
            if looks:
                item["looks_for"] = looks
            if result:
                item["result"] = result
            item |= {"outcome": outcome, "words": found.words, "confidence": 0.75 if outcome != "not-stated" else 0.5}
            if not found.curie:
                item["note"] = "no term for this examination"
            names.append(self._add("investigations", found.words, item | evidence))
        return names[0] if len(names) == 1 else None

    def _diagnoses(self, sentence: Span, when: dict[str, Any]) -> None:
        cue = _DIAGNOSIS.search(self.text, sentence.start, sentence.end)
        if not cue:
            return
        for a, b, curie in find_terms(self.text, ("MONDO",), cue.start(), sentence.end):
            if len(self.text[a:b]) < 4 and not self.text[a:b].isupper():
                continue
            status, why = status_at(self.scopes, a, b)
            if status in ("family", "hypothetical") or is_history(self.text, a, (sentence.start, sentence.end)):
                continue
            self._diagnosis(a, b, curie, {"absent": "excluded", "uncertain": "suspected"}.get(status, "confirmed"), when, 0.75, why)

    def title_diagnosis(self) -> None:
        """The diseases of the title, where the story names none."""
        if self.parts["diagnoses"]:
            return
        title = next((s for s in self.source.sentences if s.section == "title"), None)
        for a, b, curie in find_terms(self.text, ("MONDO",), title.start, title.end) if title else ():
            self._diagnosis(a, b, curie, "confirmed", {}, 0.6, "from the title")

    def _diagnosis(self, a: int, b: int, curie: str, status: str, when: dict[str, Any], sure: float, why: str) -> None:
        term = str(self.terms.term(curie))
        evidence = self._quote(a, b)
        if evidence is None or any(d["is"] == term and d["status"] == status for d in self.parts["diagnoses"]):
            return
        item = {"id": "", "is": term, "status": status, **when, "words": " ".join(self.text[a:b].split()), "confidence": sure}
        if why:
            item["note"] = why if why.startswith("from") else f'for the word "{" ".join(why.split())}"'
        self._add("diagnoses", f"diagnosis-{self.text[a:b]}", item | evidence)

    # treatments and responses

    def _treatments(self, sentence: Span, at: str) -> list[tuple[int, int]]:
        taken: list[tuple[int, int]] = []
        ids: list[str] = []
        for given in read_treatments(self.text, sentence.start, sentence.end):
            evidence = self._quote(given.start, given.end)
            status, _ = status_at(self.scopes, given.start, given.end)
            if evidence is None or status in ("absent", "family", "hypothetical"):
                continue
            taken.append((given.start, given.end))
            term = str(self.terms.term(given.curie)) if given.curie else f"none ! {given.words}"
            treats = ""
            if (
                is_history(self.text, given.start, (sentence.start, sentence.end)) == "condition"
                or re.search(r"\bhad undergone\b", self.text[sentence.start : given.start])
                or (treats := self._old_disease(given.end, sentence))
            ):
                kind = "medication" if given.kind == "drug" else "procedure"
                item = {
                    "id": "",
                    "is": term,
                    "kind": kind,
                    "status": "current" if treats else "past",
                    **({"treats": [treats]} if treats else {}),
                    "words": given.words,
                    "confidence": 0.6,
                    "note": "told as history",
                }
                self._add("history", given.words, item | evidence)
                continue
            step: dict[str, Any] = {"change": given.change, "at": at}
            for name, value in (("dose", _readable(given.dose)), ("schedule", given.schedule), ("count", given.number)):
                if value:
                    step[name] = value
            if given.route:
                step["route"] = str(self.terms.term(given.route))
            ids.append(self._step(term, given, step | {"confidence": 0.6} | evidence, evidence))
        if ids:
            self.last_treated = list(dict.fromkeys(i for i in ids if i))
        return taken

    def _old_disease(self, end: int, sentence: Span) -> str:
        """The disease of the history that a drug is given `for`, as a term string; "" where it is none."""
        link = re.match(r"\s+for\s+(?:her |his |the )?", self.text[end : min(end + 20, sentence.end)])
        after = self.text[end + link.end() : sentence.end].lower() if link else ""
        return next((str(i["is"]) for i in self.parts["history"] if i["kind"] == "condition" and after.startswith(i["words"].lower())), "")

    def _step(self, term: str, given: Any, step: dict[str, Any], evidence: dict[str, Any]) -> str:
        """Add a step to the treatment of this term, or a new treatment; steps only go forward in time."""
        key = term.lower().removesuffix("s")
        have = self.by_treatment.get(key)
        if have is None:
            name = self.ids.new(given.words)
            have = {
                "id": name,
                "drug" if given.kind == "drug" else "procedure": term,
                "words": given.words,
                "course": [step],
                "confidence": 0.65,
            }
            if term.startswith("none"):
                have["note"] = "no term bears these words"
            self.by_treatment[key] = have | evidence
            self.parts["treatments"].append(self.by_treatment[key])
            return name
        last = have["course"][-1]
        if self.order[step["at"]] >= self.order[last["at"]] and not (last["at"] == step["at"] and last["change"] == step["change"]):
            if last["change"] == "stopped" and step["change"] not in ("started", "given"):
                step["change"] = "started" if step["change"] != "stopped" else ""
            if step["change"]:
                have["course"].append(step)
        return str(have["id"])

    def _responses(self, sentence: Span, when: dict[str, Any], found: list[str]) -> None:
        """What became of the patient under the treatments of this sentence, else of the one before."""
        if not self.last_treated or sentence.section.startswith("figure"):
            return
        seen = set()
        for a, b, outcome in read_outcomes(self.text, sentence.start, sentence.end)[:4]:
            status, _ = status_at(self.scopes, a, b)
            evidence = self._quote(a, b)
            if (
                evidence is None
                or status in ("hypothetical", "family")
                or status == "absent"
                and outcome not in ("unchanged",)
                or outcome in seen
            ):
                continue
            seen.add(outcome)
            problems = list(dict.fromkeys([*(t for t in found if t), *self._mentioned(sentence)]))[:6]
            for problem in problems or [""]:
                self._response(sentence, a, b, outcome, problem, when, evidence)

    def _response(self, sentence: Span, a: int, b: int, outcome: str, problem: str, when: dict[str, Any], evidence: dict[str, Any]) -> None:
        credited = (
            self._refractory(sentence)
            if outcome == "unchanged" and _REFRACTORY.search(self.text, sentence.start, sentence.end)
            else self.last_treated[:4]
        )
        if not credited:
            return
        item: dict[str, Any] = {"id": "", "to": credited}
        if problem:
            item["in"] = [problem]
        item |= {"outcome": outcome, **when, "extent": " ".join(self.text[a:b].split()), "attribution": "implied", "confidence": 0.4}
        if re.search(r"\btaper", self.text[sentence.start : sentence.end], re.I) and outcome == "flared":
            item["trigger"] = "taper"
        item["note"] = "credited to the treatments named last; the paper may credit others"
        self._add("responses", f"{outcome}-{credited[0]}", item | evidence)

    def _refractory(self, sentence: Span) -> list[str]:
        """The treatments that a sentence names as having failed, among those known."""
        text = self.text[sentence.start : sentence.end].lower()
        return [t["id"] for t in self.parts["treatments"] if t["words"].lower() in text][:8]

    def _mentioned(self, sentence: Span) -> list[str]:
        return [str(self.terms.term(h.curie)) for h in self._in(sentence)]


def _readable(dose: str) -> str:
    """A dose that the record's reader takes as a quantity, else ""."""
    from kg.errors import RecordError
    from kg.units import parse_quantity

    try:
        if re.match(r"[\d.,]+\s*\D+\Z", dose):
            parse_quantity(dose)
        return dose
    except RecordError:
        return ""


def _sureness(hit: Hit, status: str, cue: str, words: str, term: str) -> tuple[float, str]:
    """How sure a finding is, and the reason where it is not."""
    label = term.partition(" ! ")[2].lower()
    sure = 0.9 if words.lower() == label else (0.85, 0.7, 0.6, 0.6, 0.6)[min(hit.rank, 4)]
    cue = " ".join(cue.split())
    if status == "uncertain":
        return 0.4, f'doubtful for the word "{cue}"'
    if status == "absent":
        return round(sure - 0.05, 2), f'denied by "{cue}"'
    if hit.rank >= 2:
        return sure, "put together of words that stand apart"
    return (sure, "words near the term's names, not one of them") if hit.rank == 1 else (sure, "")
