"""Whole articles as a curator pastes them: front matter, running heads, reference lists, several patients. All texts are invented."""

from __future__ import annotations

from typing import Any

import pytest

from kg.draft import draft_report
from kg.draft.reading.authors import names_in
from kg.draft.reading.furniture import page_furniture
from kg.draft.reading.mended import mend
from kg.draft.reading.references import cited
from kg.headings import heading_of
from kg.report import Report

STORY = "CASE REPORT\n\nA 40-year-old man presented with cough [1].\n\n"


def sentences(text: str) -> list[str]:
    report = Report(text)
    return [" ".join(report.quote(s).split()) for s in report.sentences]


def references(entries: str, before: str = f"{STORY}REFERENCES\n\n") -> list[dict[str, Any]]:
    return draft_report(before + entries).records[0].get("references", [])


def findings(text: str, number: int = 0) -> dict[str, str]:
    return {f["words"].lower(): f.get("status", "present") for f in draft_report(text).records[number].get("findings", [])}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rose over the next 5 d. Gout is common.", ["It rose over the next 5 d.", "Gout is common."]),
        ("It weighed 3 g. Pain had gone.", ["It weighed 3 g.", "Pain had gone."]),
        ("He took 5 mg q.d. Six days later he came.", ["He took 5 mg q.d.", "Six days later he came."]),
        ("He had hepatitis B. She had none.", ["He had hepatitis B.", "She had none."]),
        ("See Fig. 2 and E. coli.", ["See Fig. 2 and E. coli."]),
        ("Given i.v. Heparin and q.d. Aspirin by J. Doe.", ["Given i.v. Heparin and q.d. Aspirin by J. Doe."]),
        ("He took 5 d. of rest.", ["He took 5 d. of rest."]),
    ],
)
def test_units_and_short_forms_at_the_end_of_a_sentence(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("line", "section"),
    [
        ("2. Detailed Case Description", "case presentation"), ("A B S T R A C T", "abstract"), ("2 | CASE HISTORY", "case presentation"), ("Discussion and conclusions", "discussion"),
        ("Declaration of Competing Interest", "conflict of interest"), ("Authors' contributions", "author contributions"),
        ("Her case reports were lost", None), ("A B", None),
    ],
)  # fmt: skip
def test_headings_of_many_publishers(line: str, section: str | None) -> None:
    assert heading_of(line) == section


def test_the_sort_of_article_above_its_title_opens_no_section() -> None:
    text = "CASE REPORT\n\nCough in a diver\n\nAnn Author, Ben Writer\n\nABSTRACT\n\nCough is rare.\n\nCASE REPORT\n\nA man of 30 years had cough.\n"
    document = draft_report(text).records[0]["document"]
    assert (document["title"], document["authors"]) == ("Cough in a diver", ["Ann Author", "Ben Writer"])
    assert Report("CASE REPORT\n\nHe had cough.\n").sections == ("case presentation",)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ann B. Author, MD1, Ben de Vries, PhD2,*, and Li-Na O'Hara3†", ["Ann B. Author", "Ben de Vries", "Li-Na O'Hara"]),
        ("Ann Author a   Ben Writer b   Ida Øst a", ["Ann Author", "Ben Writer", "Ida Øst"]),
        ("Doe T*; Roe RA; Poe BS", ["Doe T", "Roe RA", "Poe BS"]),
        ("Department of Chest Diseases, Test Hospital, Oslo", []),
        ("Ann Author1 | Ben Writer2", ["Ann Author", "Ben Writer"]),
        ("OPEN ACCESS", []),
        ("Two Divers With a Cough: A Report", []),
    ],
)
def test_a_line_of_authors(line: str, names: list[str]) -> None:
    assert names_in(line) == names


def test_issue_ids_and_dates_in_the_orders_of_journals() -> None:
    rest = f"\n\nCough in a diver\n\nAnn Author, Ben Writer\n\nABSTRACT\n\nWe report a man.\n\n{STORY}"
    for line, journal, year, volume in (
        ("J Test Med 12 (2019) e101", "J Test Med", 2019, "12"),
        ("Journal of Test Cases (2018) 13:214", "Journal of Test Cases", 2018, "13"),
        ("Tests 2022, 5, 31. https://doi.org/10.1000/t5", "Tests", 2022, "5"),
        ("Front. Test. Med. 2017;3:4-5", "Front. Test. Med", 2017, "3"),
    ):
        document = draft_report(line + rest).records[0]["document"]
        assert (document["title"], document.get("journal"), document.get("year"), document.get("volume")) == (
            "Cough in a diver",
            journal,
            year,
            volume,
        )
    page = f"Test Cases logoLink to Test Cases\n. 2021 Jul 8;11(3):e29. doi: 10.1000/t1\n\nCough in a diver\n\nAnn Author 1, Ben Writer 2\nPMCID: PMC123  PMID: 456\n\n{STORY}"
    document = draft_report(page + "Received July 8, 2018; Accepted May 1, 2019\n").records[0]["document"]
    assert [document[k] for k in ("journal", "year", "volume", "issue", "pages", "doi", "pmid", "pmcid", "submitted", "accepted")] == [
        "Test Cases", 2021, "11", "3", "e29", "10.1000/t1", "456", "PMC123", "July 8, 2018", "May 1, 2019"]  # fmt: skip
    told = draft_report(f"Cough in a diver\n\n{STORY}He received 5 May 2018 tablets. It was published elsewhere.\n").records[0]["document"]
    assert not {"submitted", "year", "pmid"} & set(told)


def test_keywords_below_their_heading_one_a_line() -> None:
    front = "Cough in a diver\n\nKeywords:\nCough\nDiving\nLung\n\nA B S T R A C T\n\nWe report a man.\n\n"
    assert draft_report(front + STORY).records[0]["document"]["keywords"] == ["Cough", "Diving", "Lung"]
    assert "keywords" not in draft_report(f"Cough in a diver\n\n{STORY}").records[0]["document"]


@pytest.mark.parametrize(
    ("entry", "authors", "title", "journal", "year", "pages", "doi"),
    [
        ("1. Doe J, Roe RA, et al. On cough. J Test Med. 2010;3(4):5-9.", ["Doe J", "Roe RA"], "On cough", "J Test Med", 2010, "5-9", None),
        ("1 Doe J, van den Berg B: On cough. A study of ten. Br J Test 1999;3:5–9.", ["Doe J", "van den Berg B"], "On cough. A study of ten", "Br J Test", 1999, "5-9", None),
        ("1. Doe J, Roe R, et al.: On cough. Test Med. 2016, 15:391-4. 10.1000/S14(15)4", ["Doe J", "Roe R"], "On cough", "Test Med", 2016, "391-4", "10.1000/S14(15)4"),
        ("1. Doe J, Roe R. On cough: a plea. JTEST Lung. (2021) 3:157–61. doi: 10.1000/j.1", ["Doe J", "Roe R"], "On cough: a plea", "JTEST Lung", 2021, "157-61", "10.1000/j.1"),
        ("1. Doe, J.A.; O'Roe, R. On Cough. J. Test. Med. 1997, 130, 51–62. [CrossRef]", ["Doe, J.A.", "O'Roe, R."], "On Cough", "J. Test. Med", 1997, "51-62", None),
        ("[1] Doe J, Roe R. On cough. J Test Med 2019;1:34–9.", ["Doe J", "Roe R"], "On cough", "J Test Med", 2019, "34-9", None),
    ],
)  # fmt: skip
def test_references_of_many_publishers(
    entry: str, authors: list[str], title: str, journal: str, year: int, pages: str, doi: str | None
) -> None:
    made = references(f"{entry}\n")
    assert len(made) == 1 and [made[0].get(k) for k in ("number", "title", "journal", "year", "pages", "doi")] == [
        1,
        title,
        journal,
        year,
        pages,
        doi,
    ]
    assert [a.rstrip(".") for a in made[0]["authors"]] == [a.rstrip(".") for a in authors]


def test_numbers_of_a_list_go_up_by_one_and_pages_are_none() -> None:
    listed = (
        "1 Doe J. On cough. J Test 2001; 1: 4\n2 Roe R. On a cough that had lasted for about\n30 years. J Test 2002; 2: 5\n\n"
        "Test Med      www.test.org      3\n\n3 Poe P. On none. J Test 2003; 3: 6\n\nDownloaded by: a library.\n"
    )
    assert [(r["number"], r["authors"], r["year"]) for r in references(listed)] == [
        (1, ["Doe J"], 2001),
        (2, ["Roe R"], 2002),
        (3, ["Poe P"], 2003),
    ]


def test_a_list_without_a_heading_or_in_one_line() -> None:
    listed = [f"{n}. Doe J. On cough, part {n}. J Test 200{n};1:4-5." for n in (1, 2, 3)]
    assert [r["number"] for r in references("\n".join(listed), before="A 40-year-old man had cough.\n\n")] == [1, 2, 3]
    assert [r["year"] for r in references(" ".join(listed), before="Cough in a diver. A 40-year-old man had cough. References ")] == [
        2001,
        2002,
        2003,
    ]
    steps = "\n".join(f"{n}. Wash the hands in {n} litres." for n in (1, 2, 3))
    assert references(steps, before="A 40-year-old man had cough.\n\n") == []


def test_citations_with_spaces_and_semicolons() -> None:
    assert cited("Seen [ 3 ] and [4; 6].", set(range(9))) == [3, 4, 6] and cited("Seen in 3 and [ 30 ].", set(range(9))) == []


HEAD = "Doe et al.                     J Test Med 2020;3:4"


def test_running_heads_part_no_sentence_and_quotes_are_as_printed() -> None:
    page = f"{STORY}On the third day he was given a second dose and developed\n\nTest Press      www.test.org      5\n\n{HEAD}\n\nurticaria with fever, and then he im-\n\n6\n\nproved.\n"
    assert "developed urticaria with fever, and then he improved." in " ".join(mend(page).text.split())
    made = draft_report(page).records[0]
    assert {"urticaria", "fever"} <= set(findings(page))
    assert all(Report(page).find_all(f["quote"]) for f in made["findings"])


@pytest.mark.parametrize(
    "line",
    ["Figure 1. Chest film, 2020.", "He was seen in 2020.", "Haemoglobin      10.2      g/dL", "3. Doe J. On it.      J Test 2020;3:4"],
)
def test_what_is_no_running_head(line: str) -> None:
    assert page_furniture(f"{STORY}He had a cough.\n\n{line}\n\nIt went.\n") == []
    assert len(page_furniture(f"{STORY}He had a cough.\n\n{HEAD}\n\nIt went.\n")) == 1


def test_places_of_a_text_without_its_running_heads() -> None:
    page = f"{STORY}He had a long-lasting and very trouble-\n\n{HEAD}\n\nsome con\ufb01rmed cough.\n\n{HEAD}\n\nIt went.\n"
    mended = mend(page)
    for word, printed in (("confirmed", "con\ufb01rmed"), ("It went", "It went"), ("cough.", "cough.")):
        first, last = mended.given(at := mended.text.rfind(word), at + len(word))
        assert page[first:last] == printed and mended.mended(first) == at
    assert "troublesome" in mended.text and "Doe et al" not in mended.text


def test_a_brother_as_the_second_patient() -> None:
    text = (
        "CASE REPORT\n\nThe first patient, a seven-year-old boy, had fever.\n\nThe second patient, his younger brother, came two years later at the age "
        "of six years with cough. He had no fever.\n"
    )
    made = draft_report(text).records
    assert [r["patient"]["age"] for r in made] == ["P7Y", "P6Y"]
    assert (findings(text, 0), findings(text, 1)) == ({"fever": "present"}, {"cough": "present", "fever": "absent"})
    one = draft_report("CASE REPORT\n\nA seven-year-old boy had fever. His mother, at the age of 30 years, had cough.\n").records
    assert len(one) == 1 and one[0]["patient"]["age"] == "P7Y"


def test_relatives_under_headings_of_their_own() -> None:
    text = "CASE REPORT\n\nCase 1\n\nA 14-year-old boy had fever.\n\nCase 2\n\nHis 9-year-old brother presented with cough. There was pain.\n"
    assert [r["patient"].get("age") for r in draft_report(text).records] == ["P14Y", "P9Y"]
    sister = draft_report(text.replace("brother", "sister")).records[1]["patient"]
    assert sister["sex"] == "PATO:0000383 ! female"
    numbered = text.replace("Case 1", "2.1 | Patient 1").replace("Case 2", "2.2 | Patient 2")
    assert [r["patient"].get("age") for r in draft_report(numbered).records] == ["P14Y", "P9Y"]
    assert len(draft_report(text.replace("Case 1", "2.1 Onset").replace("Case 2", "2.2 Course")).records) == 1
    twins = "CASE REPORT\n\nTwin A\n\nTwin A, an 8-year-old girl, had fever.\n\nTwin B\n\nTwin B, her sister, had cough.\n"
    assert [r["patient"].get("age") for r in draft_report(twins).records] == ["P8Y", None]


def test_patients_of_others_are_not_the_reports_own() -> None:
    start = "A title of it\n\nCASE REPORT\n\nA 40-year-old man had headache.\n\nDISCUSSION\n\n"
    told = findings(
        f"{start}In contrast to our patient, the woman reported by Lee et al. had haematuria. In our patient, fever was absent. "
        "Unlike the case of Doe, our patient had ascites.\n"
    )
    assert told == {"headache": "present", "fever": "absent", "ascites": "present"}


def test_a_letter_tells_and_argues_without_headings() -> None:
    text = (
        "To the Editor: Dapsone is used to treat leprosy. A 40-year-old man had leprosy and took dapsone. Five days later he had fever. "
        "In a retrospective study, many had haemolysis. Jaundice has also been reported in a man who received dapsone. He had no headache.\n"
    )
    assert {"fever": "present", "headache": "absent"}.items() <= findings(text).items()
    assert not {"haemolysis", "jaundice"} & set(findings(text))


def test_two_articles_in_one_file_are_remarked_on() -> None:
    one = f"Cough in a diver\n\nABSTRACT\n\nWe report a man.\n\n{STORY}REFERENCES\n\n1. Doe J. On it. J Test 2001;1:4.\n\n"
    assert any("2 articles" in remark for remark in draft_report(one + one.replace("diver", "miner")).remarks)
    assert not any("articles" in remark for remark in draft_report(one).remarks)


@pytest.mark.parametrize(
    "text",
    ["References\n\n1. Doe J. On it. J Test 2001;1:4-5.\n", "Abstract\n\nWe report a woman with cough.\n", "1\n\n2\n\n3\n", f"{HEAD}\n"],
)
def test_parts_of_an_article_are_drafted_with_remarks(text: str) -> None:
    draft = draft_report(text)
    assert len(draft.records) == 1 and draft.remarks


def test_lines_that_end_in_carriage_returns() -> None:
    page = f"Cough in a\ndiver\n\nAnn Author, Ben Writer\n\n{STORY}He then had a\nfever for days.\n"
    made = draft_report(page.replace("\n", "\r\n")).records[0]
    assert made["document"]["title"] == "Cough in a diver" and "He then had a fever for days." in [f["quote"] for f in made["findings"]]
    assert Report("One.\r\n\r\nTwo").paragraphs[1].start == 8


def test_high_ordinals_are_days() -> None:
    told = "CASE REPORT\n\nA man of 50 years was admitted with cough. On the fourteenth hospital day he had fever. Two days after, he had rash.\n"
    times = draft_report(told).records[0]["times"]
    assert [t.get("by") for t in times.values()][1:] == ["P14D", "P2D"]
    assert len(draft_report("CASE REPORT\n\nA man of 50 years was the fourteenth of ten. He had fever.\n").records[0]["times"]) == 1
