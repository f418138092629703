"""Spans and negation against MACCROBAT or Ada: per type exact and overlapping, and what was missed.

    python spans.py CORPUS.jsonl [--failures N]

Recall of a type is over its gold spans; precision over the program's spans of the same sort, where a span that meets a
gold span of any of the types in brackets counts as right. Negation is scored on the gold spans of signs and diseases.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

from kg.draft.findings.measure import read_values
from kg.draft.findings.mentioned import hpo_mentions
from kg.draft.names.ground import find_terms
from kg.draft.reading.negate import scopes, status_at
from kg.draft.reading.patient import _AGE, _FEMALE, _MALE
from kg.draft.therapy.regimen import DOSE
from kg.draft.therapy.treat import find_therapies

#: What the program finds -> the gold types that it may meet.
SORTS = {
    "finding": ("Sign_symptom", "Disease_disorder", "finding", "condition"),
    "drug": ("Medication",), "dose": ("Dosage",), "value": ("Lab_value",), "age": ("Age",), "sex": ("Sex",),
}  # fmt: skip


def found(text: str) -> dict[str, list[tuple[int, int]]]:
    """The program's spans by sort."""
    spans = {(m.start, m.end) for m in hpo_mentions(text) if m.rank < 2} | {(a, b) for a, b, _ in find_terms(text, ("MONDO",))}
    return {
        "finding": sorted(spans),
        "drug": [(t.start, t.end) for t in find_therapies(text, 0, len(text)) if t.kind == "drug" and t.sure],
        "dose": [m.span("dose") for m in DOSE.finditer(text)],
        "value": [(r.start, r.end) for r in read_values(text)],
        "age": [m.span() for m in _AGE.finditer(text)],
        "sex": [m.span() for p in (_FEMALE, _MALE) for m in p.finditer(text)],
    }  # fmt: skip


def meets(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--failures", type=int, default=0)
    args = parser.parse_args()
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    negation: Counter[str] = Counter()
    missed: dict[str, Counter[str]] = defaultdict(Counter)
    for line in args.corpus.read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        text, mine, ruled = document["text"], found(document["text"]), scopes(document["text"])
        for sort, types in SORTS.items():
            gold = [((m["start"], m["end"]), m["type"]) for m in document["mentions"] if m["type"] in types]
            for span, kind in gold:
                hit = any(meets(span, s) for s in mine[sort])
                tally[kind]["gold"] += 1
                tally[kind]["exact"] += span in mine[sort]
                tally[kind]["overlap"] += hit
                if not hit:
                    missed[kind][" ".join(text[slice(*span)].lower().split())] += 1
            if gold:
                tally[f"({sort})"]["mine"] += len(mine[sort])
                tally[f"({sort})"]["right"] += sum(any(meets(s, g) for g, _ in gold) for s in mine[sort])
        for m in document["mentions"]:
            if m["type"] in SORTS["finding"]:
                said = status_at(ruled, m["start"], m["end"])[0] == "absent"
                negation["tp" if said and m.get("negated") else "fp" if said else "fn" if m.get("negated") else "tn"] += 1
    for kind, c in tally.items():
        if c["gold"]:
            print(f"{kind:20s} gold {c['gold']:5d}  recall exact {c['exact'] / c['gold']:.1%}  overlapping {c['overlap'] / c['gold']:.1%}")
        elif c["mine"]:
            print(f"{kind:20s} mine {c['mine']:5d}  precision overlapping {c['right'] / c['mine']:.1%}")
    tp, fp, fn = negation["tp"], negation["fp"], negation["fn"]
    if tp:
        p, r = tp / (tp + fp), tp / (tp + fn)
        print(f"negation of gold spans: P {p:.1%} R {r:.1%} F1 {2 * p * r / (p + r):.1%}")
    for kind, words in missed.items() if args.failures else ():
        print(f"missed {kind}: " + "; ".join(f"{w} ({n})" for w, n in words.most_common(args.failures)))


if __name__ == "__main__":
    main()
