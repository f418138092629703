"""How many whole drafts a second, on one core, beside a peer that only finds HPO names in the same text.

    python speed.py CORPUS.jsonl [--warm CORPUS.jsonl ...] [--fasthpocr-index FILE] [--runs 5]

CPU seconds of one process that drafts and writes the record of each document, as a worker of `kg draft FOLDER` does. *First sight* is
the corpus read for the first time, after the corpora of `--warm`; *words known* reads it again as another text (a space more),
as nothing of a text is remembered but its words: what a large folder comes near to, as most words of the thousandth article have been
seen. Each run is a new process; the median is given. The peer reads each text twice, too; its second time counts.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


def texts(corpus: Path) -> list[str]:
    return [json.loads(line)["text"] for line in corpus.read_text(encoding="utf-8").splitlines() if line.strip()]


def seconds(read: Callable[[str], object], documents: list[str]) -> float:
    start = time.process_time()
    for text in documents:
        read(text)
    return time.process_time() - start


def measure(corpus: Path, warm: list[Path], index: Path | None) -> list[float]:
    """Articles a second at first sight and with words known, the peer's (0 for none), and the peak memory in MB."""
    from kg.draft import draft_report
    from kg.draft.folder import _collect_less

    def draft(text: str) -> None:
        made = draft_report(text)
        for number in range(len(made.records)):
            made.to_yaml(number)

    _collect_less()
    seconds(draft, [text for each in warm for text in texts(each)])
    documents = texts(corpus)
    first = seconds(draft, documents)
    known = seconds(draft, [text + " " for text in documents])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    peer = 0.0
    if index:
        from predict import fasthpocr

        find = fasthpocr(index)
        seconds(find, documents)
        peer = len(documents) / seconds(find, documents)
    return [len(documents) / first, len(documents) / known, peer, memory]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--warm", type=Path, nargs="*", default=[])
    parser.add_argument("--fasthpocr-index", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.once:
        print(json.dumps(measure(args.corpus, args.warm, args.fasthpocr_index)))
        return
    runs = [
        json.loads(subprocess.run([sys.executable, *sys.argv, "--once"], check=True, capture_output=True).stdout) for _ in range(args.runs)
    ]
    first, known, peer, memory = (statistics.median(column) for column in zip(*runs))
    documents = texts(args.corpus)
    print(f"{len(documents)} documents of {sum(map(len, documents)) / len(documents):,.0f} characters on average; {args.runs} runs")
    print("| whole drafts | a second | characters per CPU second | time, FastHPOCR = 1 |")
    print("| --- | --: | --: | --: |")
    for name, rate in (("first sight", first), ("words known", known)):
        characters = rate * sum(map(len, documents)) / len(documents)
        print(f"| {name} | {rate:.1f} | {characters:,.0f} | {f'{peer / rate:.1f}' if peer else ''} |")
    print(f"\nPeak memory {memory:.0f} MB.")


if __name__ == "__main__":
    main()
