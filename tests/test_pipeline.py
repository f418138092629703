"""Builds: the same bytes every time, whole or not at all, rebuilt when stale; graphs opened from anywhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kg
from kg import pipeline
from kg.errors import BuildError, CasegraphError, RecordError, StoreError
from kg.graph import folder as graph_folder
from tests.conftest import SEED, SmallCase

INVENTED = Path(__file__).parent / "questions_cases" / "invented-pericarditis"


def graph_bytes(out: Path) -> bytes:
    folder = pipeline.current(out)
    assert folder is not None
    return (folder / "graph.nq").read_bytes()


def test_same_input_gives_the_same_bytes(tmp_path: Path, seed_graph: Path) -> None:
    pipeline.build([SEED], tmp_path / "again")
    assert graph_bytes(tmp_path / "again") == graph_bytes(seed_graph)


def test_bytes_do_not_depend_on_the_hash_seed(tmp_path: Path, small: type[SmallCase]) -> None:
    case = small().write(tmp_path / "case")
    for number in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": number}
        subprocess.run([sys.executable, "-m", "kg", "build", str(case), "-o", str(tmp_path / number)], check=True, env=environment)
    assert graph_bytes(tmp_path / "0") == graph_bytes(tmp_path / "1")


def test_bytes_do_not_depend_on_batches_and_workers(tmp_path: Path, small: type[SmallCase]) -> None:
    cases = [SEED, INVENTED]
    # A claim of one report about a drug that only another gives, and a chain of claims over two reports, need all cases together.
    for name, target in (("one", "GO:0006954 ! inflammatory response"), ("two", "GO:0006955 ! immune response")):
        claim = ('object: "GO:0006954 ! inflammatory response"', f'object: "{target}"')
        cases.append(small(("small-2020", f"small-{name}"), claim).write(tmp_path / name))
    built = [pipeline.build(cases, tmp_path / f"g{size}", batch=size, workers=size % 2 + 1) for size in (1, 2, 100)]
    assert {each.cases for each in built} == {4}
    first, *others = [graph_bytes(each.folder) for each in built]
    assert others == [first, first]
    assert [row["case"] for row in kg.open(tmp_path / "g1").ask("patient")] == [row["case"] for row in kg.open(tmp_path / "g100").ask("patient")]


def test_errors_of_all_batches_are_told_at_once(tmp_path: Path, small: type[SmallCase]) -> None:
    small(("small-2020", "a"), ("HP:0001824 ! Weight loss", "HP:0001824 ! Fever")).write(tmp_path / "a")
    small(("small-2020", "b")).write(tmp_path / "b")
    small(("small-2020", "b"), ("HP:0001945 ! Fever", "HP:0001945 ! Weight loss")).write(tmp_path / "c")
    with pytest.raises(RecordError) as caught:
        pipeline.build([tmp_path], tmp_path / "graph", batch=1, workers=2)
    for words in ("a/case.yaml", "HP:0001824", "c/case.yaml", "HP:0001945", "case id 'b' is taken by"):
        assert words in str(caught.value)
    assert pipeline.current(tmp_path / "graph") is None


def test_progress_counts_cases(tmp_path: Path, small: type[SmallCase]) -> None:
    for name in "abc":
        small(("small-2020", name)).write(tmp_path / name)
    seen: list[tuple[int, int]] = []
    pipeline.build([tmp_path], tmp_path / "graph", batch=2, workers=1, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 3), (3, 3)]


def test_record_with_errors_leaves_the_old_graph(tmp_path: Path, small: type[SmallCase]) -> None:
    out = tmp_path / "graph"
    pipeline.build([small().write(tmp_path / "case")], out)
    before = graph_bytes(out)
    small(("HP:0001824 ! Weight loss", "HP:0001824 ! Fever")).write(tmp_path / "case")
    with pytest.raises(RecordError, match="HP:0001824"):
        pipeline.build([tmp_path / "case"], out)
    assert graph_bytes(out) == before


def test_killed_build_leaves_the_old_graph_and_the_next_sweeps_up(tmp_path: Path, small: type[SmallCase]) -> None:
    out = tmp_path / "graph"
    case = small().write(tmp_path / "case")
    pipeline.build([case], out)
    before = graph_bytes(out)
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom kg import pipeline\nfrom kg.graph import folder as graph_folder\n"
        "graph_folder.swap = lambda *a: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"pipeline.build([Path({str(case)!r})], Path({str(out)!r}))"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert list(out.glob(".new-*"))
    assert graph_bytes(out) == before
    assert kg.open(out).ask("patient")[0]["case"] == "small-2020"
    pipeline.build([case], out)
    assert not list(out.glob(".new-*"))


def test_second_build_at_the_same_time_is_told_to_wait(tmp_path: Path, small: type[SmallCase]) -> None:
    out = tmp_path / "graph"
    case = small().write(tmp_path / "case")
    with graph_folder.only_builder(out), pytest.raises(BuildError, match="another build is running"):
        pipeline.build([case], out)
    assert pipeline.build([case], out).cases == 1


def test_full_disk_is_told_and_leaves_the_old_graph(tmp_path: Path, small: type[SmallCase], monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "graph"
    case = small().write(tmp_path / "case")
    pipeline.build([case], out)
    before = graph_bytes(out)

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(BuildError, match="No space left on device; the graph that was there is as it was"):
        pipeline.build([case], out)
    monkeypatch.undo()
    assert graph_bytes(out) == before
    assert not list(out.glob(".new-*"))


def test_build_is_stale_after_a_change_and_not_after_a_touch(tmp_path: Path, small: type[SmallCase]) -> None:
    out = tmp_path / "graph"
    case = small().write(tmp_path / "case")
    assert pipeline.is_stale(out, [case])
    pipeline.build([case], out)
    assert not pipeline.is_stale(out, [case])
    later = time.time() + 5
    os.utime(case / "case.yaml", (later, later))
    assert not pipeline.is_stale(out, [case])
    (case / "case.yaml").write_text(small(("P30Y", "P31Y")).text, encoding="utf-8")
    assert pipeline.is_stale(out, [case])


def test_one_id_for_two_cases_is_an_error_naming_both(tmp_path: Path, small: type[SmallCase]) -> None:
    for name in "ab":
        small().write(tmp_path / name)
    with pytest.raises(RecordError, match="case id 'small-2020' is taken by .*a/case.yaml"):
        pipeline.build([tmp_path], tmp_path / "graph")
    told = [str(issue) for issue in pipeline.check([tmp_path]).issues if issue.level == "error"]
    assert len(told) == 1 and "case id 'small-2020' is taken by" in told[0], "the graph of both is not checked"
    assert not [issue for issue in pipeline.check([tmp_path / "a"]).issues if issue.level == "error"]


@pytest.mark.parametrize("suffix", pipeline.FORMATS)
def test_graph_written_in_each_format_answers_the_same(tmp_path: Path, small: type[SmallCase], suffix: str) -> None:
    out = tmp_path / "graph"
    pipeline.build([small().write(tmp_path / "case")], out, [suffix])
    assert list(kg.open(out.with_suffix(suffix)).ask("findings")) == list(kg.open(out).ask("findings"))


def test_graph_opens_from_a_folder_of_records(tmp_path: Path, small: type[SmallCase]) -> None:
    assert kg.open(small().write(tmp_path / "case")).ask("patient")[0]["age_years"] == 30


@pytest.mark.parametrize("name", ["nothing", "nothing.nq", "nothing.yaml"])
def test_nothing_to_open_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(CasegraphError, match="nothing"):
        kg.open(tmp_path / name)


def test_broken_rdf_file_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "x.nq"
    path.write_text("<a> <b> .\n")
    with pytest.raises(StoreError, match="x.nq"):
        kg.open(path)


def test_new_record_loads_and_builds(tmp_path: Path, small: type[SmallCase]) -> None:
    report = tmp_path / "paper.txt"
    report.write_text(small().report.text, encoding="utf-8")
    path = pipeline.start_record("smith-2021", report, tmp_path / "smith-2021")
    assert (path.parent / "report.txt").read_bytes() == report.read_bytes()
    assert pipeline.read_case(path).issues == []
    with pytest.raises(RecordError, match="is there already; nothing was changed"):
        pipeline.start_record("smith-2021", report, tmp_path / "smith-2021")
    with pytest.raises(RecordError, match="lower-case letters"):
        pipeline.start_record("Smith 2021", report)


def test_answer_becomes_a_frame(seed_graph: Path) -> None:
    answer = kg.open(seed_graph).ask("labs")
    frame = answer.to_pandas()
    assert list(frame.columns) == list(answer.columns)
    assert len(frame) == len(answer) > 0
    assert "rows of" in repr(answer)
    assert answer._repr_html_().count("<tr>") == len(answer) + 1
