"""The case record: typed models of the YAML a curator writes, in the order of the CARE guideline.

Each class is one kind of statement; `kg schema` prints the JSON Schema of `Record`, so the field
descriptions below are what an editor shows while typing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import core_schema

SLUG = r"[a-z0-9][a-z0-9-]{0,79}"
DURATION = r"-?P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?"


class TermRef(str):
    """A term as a record writes it, ``ID ! label``; the label is a checksum on the id.

    ``none ! words`` says that no suitable term exists and keeps the words.

    Example:
    >>> ref = TermRef("HP:0001945 ! Fever")
    >>> ref.curie, ref.label
    ('HP:0001945', 'Fever')
    """

    PATTERN: ClassVar[str] = r"^(none|[A-Za-z][A-Za-z0-9]*:[^\s!]+) ! \S.*$"

    @property
    def curie(self) -> str | None:
        """The id, or None where the record says that no term fits."""
        curie = self.partition(" ! ")[0]
        return None if curie == "none" else curie

    @property
    def label(self) -> str:
        return self.partition(" ! ")[2]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(cls._read, core_schema.str_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": cls.PATTERN, "examples": ["HP:0001945 ! Fever"]}

    @classmethod
    def _read(cls, text: str) -> TermRef:
        text = " ".join(text.split())
        if not re.match(cls.PATTERN, text):
            raise ValueError(f"{text!r} is not a term; write 'ID ! label', such as 'HP:0001945 ! Fever', or 'none ! words'")
        return cls(text)


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, (str, int, float)) else value


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _matching(pattern: str, hint: str) -> Any:
    compiled = re.compile(rf"(?:{pattern})\Z")

    def check(text: str) -> str:
        if not compiled.match(text):
            raise ValueError(f"{text!r} is not {hint}")
        return text

    return AfterValidator(check)


Text = Annotated[str, BeforeValidator(_as_text), Field(min_length=1)]
Slug = Annotated[str, BeforeValidator(_as_text), _matching(SLUG, "a name of lower-case letters, digits and hyphens")]
Duration = Annotated[
    str, _matching(DURATION, "an ISO 8601 duration such as P1M, P10D, P1Y6M, PT2H or -P6M"),
    Field(json_schema_extra={"pattern": f"^{DURATION}$", "examples": ["P1M", "P10D", "-P6M"]}),
]  # fmt: skip
Terms = Annotated[tuple[TermRef, ...], BeforeValidator(_as_tuple)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_as_tuple)]
Slugs = Annotated[tuple[Slug, ...], BeforeValidator(_as_tuple)]
Numbers = Annotated[tuple[int, ...], BeforeValidator(_as_tuple)]
Quote = Annotated[
    Texts, Field(min_length=1, description="Verbatim from the report; several pieces as a list.")
]


class Model(BaseModel):
    """Closed (an unknown key is an error) and immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Evidenced(Model):
    """What the report says, with the words that say it."""

    quote: Quote
    section: Text | None = Field(None, description="Only where the quote occurs more than once.")
    note: Text | None = Field(None, description="The curator's remark: an uncertain reading, an inference.")
    evidence: TermRef | None = Field(None, description="How the authors know: a term of the Evidence and Conclusion Ontology.")
    words: Text | None = Field(None, description="The authors' own words for the concept.")
    confidence: float | None = Field(None, ge=0, le=1, description="Of a machine-made statement.")


class Statement(Evidenced):
    """One item of a list of the record."""

    id: Slug | None = Field(None, description="A name to refer to it by; made from the content if left out.")
    conflicts_with: Slugs = Field((), description="Ids of statements it contradicts where that cannot be derived.")


class Document(Model):
    """The article that reports the case."""

    title: Text
    authors: Texts = ()
    affiliations: Texts = ()
    corresponding_author: Text | None = None
    journal: Text | None = None
    year: int | None = Field(None, ge=1800, le=2200)
    volume: Text | None = None
    issue: Text | None = None
    pages: Text | None = None
    doi: Annotated[str, _matching(r"10\.\d{4,9}/\S+", "a DOI such as 10.1000/182")] | None = None
    pmid: Annotated[str, BeforeValidator(_as_text), _matching(r"\d{1,8}", "a PubMed id (digits)")] | None = None
    pmcid: Annotated[str, _matching(r"PMC\d+", "a PubMed Central id such as PMC12345")] | None = None
    issn: Annotated[str, _matching(r"\d{4}-\d{3}[\dX]", "an ISSN such as 1234-567X")] | None = None
    submitted: Text | None = None
    revised: Text | None = None
    accepted: Text | None = None
    keywords: Texts = ()
    type: TermRef | None = Field(None, description="The kind of article.")
    licence: Text | None = Field(None, description="As printed; left out where the article names none.")
    conflict_of_interest: Text | None = None
    quote: Quote
    section: Text | None = None
    note: Text | None = None


class Curation(Model):
    """Who made the record, when and how."""

    by: Texts = ()
    on: Text | None = None
    method: Literal["manual", "machine"] = "manual"
    tool: Text | None = None


class Patient(Evidenced):
    """The one person the record is about."""

    sex: TermRef | None = None
    age: Duration | None = Field(None, description="At the first time point, as a duration: P45Y, P3M, P2D.")
    smoking: Literal["non-smoker", "never", "former", "current"] | None = None


class TimePoint(Model):
    """A named time; the first one of the record is the reference (presentation, by habit)."""

    after: Slug | None = Field(None, description="The time point it follows.")
    before: Slug | None = Field(None, description="The time point it precedes.")
    by: Duration | None = Field(None, description="How long after or before; left out where the paper does not say.")
    approximate: bool = False
    kind: Literal["visit", "admission", "event", "period"] | None = None
    is_: TermRef | None = Field(None, alias="is", description="The encounter, as a term.")
    words: Text | None = Field(None, description="What the time point is, in words.")
    quote: Texts | None = None
    section: Text | None = None
    note: Text | None = None


class HistoryItem(Statement):
    """What was so before this illness."""

    is_: TermRef = Field(alias="is")
    kind: Literal["condition", "procedure", "medication", "exposure", "family"]
    status: Literal["past", "current", "absent", "unknown"] = "past"
    when: Slug | None = Field(None, description="A time point.")
    reason: Terms = Field((), description="What it was done for, or caused by.")
    treats: Terms = Field((), description="For a medication: what it treats.")
    without: Terms = Field((), description="What was expressly not there with it.")


class Finding(Statement):
    """A symptom, sign or lesion that was looked for or complained of: present or absent at a time."""

    is_: TermRef = Field(alias="is")
    status: Literal["present", "absent", "uncertain"] = "present"
    at: Slug | None = Field(None, description="A time point's name; the first one if left out.")
    sites: Terms = Field((), description="Where, as anatomical terms.")
    laterality: Literal["bilateral", "left", "right"] | None = None
    qualifiers: Terms = Field((), description="Clinical modifiers: diffuse, focal, refractory.")
    severity: Text | None = Field(None, description="As printed.")
    painful: bool | None = None
    grade: Text | None = Field(None, description="As printed, such as a strength of 3/5.")
    by: Slug | None = Field(None, description="The investigation that showed it.")
    from_: Slug | None = Field(None, alias="from", description="The measurement it was read from.")


class AntibodyTest(Statement):
    """An autoantibody test, done or explicitly not done."""

    is_: TermRef = Field(alias="is", description="The HPO class that says the antibody is there.")
    antigen: TermRef | None = None
    result: Literal["positive", "negative", "not-tested"]
    titre: Annotated[str, _matching(r"[<>]?=?\s*1\s*[/:]\s*\d+", "a titre such as 1/640 or 1:640")] | None = None
    at: Slug | None = None


class Measurement(Statement):
    """A laboratory value, vital sign or function test, as printed."""

    of: TermRef = Field(description="What was measured.")
    value: Annotated[str, BeforeValidator(_as_text)] | None = None
    assumed_unit: Text | None = Field(None, description="UCUM unit where the paper prints none.")
    normal: Text | None = Field(None, description="The reference limit or range as printed.")
    interpretation: Literal["high", "low", "normal", "abnormal", "positive", "negative", "not-tested"] | None = None
    at: Slug | None = None
    specimen: TermRef | None = None
    shows: TermRef | None = Field(None, description="The abnormal finding that it shows, or excludes when normal.")


class Investigation(Statement):
    """A procedure done to find something out, and what it showed; or one that the report says was not done."""

    procedure: TermRef
    sites: Terms = Field((), description="What was examined.")
    at: Slug | None = None
    looks_for: Terms = Field((), description="What it was done to find or exclude.")
    result: Text | None = Field(None, description="In short, in the authors' words.")
    outcome: Literal["normal", "abnormal", "negative", "positive", "not-stated", "not-done"] = "not-stated"


class Diagnosis(Statement):
    """A disease the authors name as the patient's."""

    is_: TermRef = Field(alias="is")
    status: Literal["confirmed", "suspected", "excluded"] = "confirmed"
    at: Slug | None = None
    qualifiers: Terms = ()


class CourseStep(Evidenced):
    """One moment of a treatment: the dose that was started, changed, given or stopped."""

    change: Literal["started", "increased", "decreased", "stopped", "given", "ongoing"]
    at: Slug | None = None
    dose: Text | None = Field(None, description="As printed.")
    schedule: Text | None = Field(None, description="As printed.")
    route: TermRef | None = Field(None, description="Only where the paper states it.")
    regimen: Text | None = Field(None, description="Pulse, taper, cycle and the like, in words.")
    count: int | None = Field(None, ge=0, description="How many doses or cycles this step gave.")


class Treatment(Statement):
    """A course of one drug or procedure."""

    drug: TermRef | None = None
    procedure: TermRef | None = None
    for_: Terms = Field((), alias="for", description="The disease or problem it is given for.")
    course: tuple[CourseStep, ...] = Field(min_length=1)


class Response(Statement):
    """What became of a problem under a treatment, once; initial improvement then flare is two of them."""

    to: Slugs = Field((), description="Ids of the treatments it is credited to.")
    in_: Terms = Field((), alias="in", description="The problems that responded or did not.")
    outcome: Literal["resolved", "improved", "unchanged", "worsened", "flared", "stopped-for-toxicity", "pending"]
    at: Slug | None = None
    after: Duration | None = Field(None, description="Time from the start of treatment, where stated.")
    extent: Text | None = Field(None, description="As printed: nearly disappeared, greatly improved.")
    cycles: int | None = Field(None, ge=0, description="Completed cycles when it was seen.")
    trigger: Literal["taper", "stop"] | None = Field(None, description="What set a flare off, where stated or implied.")
    alternatives: Slugs = Field((), description="Ids of treatments that may explain it instead.")
    attribution: Literal["stated", "implied"] | None = Field(None, description="Whether the authors credit the treatment, or only the order of events does.")
    certainty: Literal["certain", "doubtful"] | None = Field(None, description="The authors' certainty of what it is due to.")


#: The relation names of claims; `ontology/context.jsonld` says which property each of them is.
Effect = Literal[
    "inhibits", "blocks", "forms-complex-with", "leads-to", "accumulates-on", "downregulates", "upregulates",
    "decreases", "increased-in", "used-for", "offered-for", "treats", "preferred-over", "requires",
    "characterised-by", "can-be-seen-in", "has-effect-on",
]  # fmt: skip


class Claim(Statement):
    """What the authors assert beyond this patient, with the references they cite for it."""

    kind: Literal[
        "mechanism", "recommendation", "efficacy", "preference", "definition", "work-up", "evidence-gap", "attribution"
    ]
    subject: TermRef
    effect: Effect
    object: TermRef | None = None
    site: TermRef | None = Field(None, description="The tissue or cell.")
    in_: TermRef | None = Field(None, alias="in", description="The disease it is said of.")
    via: Terms = Field((), description="By means of what.")
    after: Terms = Field((), description="Therapies that failed before.")
    reasons: Texts = Field((), description="Why, as printed.")
    basis: Text | None = Field(None, description="What the authors say of the evidence.")
    basis_type: Terms = Field((), description="The same as terms of study design.")
    strength: Text | None = Field(None, description="How strongly it is said: always, may, frequently.")
    cites: Numbers = Field((), description="Numbers of the references cited for it.")
    purpose: Annotated[str, _matching(r"[a-z][A-Za-z]+", "a CiTO property such as citesAsEvidence")] = "citesAsEvidence"


class Reference(Model):
    """An entry of the reference list."""

    number: int = Field(ge=1)
    authors: Texts = ()
    et_al: bool = False
    title: Text
    journal: Text | None = None
    year: int | None = Field(None, ge=1500, le=2200)
    volume: Text | None = None
    issue: Text | None = None
    pages: Text | None = None
    pmid: Annotated[str, BeforeValidator(_as_text), _matching(r"\d{1,8}", "a PubMed id (digits)")] | None = None
    doi: Annotated[str, _matching(r"10\.\d{4,9}/\S+", "a DOI such as 10.1000/182")] | None = None
    pmcid: Annotated[str, _matching(r"PMC\d+", "a PubMed Central id such as PMC12345")] | None = None
    url: Text | None = None
    design: Terms = Field((), description="Study type, only where the report itself supports it.")
    quote: Quote
    section: Text | None = None
    note: Text | None = None
    confidence: float | None = Field(None, ge=0, le=1)


class LeftOut(Model):
    """A sentence of the report that no statement quotes, and why."""

    quote: Quote
    reason: Literal["rhetoric", "boilerplate", "layout", "duplicate"]
    section: Text | None = None


class Record(Model):
    """One case report as a curator writes it."""

    case: Slug
    report: Text = Field("report.txt", description="The source text, beside the record.")
    document: Document
    curation: Curation = Curation()
    patient: Patient
    times: dict[Slug, TimePoint] = Field(min_length=1)
    history: tuple[HistoryItem, ...] = ()
    findings: tuple[Finding, ...] = ()
    antibodies: tuple[AntibodyTest, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    investigations: tuple[Investigation, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    responses: tuple[Response, ...] = ()
    claims: tuple[Claim, ...] = ()
    references: tuple[Reference, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def evidenced(self) -> Iterator[tuple[tuple[str | int, ...], Any]]:
        """Every part of the record that quotes the report, with its path, in the record's order."""
        yield ("document",), self.document
        yield ("patient",), self.patient
        for name, point in self.times.items():
            if point.quote:
                yield ("times", name), point
        for section in STATEMENT_SECTIONS:
            for i, item in enumerate(getattr(self, section)):
                yield (section, i), item
                for j, step in enumerate(getattr(item, "course", ())):
                    yield (section, i, "course", j), step
        for i, left_out in enumerate(self.left_out):
            yield ("left_out", i), left_out

    @property
    def reference_time(self) -> str:
        """The name of the time point that all offsets count from."""
        return next(iter(self.times))


#: The lists of statements, in the record's order; each holds one kind.
STATEMENT_SECTIONS = (
    "history", "findings", "antibodies", "measurements", "investigations", "diagnoses", "treatments", "responses",
    "claims", "references",
)  # fmt: skip

#: What an interpretation says about the abnormal finding that a measurement or antibody test stands for.
STATUS_SHOWN = {
    "high": "present", "low": "present", "abnormal": "present", "positive": "present", "normal": "absent", "negative": "absent",
}  # fmt: skip
