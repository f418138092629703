"""Drafting: what is recognised, what it says of it, and what must always hold of a draft."""

from __future__ import annotations

import time
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.check import check_record
from kg.draft import draft_folder, draft_report, hpo_ids, hpo_mentions
from kg.draft.emit import to_yaml
from kg.draft.names.ground import find_terms, named
from kg.draft.names.packed import FILE, stamp
from kg.draft.names.tables import load_tables
from kg.draft.names.words import stem
from kg.draft.patterns.lists import DATA, rows_of
from kg.draft.reading.negate import scopes, status_at
from kg.draft.reading.references import cited
from kg.draft.reading.source import Source
from kg.draft.therapy.times import read_times
from kg.errors import CasegraphError, ReportError
from kg.issue import errors
from kg.record import lines, parse_record
from kg.record.load import LoadedRecord
from kg.report import Report
from kg.terms import load_terms

REPORT = """A man with swollen joints

Ann Author, Ben Writer

J Test Med 2020;12(3):45-7

CASE PRESENTATION

A 54-year-old man with a history of hypertension presented with fever and joint pain. He denied weight loss. His mother had asthma.
Physical examination showed short fingers and toes. Haemoglobin was 9.1 g/dL and CRP was elevated (45 mg/L, normal < 5 mg/L).
ANA was positive (1/320) and anti-Jo1 was negative; anti-MDA5 was not tested. Chest CT showed no evidence of malignancy.
A diagnosis of dermatomyositis was made and he was started on prednisolone 40 mg daily.

Two months later the fever had resolved. Prednisolone was tapered and azathioprine 50 mg was added.

DISCUSSION

Rituximab is effective in dermatomyositis.[1]

REFERENCES

1. Smith A, Jones B. Rituximab in myositis. J Rheum 2019;4(2):1-9. PMID: 12345678
2. Lee C. Fingers. Hand 2018;1:2-3.
"""


@lru_cache(maxsize=1)
def _terms():
    from kg.pipeline import all_terms

    return all_terms()


def problems(text: str) -> list:
    """What the checks say of every record of a draft of this text."""
    draft, found = draft_report(text), []
    for number in range(len(draft.records)):
        source = lines.read(draft.to_yaml(number), "case.yaml")
        found += check_record(LoadedRecord(parse_record(source), source, Path("case.yaml")), Report(text), _terms())
    return errors(found)


@pytest.fixture(scope="module")
def record():
    return draft_report(REPORT).records[0]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("haemorrhages in both eyes", "Hemorrhage of the eye"),
        ("oedema of the eyelids", "Palpebral edema"),
        ("She could not climb stairs.", "Difficulty climbing stairs"),
        ("The ejection fraction was 25 %.", "Reduced left ventricular ejection fraction"),
        ("haemoglobin 6.2 g/dL", "Anemia"),
        ("weakness of the legs", "Lower limb muscle weakness"),
        ("syndactyly of the second and third toes", "2-3 toe syndactyly"),
        ("femurs were short and bowed", "Femoral bowing"),
        ("the platelet count was 842×10⁹/L", "Thrombocytosis"),
    ],
)
def test_words_and_values_give_the_term(text, label):
    terms = load_terms()
    assert label in {terms.term(c).label for c in hpo_ids(text)}


def test_proximal_upper_and_lower_weakness_is_two_findings():
    labels = {load_terms().term(c).label for c in hpo_ids("bilateral proximal upper and lower extremity weakness")}
    assert {"Proximal upper limb muscle weakness", "Proximal lower limb muscle weakness"} <= labels


def test_digits_of_a_range_are_each_a_finding():
    labels = {load_terms().term(c).label for c in hpo_ids("clinodactyly of digits 2-4")}
    assert {f"Clinodactyly of the {n} finger" for n in ("2nd", "3rd", "4th")} <= labels


def test_adjective_of_the_next_noun_is_not_taken():
    labels = {load_terms().term(c).label for c in hpo_ids("long fingers, short nose")}
    assert labels == {"Long fingers", "Short nose"}


@pytest.mark.parametrize(
    ("text", "word", "status"),
    [
        ("She denied weight loss or cough.", "cough", "absent"),
        ("No fever but a rash.", "rash", "present"),
        ("Fever was not observed.", "Fever", "absent"),
        ("Her mother had asthma.", "asthma", "family"),
        ("Screening for sepsis was done.", "sepsis", "hypothetical"),
        ("Suspected sepsis.", "sepsis", "uncertain"),
        ("There was no improvement of the rash.", "rash", "present"),
        ("no rash improvement", "rash", "present"),
    ],
)
def test_status_follows_the_scope(text, word, status):
    at = text.index(word)
    assert status_at(scopes(text), at, at + len(word))[0] == status


def test_part_of_a_name_is_never_the_whole():
    assert named("left pleural effusion of unknown", ("UBERON", "MONDO")) is None
    assert [c for _, _, c in find_terms("upper lung zone haziness", ("MONDO",))] == []


def test_document_is_read(record):
    document = record["document"]
    assert (document["title"], document["authors"], document["journal"], document["year"], document["pages"]) == (
        "A man with swollen joints", ["Ann Author", "Ben Writer"], "J Test Med", 2020, "45-7")  # fmt: skip
    assert [(r["number"], r["title"], r.get("pmid")) for r in record["references"]] == [
        (1, "Rituximab in myositis", "12345678"),
        (2, "Fingers", None),
    ]


def test_patient_is_read(record):
    assert (record["patient"]["age"], record["patient"]["sex"]) == ("P54Y", "PATO:0000384 ! male")


@pytest.mark.parametrize(
    ("text", "age"),
    [("A 3-month-old girl was seen.", "P3M"), ("A newborn boy cried.", "P0D"),
     ("A seventy-two-year-old woman came.", "P72Y"), ("A woman in her sixties came.", None)],
)  # fmt: skip
def test_age_in_its_forms(text, age):
    assert draft_report(text).records[0]["patient"].get("age") == age


def test_findings_have_status_and_history_is_apart(record):
    status = {f["is"].partition(" ! ")[2]: f.get("status", "present") for f in record["findings"] if "at" not in f}
    assert status["Weight loss"] == "absent" and status["Fever"] == "present"
    assert {h["kind"] for h in record["history"]} == {"condition", "family"}


def test_what_resolved_is_absent_later(record):
    assert [f["at"] for f in record["findings"] if f["is"] == "HP:0001945 ! Fever" and f.get("status") == "absent"] == ["month-2-later"]


def test_measurements_and_antibodies(record):
    assert [(m["words"].split()[0], m["value"], m["interpretation"]) for m in record["measurements"]] == [
        ("Haemoglobin", "9.1 g/dL", "low"), ("CRP", "45 mg/L", "high")]  # fmt: skip
    assert [(a["words"], a["result"], a.get("titre")) for a in record["antibodies"]] == [
        ("ANA", "positive", "1/320"), ("anti-Jo1", "negative", None), ("anti-MDA5", "not-tested", None)]  # fmt: skip


def test_treatment_has_its_course(record):
    courses = {t["words"].lower(): [(s["change"], s.get("dose"), s["at"]) for s in t["course"]] for t in record["treatments"]}
    assert courses["prednisolone"] == [("started", "40 mg", "presentation"), ("decreased", None, "month-2-later")]
    assert courses["azathioprine"] == [("started", "50 mg", "month-2-later")]


def test_claim_cites_its_reference(record):
    assert [(c["subject"].partition(" ! ")[2], c["effect"], c["object"].partition(" ! ")[2], c["cites"]) for c in record["claims"]] == [
        ("Rituximab", "treats", "dermatomyositis", [1])]  # fmt: skip


def test_every_statement_has_quote_confidence_and_machine_mark(record):
    assert record["curation"]["method"] == "machine" and record["curation"]["tool"].startswith("casegraph ")
    for part in ("history", "findings", "antibodies", "measurements", "investigations", "diagnoses", "treatments", "responses", "claims"):
        assert all(item["quote"] and 0 <= item["confidence"] <= 1 for item in record.get(part, ()))


def test_draft_passes_the_checks():
    assert problems(REPORT) == []


def test_seeds_pass_the_checks():
    for path in sorted((Path(__file__).parent.parent / "seeds").glob("*/report.txt")):
        assert problems(path.read_text(encoding="utf-8")) == [], path


def test_contradiction_becomes_uncertain():
    record = draft_report("CASE REPORT\n\nA 30-year-old woman had fever. She was seen at noon and had no fever.\n").records[0]
    assert [f.get("status", "present") for f in record["findings"]] == ["present", "uncertain"]


def test_patients_of_one_report_are_kept_apart():
    text = "Two cases\n\nCASE REPORTS\n\nCase 1. A 30-year-old woman had fever.\n\nCase 2. A 40-year-old man had rash and nausea.\n"
    draft = draft_report(text)
    assert [[f["is"].partition(" ! ")[2] for f in r["findings"]] for r in draft.records] == [["Fever"], ["Skin rash", "Nausea"]]
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("  \n ", "empty"),
        ("a\0b", "binary"),
        ("Der Patient klagte über Fieber und wurde mit Penicillin behandelt. " * 20, "not English"),
        ("A man had \ud83d fever and cough.", r"half of a character \(U\+D83D\) at offset 10"),
        ("La paciente refiere dolor. " * 40 + "She had the rash.", "not English"),
        ("x" * 2_000_001, "at most"),
    ],
)
def test_unreadable_input_is_refused_in_words(text, words):
    with pytest.raises(ReportError, match=words):
        draft_report(text)


def test_other_texts_get_a_remark():
    assert (
        "no patient is mentioned; is it a case report?"
        in draft_report("The weather in spring is mild and the days are long. " * 10).remarks
    )
    assert any("capitals" in r for r in draft_report("A 30-YEAR-OLD WOMAN HAD FEVER.").remarks)


ODD = st.text(st.one_of(st.characters(), st.sampled_from("\u202e\u200f\ufeff\x07\x85\u2028()[]<>%/.,;:'\"!#&*\\\n ")), max_size=120)
PIECES = st.sampled_from(
    ["She had fever.", "No rash was seen.", "Hb 6.2 g/dL", "(1/640)", "anti-Ro was positive", "One month later",
     "prednisolone 40 mg daily", "was stopped",
     "A 5-year-old boy", "REFERENCES", "1. A B. Title here. J Med 2001;1:2-3.", "DISCUSSION", "CASE REPORT", "[1]",
     "flare", "diagnosis of gout", "\n\n", "Case 1.", "Case 2."]
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(ODD, PIECES), max_size=12).map(" ".join))
def test_any_text_gives_a_valid_draft_or_a_word(text):
    try:
        found = problems(text)
    except ReportError:
        return
    assert found == []
    assert draft_report(text).to_yaml() == draft_report(text).to_yaml()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(ODD, PIECES), max_size=8).map(" ".join))
def test_mentions_lie_in_the_text_and_exist(text):
    for mention in hpo_mentions(text):
        assert 0 <= mention.start < mention.end <= len(text)
        assert not load_terms().term(mention.curie).obsolete


def test_long_text_takes_bounded_time():
    start = time.monotonic()
    draft_report(("She had fever, rash, and pain in the arms and legs " * 40 + ". ") * 20)
    draft_report("( 1 / " * 20000 + "She had fever.")
    assert time.monotonic() - start < 30


def test_folder_is_the_same_whatever_the_workers(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_text(REPORT)
    (source / "b.txt").write_text("A 3-year-old girl had a rash.")
    (source / "bad.txt").write_bytes(b"\0\1\2")
    one, two = (draft_folder(source, tmp_path / f"out{n}", workers=n) for n in (1, 2))
    assert [(d.name, d.written, bool(d.problem)) for d in one] == [(d.name, d.written, bool(d.problem)) for d in two]
    assert [(d.name, bool(d.problem)) for d in one] == [("a.txt", False), ("b.txt", False), ("bad.txt", True)]
    files = [
        sorted((p.relative_to(tmp_path / o), p.read_bytes()) for p in (tmp_path / o).rglob("*") if p.is_file()) for o in ("out1", "out2")
    ]
    assert [(str(p).split("/", 1)[1], data) for p, data in files[0]] == [(str(p).split("/", 1)[1], data) for p, data in files[1]]
    assert all(d.skipped for d in draft_folder(source, tmp_path / "out1", workers=1) if not d.problem)


def test_a_draft_that_no_record_can_hold_is_refused():
    findings = [{"is": "HP:0001945 ! Fever", "status": "present"}] * 20_000
    assert to_yaml({"case": "a", "findings": findings[:17_000]}).count("HP:") == 17_000
    with pytest.raises(ReportError, match="40,002 lines.*one report at a time"):
        to_yaml({"case": "a", "findings": findings})


def test_empty_folder_is_refused(tmp_path):
    with pytest.raises(CasegraphError, match="no .txt"):
        draft_folder(tmp_path, tmp_path / "out")


def test_word_lists_name_current_terms():
    terms = load_terms()
    for name in ("lay.tsv", "generic.tsv"):
        for row in rows_of(name):
            assert any(c.startswith("HP:") and terms.term(c).label == row[0] for c, _ in terms.find_by_name(row[0])), row[0]


def test_word_lists_are_sorted_out():
    for path in DATA.glob("*.tsv"):
        rows = [tuple(row) for row in rows_of(path.name)]
        assert len(rows) == len(set(rows)), path


def test_compiled_tables_are_current():
    assert FILE.read_bytes()[8:20] == stamp(), "run: python -m kg.draft.names.compile"
    assert len(load_tables().exact) > 30_000


def test_stems_join_forms_and_not_meanings():
    assert stem("anaemic") == stem("anemia") and stem("femora") == stem("femoral")
    assert len({stem(w) for w in ("nephritis", "nephrosis", "nephropathy")}) == 3


def test_citations_in_their_forms():
    assert cited("As shown.⁵⁻⁷", set(range(9))) == [5, 6, 7]
    assert cited("As shown [2, 4-5].", set(range(9))) == [2, 4, 5]


def test_times_stand_one_after_another():
    source = Source(Report("CASE REPORT\n\nA man came. Ten days later he had rash. At 6-month follow-up he was well.\n"))
    times = read_times(source, source.story).times
    assert {name: (t.get("after"), t.get("by")) for name, t in times.items()} == {
        "presentation": (None, None), "day-10-later": ("presentation", "P10D"), "month-6-later": ("day-10-later", None)}  # fmt: skip


def test_the_journal_of_a_cited_paper_is_not_that_of_the_report() -> None:
    listed = "References\n1. Doe J, Roe R. A trial of it. Ann Intern Med 2007;357:545-52.\n"
    draft = draft_report(f"A case of gout\n\nCase report\nA 54-year-old man presented with gout [1].\n{listed}").records[0]
    assert "journal" not in draft["document"] and draft["references"][0]["journal"] == "Ann Intern Med"
    own = draft_report(f"A case of gout\n\nBr J Rheum 2011;4:12-4\n\nCase report\nA 54-year-old man presented with gout [1].\n{listed}").records[0]
    assert own["document"]["journal"] == "Br J Rheum"
