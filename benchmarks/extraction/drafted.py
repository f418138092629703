"""Whole drafts against MACCROBAT's annotations: patient, treatments with their doses, history, and the time a draft takes.

    python drafted.py CORPUS.jsonl [CORPUS.jsonl ...] [--failures N] [--check]

A corpus has one document a line: `{id, text, mentions: [{start, end, text, type, id}], relations: [{type, head, tail}]}`.
Without annotations of a kind its rows are left out; `--check` runs `kg check` over every draft, which works on any corpus.

A gold mention is found where a statement's words, looked up inside its quote, meet it; a mention of a drug also where a
step of its treatment quotes the sentence. Precision is over the statements. A dose is right where its numbers are those of
a dosage that the gold ties to that drug, where the step itself names it. Speed is in characters a CPU second, one process.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from kg.draft import draft_report
from kg.draft.reading.patient import duration, to_number
from kg.report import Report

Span = tuple[int, int]
PAST = ("History", "Family_history", "Personal_background")
GIVEN = ("Medication", "Therapeutic_procedure")


def spans_of(report: Report, item: dict[str, Any], words: str) -> list[Span]:
    """Where the words of a statement stand inside its quotes; the whole quotes where they do not stand there."""
    quotes = item["quote"] if isinstance(item["quote"], list) else [item["quote"]]
    places = [place for quote in quotes for place in report.find_all(quote)]
    pattern = r"\s+".join(map(re.escape, words.split()))
    inside = [m.span() for place in places for m in re.finditer(pattern, report.text[place.start : place.end], re.I)]
    at = [place.start for place in places for _ in re.finditer(pattern, report.text[place.start : place.end], re.I)]
    return [(a + k, b + k) for (a, b), k in zip(inside, at)] or [(place.start, place.end) for place in places]


def meets(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def numbers(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d+(?:[.,]\d+)?", text))


def age_of(text: str) -> str:
    """A gold age as a duration, "" where it is no figure."""
    match = re.search(
        r"(\d+(?:\.\d+)?|[a-z]+(?:-(?:one|two|three|four|five|six|seven|eight|nine))?)[\s-]*(year|yr|month|week|day|y)", text, re.I
    )
    number = to_number(match[1]) if match else to_number(text.strip())
    return duration(number, match[2] if match else "years") if number is not None else ""


def score(document: dict[str, Any], tally: dict[str, Counter[str]], missed: dict[str, Counter[str]]) -> None:
    report = Report(document["text"])
    start = time.process_time()
    draft = draft_report(report, "draft")
    tally["speed"]["seconds"] += int(1e6 * (time.process_time() - start))
    tally["speed"]["characters"] += len(report.text)
    gold: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for mention in document["mentions"]:
        gold[mention.get("type", "")].append(mention)
    _score_patient(draft.records, gold, tally, missed)
    given = [
        (span, kind, item)
        for record in draft.records
        for kind, item in [("treatment", t) for t in record.get("treatments", ())]
        + [("history", h) for h in record.get("history", ()) if h["kind"] in ("medication", "procedure")]
        for part in (item, *item.get("course", ()))
        for span in spans_of(report, part, item["words"])
    ]
    for kind in GIVEN:
        for mention in gold[kind]:
            hit = any(meets(span, (mention["start"], mention["end"])) for span, _, _ in given)
            _count(tally, missed, kind, hit, mention["text"])
    spans = [(m["start"], m["end"]) for kind in (*GIVEN, *PAST) for m in gold[kind]]
    seen = set()
    for _, _, item in given:
        if spans and id(item) not in seen:
            seen.add(id(item))
            mine = spans_of(report, item, item["words"])
            right = any(meets(a, b) for a in mine for b in spans)
            tally["treatments drafted"]["mine"] += 1
            tally["treatments drafted"]["right"] += right
            if not right:
                missed["treatments drafted, not in the gold"][item["words"].lower()] += 1
    _score_doses(report, document, gold, given, tally, missed)
    past = [(s, h) for record in draft.records for h in record.get("history", ()) for s in spans_of(report, h, h["words"])]
    for kind in PAST:
        for mention in gold[kind]:
            _count(tally, missed, kind, any(meets(s, (mention["start"], mention["end"])) for s, _ in past), mention["text"])
    told = [(m["start"], m["end"]) for kind in PAST for m in gold[kind]]
    for span, item in past if told else ():
        tally["history drafted"]["mine"] += 1
        tally["history drafted"]["right"] += any(meets(span, t) for t in told)
        if not any(meets(span, t) for t in told):
            missed["history drafted, not in the gold"][item["words"].lower()] += 1


def _score_patient(records: list[dict[str, Any]], gold: dict[str, list[dict[str, Any]]], tally: Any, missed: Any) -> None:
    if gold["Age"]:
        want, have = age_of(gold["Age"][0]["text"]), records[0]["patient"].get("age", "")
        if want:
            _count(tally, missed, "Age", want == have, f"{gold['Age'][0]['text']} read as {have}")
    if gold["Sex"]:
        female = bool(re.search(r"\b(?:f|female|woman|girl|lady|women|she|her|\w*gravida|\w*para)\b", gold["Sex"][0]["text"], re.I))
        have = records[0]["patient"].get("sex", "")
        _count(tally, missed, "Sex", have.endswith(" female") == female and bool(have), f"{gold['Sex'][0]['text']} read as {have}")


def _score_doses(report: Report, document: dict[str, Any], gold: Any, given: list[Any], tally: Any, missed: Any) -> None:
    by_id = {m["id"]: m for kind in ("Dosage", "Medication") for m in gold[kind]}
    tied = [(by_id[r["head"]], by_id[r["tail"]]) for r in document.get("relations") or () if r["head"] in by_id and r["tail"] in by_id]
    tied = [(a, b) if a["type"] == "Dosage" else (b, a) for a, b in tied if {a["type"], b["type"]} == {"Dosage", "Medication"}]
    treatments = {id(item): item for _, kind, item in given if kind == "treatment"}
    steps = [
        (span, step)
        for item in treatments.values()
        for step in item["course"]
        if step.get("dose")
        for span in spans_of(report, step, item["words"])
    ]
    for dosage, drug in tied:
        if not numbers(dosage["text"]):
            continue
        near = [step for span, step in steps if meets(span, (drug["start"], drug["end"]))]
        hit = any(numbers(s["dose"]) <= numbers(dosage["text"] + " " + drug["text"]) for s in near)
        _count(tally, missed, "Dosage of a drug", hit, f"{drug['text']}: {dosage['text']}")
    if tied:
        seen = set()
        for span, step in steps:
            drugs = [d for d in gold["Medication"] if meets(span, (d["start"], d["end"]))]
            if drugs and id(step) not in seen:
                seen.add(id(step))
                right = any(numbers(step["dose"]) <= numbers(g["text"]) for g, d in tied if any(d is each for each in drugs))
                tally["doses drafted"]["mine"] += 1
                tally["doses drafted"]["right"] += right
                if not right:
                    missed["doses drafted, not in the gold"][f"{drugs[0]['text']}: {step['dose']}"] += 1


def _count(tally: dict[str, Counter[str]], missed: dict[str, Counter[str]], kind: str, hit: bool, words: str) -> None:
    tally[kind]["gold"] += 1
    tally[kind]["hit"] += hit
    if not hit:
        missed[kind][" ".join(words.lower().split())] += 1


def check(documents: list[dict[str, Any]]) -> list[str]:
    """The errors that `kg check` finds in the drafts of a corpus."""
    from kg.check import check_record
    from kg.issue import errors
    from kg.pipeline import all_terms
    from kg.record import lines, parse_record
    from kg.record.load import LoadedRecord

    terms, found = all_terms(), []
    for document in documents:
        draft = draft_report(document["text"], "draft")
        for k in range(len(draft.records)):
            source = lines.read(draft.to_yaml(k), "case.yaml")
            issues = check_record(LoadedRecord(parse_record(source), source, Path("case.yaml")), Report(document["text"]), terms)
            found += [f"{document['id']}: {issue}" for issue in errors(issues)]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--failures", type=int, default=0)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    draft_report("A 30-year-old woman had fever.")  # the tables are loaded before the clock runs
    print("| corpus | what | gold | recall | drafted | precision |\n| --- | --- | --- | --- | --- | --- |")
    for path in args.corpora:
        documents = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        tally: dict[str, Counter[str]] = defaultdict(Counter)
        missed: dict[str, Counter[str]] = defaultdict(Counter)
        for document in documents:
            score(document, tally, missed)
        speed, name = tally.pop("speed"), path.name.split(".")[0]
        for kind, c in tally.items():
            ours = f"{c['mine']} | {c['right'] / c['mine']:.1%}" if c["mine"] else " | "
            print(f"| {name} | {kind} | {c['gold'] or ''} | {format(c['hit'] / c['gold'], '.1%') if c['gold'] else ''} | {ours} |")
        print(f"| {name} | {speed['characters'] / (speed['seconds'] / 1e6):,.0f} characters a CPU second | | | | |")
        for kind, words in missed.items() if args.failures else ():
            print(f"  {kind}: " + "; ".join(f"{w} ({n})" for w, n in words.most_common(args.failures)))
        if args.check:
            problems = check(documents)
            print(f"  kg check: {len(problems)} errors", *problems[:20], sep="\n  ")


if __name__ == "__main__":
    main()
