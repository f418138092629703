"""What the OWL API says of an ontology file: whether it loads, what it holds, whether it is OWL 2 DL, and what follows."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.owlapi.java import start

#: Suffix -> the one parser that may read the file. Left to itself the OWL API tries one parser after another, and a
#: broken Turtle file comes out of the last of them as a small ontology without a fault.
PARSERS = {".owl": "RDFXMLDocumentFormat", ".ttl": "TurtleDocumentFormat"}
#: Milliseconds that one call of HermiT may take.
HERMIT_LIMIT = 120_000
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


class Unreadable(Exception):
    """The OWL API cannot load a file or one of its imports."""


@dataclass(frozen=True)
class Loaded:
    """An ontology with all its imports, in the OWL API's own terms."""

    path: Path
    manager: Any
    ontology: Any
    imported: list[str] = field(default_factory=list)

    @property
    def axioms(self) -> list[str]:
        """Every axiom of the import closure as text, sorted; individuals without a name go by one name."""
        from org.semanticweb.owlapi.model.parameters import Imports

        return sorted(re.sub(r"_:genid\d+", "_:x", str(axiom)) for axiom in self.ontology.getAxioms(Imports.INCLUDED))

    def undeclared(self) -> list[str]:
        """Entities that are used and declared nowhere."""
        from org.semanticweb.owlapi.model.parameters import Imports

        entities = self.ontology.getSignature(Imports.INCLUDED)
        return sorted(
            f"{e.getEntityType().getName()} {e.getIRI()}" for e in entities
            if not e.isBuiltIn() and not self.ontology.isDeclared(e, Imports.INCLUDED)
        )  # fmt: skip

    def unnamed(self) -> list[str]:
        """Classes, properties and individuals without a label: Protégé would show their ids."""
        from org.semanticweb.owlapi.model import AxiomType
        from org.semanticweb.owlapi.model.parameters import Imports

        label = self.manager.getOWLDataFactory().getRDFSLabel()
        named = {
            str(axiom.getSubject()) for axiom in self.ontology.getAxioms(AxiomType.ANNOTATION_ASSERTION, Imports.INCLUDED)
            if axiom.getProperty().equals(label)
        }  # fmt: skip
        entities = self.ontology.getSignature(Imports.INCLUDED)
        asked = {str(e.getIRI()) for e in entities if not e.isBuiltIn() and not e.isOWLDatatype()}
        return sorted(asked - named)

    def misread(self) -> list[str]:
        """What a parser could not make sense of: triples outside OWL, and the placeholders it puts for broken expressions."""
        from org.semanticweb.owlapi.model.parameters import Imports

        found = [str(e.getIRI()) for e in self.ontology.getSignature(Imports.INCLUDED) if "owlapi/error" in str(e.getIRI())]
        for each in self.manager.getOntologies():
            metadata = self.manager.getOntologyFormat(each).getOntologyLoaderMetaData()
            metadata = metadata.get() if hasattr(metadata, "isPresent") and metadata.isPresent() else metadata
            if hasattr(metadata, "getUnparsedTriples"):
                found += [str(triple) for triple in metadata.getUnparsedTriples().toArray()]
        # A type that is a class expression is read and reported as unread all the same; `axioms` has it.
        return sorted(each for each in found if f"{RDF_TYPE}> _:" not in each)

    def violations(self, profile: str = "DL") -> list[str]:
        """Why the import closure is not in a profile: DL, EL, RL or QL."""
        from org.semanticweb.owlapi import profiles

        report = getattr(profiles, f"OWL2{profile}Profile")().checkOntology(self.ontology)
        return sorted(str(violation) for violation in report.getViolations())


def load(path: Path, catalog: Path | None = None) -> Loaded:
    """An ontology and its imports, which only the catalog beside the file may resolve.

    Raises:
        Unreadable: a syntax error, or an import that the catalog does not map.
    """
    start()
    import jpype
    from java.io import File
    from org.semanticweb.owlapi import formats
    from org.semanticweb.owlapi.apibinding import OWLManager
    from org.semanticweb.owlapi.io import FileDocumentSource
    from org.semanticweb.owlapi.model import IRI, MissingImportHandlingStrategy, OWLOntologyLoaderConfiguration
    from org.semanticweb.owlapi.util import SimpleIRIMapper

    manager = OWLManager.createOWLOntologyManager()
    catalog = catalog or path.parent / "catalog-v001.xml"
    if catalog.exists():
        for name, target in catalog_entries(catalog).items():
            manager.getIRIMappers().add(SimpleIRIMapper(IRI.create(name), IRI.create(File(str(target)))))
    settings = OWLOntologyLoaderConfiguration().setMissingImportHandlingStrategy(MissingImportHandlingStrategy.THROW_EXCEPTION)
    source = FileDocumentSource(File(str(path)), getattr(formats, PARSERS[path.suffix])())
    try:
        ontology = manager.loadOntologyFromOntologyDocument(source, settings)
    except jpype.JException as error:
        raise Unreadable(f"{path.name}: {str(error.getMessage())[:500]}") from error
    imported = sorted(str(each.getOntologyID().getOntologyIRI().get()) for each in manager.getImports(ontology))
    return Loaded(path, manager, ontology, imported)


def catalog_entries(catalog: Path) -> dict[str, Path]:
    """Ontology IRI -> file, as an OASIS catalog maps them."""
    entries = (e for e in ElementTree.parse(catalog).iter() if e.tag.rpartition("}")[2] == "uri")
    return {str(e.get("name")): (catalog.parent / str(e.get("uri"))).resolve() for e in entries}


class Reasoner:
    """HermiT (all of OWL 2 DL) or ELK (OWL 2 EL, and silent about the rest) over a loaded ontology."""

    def __init__(self, loaded: Loaded, name: str = "hermit") -> None:
        self.loaded = loaded
        self.name = name
        if name == "hermit":
            from org.semanticweb.HermiT import ReasonerFactory
        else:
            from org.semanticweb.elk.owlapi import ElkReasonerFactory as ReasonerFactory
        from org.semanticweb.owlapi.reasoner import SimpleConfiguration

        settings = [SimpleConfiguration(HERMIT_LIMIT)] if name == "hermit" else []
        self.reasoner = ReasonerFactory().createReasoner(loaded.ontology, *settings)
        self.factory = loaded.manager.getOWLDataFactory()

    def is_consistent(self) -> bool:
        return bool(self.reasoner.isConsistent())

    def unsatisfiable(self) -> list[str]:
        """Classes that can have no instance."""
        from org.semanticweb.owlapi.reasoner import InferenceType

        self.reasoner.precomputeInferences(InferenceType.CLASS_HIERARCHY)
        return iris(self.reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom())

    def superclasses(self, class_iri: str) -> list[str]:
        """All named superclasses of a class and what is equivalent to it, without owl:Thing."""
        named = self._class(class_iri)
        above = self.reasoner.getSuperClasses(named, False).getFlattened()
        return [iri for iri in iris(above) if not iri.endswith("#Thing")]

    def instances(self, class_iri: str) -> list[str]:
        """The individuals of a named class."""
        return iris(self.reasoner.getInstances(self._class(class_iri), False).getFlattened())

    def types(self, individual_iri: str) -> list[str]:
        """The named classes of an individual, without owl:Thing."""
        from org.semanticweb.owlapi.model import IRI

        individual = self.factory.getOWLNamedIndividual(IRI.create(individual_iri))
        return [iri for iri in iris(self.reasoner.getTypes(individual, False).getFlattened()) if not iri.endswith("#Thing")]

    def answer(self, expression: str) -> list[str]:
        """The individuals of a class expression in Manchester syntax with labels in quotes, as in Protégé's DL Query tab."""
        parsed = manchester(self.loaded, expression)
        if self.name != "hermit":  # ELK takes named classes only
            raise ValueError("only HermiT answers class expressions")
        return iris(self.reasoner.getInstances(parsed, False).getFlattened())

    def _class(self, class_iri: str) -> Any:
        from org.semanticweb.owlapi.model import IRI

        return self.factory.getOWLClass(IRI.create(class_iri))


def iris(entities: Iterable[Any]) -> list[str]:
    return sorted(str(entity.getIRI()) for entity in entities)


def manchester(loaded: Loaded, expression: str) -> Any:
    """A class expression from its Manchester syntax, where entities go by their labels.

    Raises:
        Unreadable: a name that no entity bears, or bad syntax.
    """
    import jpype
    from java.util import Collections
    from org.semanticweb.owlapi.apibinding import OWLManager
    from org.semanticweb.owlapi.expression import ShortFormEntityChecker
    from org.semanticweb.owlapi.util import AnnotationValueShortFormProvider, BidirectionalShortFormProviderAdapter, ShortFormProvider

    factory = loaded.manager.getOWLDataFactory()
    by_label = AnnotationValueShortFormProvider(Collections.singletonList(factory.getRDFSLabel()), Collections.emptyMap(), loaded.manager)

    def short_form(entity: Any) -> str:
        name = str(by_label.getShortForm(entity))
        return f"'{name}'" if any(not (c.isalnum() or c in "_-:") for c in name) else name

    provider = jpype.JProxy(ShortFormProvider, dict={"getShortForm": short_form, "dispose": lambda: None})
    names = BidirectionalShortFormProviderAdapter(loaded.manager, loaded.manager.getOntologies(), provider)
    parser = OWLManager.createManchesterParser()
    parser.setOWLEntityChecker(ShortFormEntityChecker(names))
    parser.setDefaultOntology(loaded.ontology)
    parser.setStringToParse(expression)
    try:
        return parser.parseClassExpression()
    except jpype.JException as error:
        raise Unreadable(f"{expression}: {str(error.getMessage())[:300]}") from error
