"""Write the predictions of one system for one corpus, in the scorer's PRED format.

    python predict.py GOLD.jsonl PRED.jsonl [--system casegraph|casegraph-names|dictionary|fasthpocr|fasthpocr-all] [--fasthpocr-index FILE] [--obo FILE]

GOLD is read for `id` and `text` only.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

Mention = tuple[int, int, str]


def casegraph() -> Callable[[str], list[Mention]]:
    """What `kg.draft` states of somebody: present, doubtful, or a relative's; not what is denied."""
    from kg.draft import hpo_mentions

    return lambda text: [(m.start, m.end, m.curie) for m in hpo_mentions(text) if m.status in ("present", "uncertain", "family")]


def casegraph_names() -> Callable[[str], list[Mention]]:
    """The names alone, denied ones too, without printed values: what the peers do."""
    from kg.draft.names.recognise import recogniser

    find = recogniser().find
    return lambda text: [(hit.start, hit.end, hit.curie) for hit in find(text)]


def dictionary(obo: Path) -> Callable[[str], list[Mention]]:
    """The plain dictionary: labels and exact synonyms, letter case aside, whole words, the longest first."""
    names: dict[str, str] = {}
    curie, keep = "", False
    for line in obo.read_text(encoding="utf-8").splitlines():
        if line.startswith("id: HP:"):
            curie, keep = line[4:].strip(), True
        elif line.startswith("is_obsolete"):
            names = {name: c for name, c in names.items() if c != curie}
            keep = False
        elif keep and line.startswith("name: "):
            names[line[6:].lower()] = curie
        elif keep and (match := re.match(r'synonym: "(.+?)" EXACT', line)):
            names.setdefault(match.group(1).lower(), curie)
    longest = max(name.count(" ") for name in names) + 1

    def find(text: str) -> Iterator[Mention]:
        words = [(m.start(), m.end()) for m in re.finditer(r"[\w/'-]+", text)]
        i = 0
        while i < len(words):
            for n in range(min(longest, len(words) - i), 0, -1):
                start, end = words[i][0], words[i + n - 1][1]
                found = names.get(" ".join(text[start:end].lower().split()))
                if found:
                    yield start, end, found
                    i += n - 1
                    break
            i += 1

    return lambda text: list(find(text))


def fasthpocr(index: Path, longest: bool = True) -> Callable[[str], list[Mention]]:
    """FastHPOCR from PyPI, over an index made by its own IndexHPO; `longest` is its longest-match mode."""
    from FastHPOCR.HPOAnnotator import HPOAnnotator

    annotator = HPOAnnotator(str(index))
    return lambda text: [(a.getStartOffset(), a.getEndOffset(), a.getHPOUri()) for a in annotator.annotate(text, longestMatch=longest)]


def system(name: str, index: Path | None, obo: Path | None) -> Callable[[str], list[Mention]]:
    if name == "casegraph":
        return casegraph()
    if name == "casegraph-names":
        return casegraph_names()
    if name == "dictionary":
        assert obo, "--obo is needed"
        return dictionary(obo)
    assert index, "--fasthpocr-index is needed"
    return fasthpocr(index, longest=name != "fasthpocr-all")


def predict(gold: Path, out: Path, find: Callable[[str], list[Mention]]) -> float:
    """Write the predictions; the characters read per CPU second, over at least two seconds, come back."""
    documents = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines() if line.strip()]
    with out.open("w", encoding="utf-8") as file:
        for document in documents:
            found = find(document["text"])
            row = {
                "id": document["id"],
                "hpo_ids": sorted({c for _, _, c in found}),
                "mentions": [{"start": a, "end": b, "hpo_id": c} for a, b, c in found],
            }
            file.write(json.dumps(row) + "\n")
    start, characters = time.process_time(), 0
    while time.process_time() - start < 2:
        for document in documents:
            find(document["text"])
            characters += len(document["text"])
    return characters / (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("pred", type=Path)
    parser.add_argument("--system", default="casegraph", choices=("casegraph", "casegraph-names", "dictionary", "fasthpocr", "fasthpocr-all"))
    parser.add_argument("--fasthpocr-index", type=Path)
    parser.add_argument("--obo", type=Path)
    args = parser.parse_args()
    speed = predict(args.gold, args.pred, system(args.system, args.fasthpocr_index, args.obo))
    print(f"{args.pred}: {speed:,.0f} characters per CPU second")


if __name__ == "__main__":
    main()
