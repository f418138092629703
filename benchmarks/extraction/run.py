"""Score casegraph, the plain dictionary and FastHPOCR on the same corpora in the same run, and print one table.

    python run.py CORPUS.jsonl [CORPUS.jsonl ...] --scorer score_hpo.py --obo hp.obo [--fasthpocr-index FILE] [-o OUT]

The scorer is called as it stands (document-level micro precision, recall and F1, in per cent). FastHPOCR is left out
where no index is given. No corpus is part of this repository; get them from their publishers.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from predict import predict, system


def score(scorer: Path, gold: Path, pred: Path, obo: Path) -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "score.json"
        subprocess.run(
            [sys.executable, str(scorer), str(gold), str(pred), "--obo", str(obo), "--root", "HP:0000118", "--json", str(out)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        precision, recall, f1 = json.loads(out.read_text())["doc_micro"]
    return precision, recall, f1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--obo", type=Path, required=True)
    parser.add_argument("--fasthpocr-index", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    args = parser.parse_args()
    names = ["dictionary", "casegraph-names", "casegraph"]
    if args.fasthpocr_index:
        names[1:1] = ["fasthpocr-all", "fasthpocr"]
    lines = [
        "| corpus | system | P | R | F1 | characters per CPU second | F1 / dictionary |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    finders = {name: system(name, args.fasthpocr_index, args.obo) for name in names}
    for gold in args.corpora:
        base = 0.0
        for name in names:
            with tempfile.TemporaryDirectory() as folder:
                pred = Path(folder) / "pred.jsonl"
                speed = predict(gold, pred, finders[name])
                p, r, f = score(args.scorer, gold, pred, args.obo)
            base = base or f
            lines.append(f"| {gold.name.split('.')[0]} | {name} | {p:.1%} | {r:.1%} | {f:.1%} | {speed:,.0f} | {f / base:.2f} |")
    table = "\n".join(lines)
    print(table)
    if args.output:
        args.output.write_text(table + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
