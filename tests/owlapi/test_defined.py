"""Each class that a reasoner fills, with one that belongs and one that does not; HermiT, ELK and the materialiser agree.

The cases are made here, of a few triples each, as the build makes them: what matters to a class, and nothing else.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.export.content import ontology_content
from kg.names import PREFIXES
from kg.reason import infer, read_rules
from tests.owlapi.judge import Reasoner, load

ONTOLOGY = Path(__file__).parents[2] / "ontology"
CG = "https://w3id.org/casegraph/ns#"
CASE = "https://w3id.org/casegraph/case/"

FEVER, RASH, VASCULITIS = "HP:0001945", "HP:0000988", "HP:0200029"
DERMATOMYOSITIS, LUPUS, HYPERTHYROIDISM = "MONDO:0016367", "MONDO:0007915", "MONDO:0004425"
PREDNISOLONE, RITUXIMAB, AZATHIOPRINE = "CHEBI:8378", "DrugBank:DB00073", "CHEBI:2948"


@dataclass(frozen=True)
class Response:
    """A response of a problem to treatments, by the number of each."""

    outcome: str
    problem: str
    to: tuple[int, ...] = (0,)
    trigger: str = ""


@dataclass(frozen=True)
class Case:
    """A patient with what matters to a class."""

    findings: tuple[str, ...] = ()
    diseases: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    responses: tuple[Response, ...] = ()
    age: int = 0
    laterality: str = ""
    absent: tuple[str, ...] = ()
    suspected: tuple[str, ...] = field(default=())

    def turtle(self, name: str) -> str:
        """The case as the build writes it; the reference time point is the only one."""
        case, here = f"<{CASE}{name}>", f"<{CASE}{name}#"
        lines = [f"{case} a cg:Case ; cg:patient {here}patient> .", f"{here}t> a cg:TimePoint ; cg:inCase {case} ."]
        lines += [f"{here}patient> a cg:Patient ; cg:hasTimePoint {here}t> ; cg:inCase {case} ."]
        if self.age:
            lines.append(f"{here}patient> cg:ageYears {self.age}.0 .")
        for i, finding in enumerate(self.findings):
            lines.append(f"{here}f{i}> a cg:Finding , cg:PresentFinding , {finding} ; cg:inCase {case} ; cg:at {here}t> .")
            lines.append(f"{here}t> cg:hasFinding {here}f{i}> .")
            if self.laterality:
                lines.append(f'{here}f{i}> cg:laterality "{self.laterality}" .')
        for concept in self.absent:
            lines.append(f"{here}t> a [ a owl:Class ; owl:complementOf {some('cg:hasFinding', concept)} ] .")
        for i, disease in enumerate(self.diseases):
            lines.append(f"{here}d{i}> a cg:Diagnosis , cg:ConfirmedDiagnosis , {disease} ; cg:inCase {case} .")
            lines.append(f"{here}t> cg:hasDisease {here}d{i}> .")
        for i, disease in enumerate(self.suspected):
            lines.append(f"{here}s{i}> a cg:Diagnosis , cg:SuspectedDiagnosis ; cg:inCase {case} ; cg:concept {disease} .")
        for i, drug in enumerate(self.drugs):
            lines.append(f"{here}t{i}> a cg:Treatment , cg:DrugTreatment , {some('cg:uses', drug)} ; cg:inCase {case} .")
        if len(self.drugs) > 1:
            members = " ".join(f"{here}t{i}>" for i in range(len(self.drugs)))
            lines.append(f"[] a owl:AllDifferent ; owl:distinctMembers ( {members} ) .")
        for i, response in enumerate(self.responses):
            problem = some("cg:responseIn", response.problem)
            lines.append(f"{here}r{i}> a cg:Response , cg:{response.outcome} , {problem} ; cg:inCase {case} .")
            lines += [f"{here}r{i}> cg:toTreatment {here}t{n}> ." for n in response.to]
            if response.trigger:
                lines.append(f'{here}r{i}> cg:trigger "{response.trigger}" .')
        return "\n".join(lines)


def some(prop: str, filler: str) -> str:
    return f"[ a owl:Restriction ; owl:onProperty {prop} ; owl:someValuesFrom {filler} ]"


FAILED_TWICE = Case(
    drugs=(PREDNISOLONE, RITUXIMAB, AZATHIOPRINE), responses=(Response("Flare", RASH, (0,)), Response("NoChange", RASH, (1,)))
)
FAILED_THRICE = Case(drugs=FAILED_TWICE.drugs, responses=(*FAILED_TWICE.responses, Response("Worsening", RASH, (2,))))
TAPER = Case(drugs=(PREDNISOLONE,), responses=(Response("Flare", RASH, (0,), "taper"),))
RESOLVED_RASH = Case(drugs=(RITUXIMAB,), responses=(Response("Resolution", RASH),))
RESOLVED_DISEASE = Case(drugs=(RITUXIMAB,), responses=(Response("Resolution", DERMATOMYOSITIS),))

#: Class -> the node of a case it is about, a case that belongs, one that does not.
DEFINED: dict[str, tuple[str, Case, Case]] = {
    "InadequateResponse": ("r0", FAILED_TWICE, RESOLVED_RASH),
    "TreatmentFailure": ("t0", FAILED_TWICE, RESOLVED_RASH),
    "DrugCreditedResolution": ("r0", RESOLVED_RASH, Case(drugs=(RITUXIMAB,), responses=(Response("Improvement", RASH),))),
    "DrugInducedRemission": ("r0", RESOLVED_DISEASE, RESOLVED_RASH),
    "GlucocorticoidTreatment": ("t0", TAPER, RESOLVED_RASH),
    "FlareOnSteroidTaper": ("r0", TAPER, Case(drugs=(RITUXIMAB,), responses=(Response("Flare", RASH, (0,), "taper"),))),
    "PatientWithSteroidDependentDisease": ("patient", TAPER, FAILED_TWICE),
    "PatientWithDermatomyositisAndCutaneousVasculitis": (
        "patient", Case(findings=(VASCULITIS,), diseases=(DERMATOMYOSITIS,)), Case(findings=(VASCULITIS,), suspected=(DERMATOMYOSITIS,)),
    ),
    "SeropositivePatient": ("patient", Case(findings=("HP:0003493",)), Case(findings=(FEVER,), absent=("HP:0003493",))),
    "PatientSeropositiveForMyositisSpecificAntibody": ("patient", Case(findings=("HP:0033033",)), Case(findings=("HP:0003493",))),
    "PatientSeropositiveForAntiJo1": ("patient", Case(findings=("HP:0034152",)), Case(findings=("HP:0033033",))),
    "PatientWithMyositis": ("patient", Case(diseases=(DERMATOMYOSITIS,)), Case(diseases=(LUPUS,))),
    "PatientWithOverlapMyositis": ("patient", Case(diseases=(DERMATOMYOSITIS, LUPUS)), Case(diseases=(DERMATOMYOSITIS, HYPERTHYROIDISM))),
    "PatientMeetingMyositisCriterion": ("patient", Case(findings=("HP:0002015",)), Case(findings=(FEVER,))),
    "PatientWithBilateralProximalArmWeakness": (
        "patient", Case(findings=("HP:0008997",), laterality="bilateral"), Case(findings=("HP:0008997",), laterality="left"),
    ),
    "PatientWithBilateralProximalLegWeakness": (
        "patient", Case(findings=("HP:0008994",), laterality="bilateral"), Case(findings=("HP:0008994",)),
    ),
    "PatientWithHallmarkRash": ("patient", Case(findings=("HP:0030845",)), Case(findings=(RASH,))),
    "PatientWithOesophagealInvolvement": ("patient", Case(findings=("HP:0002015",)), Case(absent=("HP:0002015",))),
    "PatientWithRaisedMuscleEnzyme": ("patient", Case(findings=("HP:0003236",)), Case(absent=("HP:0003236",))),
    "PatientWithMyositisOnBiopsy": ("patient", Case(findings=("HP:0100296",)), Case(findings=("HP:0008997",))),
}  # fmt: skip
#: The same for classes that need more than EL: HermiT alone fills them.
DEFINED_DL: dict[str, tuple[str, Case, Case]] = {
    "CaseWithTwoTreatmentFailures": ("", FAILED_TWICE, TAPER),
    "CaseWithThreeTreatmentFailures": ("", FAILED_THRICE, FAILED_TWICE),
    "PatientRefractoryToTwoTherapies": ("patient", FAILED_TWICE, TAPER),
    "PatientRefractoryToThreeTherapies": ("patient", FAILED_THRICE, FAILED_TWICE),
    "PatientAgedFrom18Below40": ("patient", Case(age=18), Case(age=40)),
    "PatientAgedFrom40": ("patient", Case(age=40), Case(age=39)),
}

ALL = DEFINED | DEFINED_DL


def names_of(name: str) -> tuple[str, str]:
    return f"{name}-belongs".lower(), f"{name}-not".lower()


def node(case: str, local: str) -> str:
    return f"{CASE}{case}#{local}" if local else f"{CASE}{case}"


def abox() -> str:
    head = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    head += "<https://example.org/cases> a owl:Ontology ; owl:imports <https://w3id.org/casegraph/ontology/casegraph> .\n"
    rows = itertools.chain.from_iterable(zip(names_of(name), cases, strict=True) for name, (_, *cases) in ALL.items())
    return head + "\n".join(case.turtle(name) for name, case in rows)


@pytest.fixture(scope="module")
def hermit(tmp_path_factory: pytest.TempPathFactory) -> Reasoner:
    path = tmp_path_factory.mktemp("defined") / "cases.ttl"
    path.write_text(abox(), encoding="utf-8")
    loaded = load(path, ONTOLOGY / "catalog-v001.xml")
    assert (loaded.misread(), loaded.violations()) == ([], [])
    return Reasoner(loaded)


@pytest.fixture(scope="module")
def materialised() -> dict[str, set[str]]:
    axioms = [ox.Quad(t.subject, t.predicate, t.object) for document in ontology_content().tbox for t in document.triples]
    stated = [ox.Quad(t.subject, t.predicate, t.object) for t in ox.parse(abox(), format=ox.RdfFormat.TURTLE)]
    return infer(read_rules(axioms), stated).types


def test_every_defined_class_has_its_two_cases() -> None:
    text = "".join((ONTOLOGY / f"{name}.ttl").read_text("utf-8") for name in ("defined", "defined-dl"))
    declared = {line.split()[0].removeprefix("cg:") for line in text.splitlines() if " a owl:Class ;" in line and line.startswith("cg:")}
    assert declared <= set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_hermit_tells_who_belongs(hermit: Reasoner, name: str) -> None:
    belongs, other = names_of(name)
    found = set(hermit.instances(CG + name))
    assert node(belongs, ALL[name][0]) in found
    assert node(other, ALL[name][0]) not in found


@pytest.mark.parametrize("name", DEFINED)
def test_materialiser_tells_who_belongs(materialised: dict[str, set[str]], name: str) -> None:
    belongs, other = names_of(name)
    assert CG + name in materialised[node(belongs, DEFINED[name][0])]
    assert CG + name not in materialised.get(node(other, DEFINED[name][0]), set())


#: Classes that ask for a value of a data property, which OWL 2 EL has and ELK does not read.
DATA_VALUES = {
    "FlareOnSteroidTaper", "PatientWithSteroidDependentDisease",
    "PatientWithBilateralProximalArmWeakness", "PatientWithBilateralProximalLegWeakness",
}  # fmt: skip


def test_elk_finds_the_same_once_inverses_are_stated(tmp_path: Path) -> None:
    pairs = (("inCase", "holds"), ("patient", "isPatientOf"), ("toTreatment", "hasResponse"))
    inverse = {CG + one: CG + other for one, other in pairs}
    stated = [t for t in ox.parse(abox(), format=ox.RdfFormat.TURTLE) if t.predicate.value in inverse]
    extra = "\n".join(f"{t.object} <{inverse[t.predicate.value]}> {t.subject} ." for t in stated)
    path = tmp_path / "cases.ttl"
    path.write_text(abox() + "\n" + extra, encoding="utf-8")
    elk = Reasoner(load(path, ONTOLOGY / "catalog-v001.xml"), "elk")
    for name, (local, _, _) in DEFINED.items():
        belongs, other = names_of(name)
        found = set(elk.instances(CG + name))
        assert (node(belongs, local) in found, node(other, local) in found) == (name not in DATA_VALUES, False), name
