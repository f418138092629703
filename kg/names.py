"""Names: prefixes, CURIE ⇄ IRI, and one constant for each IRI the code mentions.

CURIEs live inside Python and YAML, IRIs only at the RDF edge; this module is the one converter
between them.
"""

from __future__ import annotations

OBO = "http://purl.obolibrary.org/obo/"
CG = "https://w3id.org/casegraph/ns#"
CASE = "https://w3id.org/casegraph/case/"
ONTOLOGY = "https://w3id.org/casegraph/ontology/"
IMPORTS = "https://w3id.org/casegraph/imports/"
INFERRED = "https://w3id.org/casegraph/inferred"

#: OBO ontologies: CURIE ``X:1`` is ``<OBO>X_1``.
OBO_PREFIXES = (
    "BFO", "CHEBI", "CL", "CMO", "COB", "ECO", "GO", "HP", "HsapDv", "IAO", "MAXO", "MONDO", "MRO",
    "NCBITaxon", "NCIT", "OBA", "OBI", "OGMS", "PATO", "PR", "RO", "SO", "STATO", "UBERON", "UO", "UPHENO",
    "DOID", "DRON", "VO",
)  # fmt: skip

#: prefix -> IRI namespace, in the spelling the source itself uses (case matters: ``HGNC:5344``).
PREFIXES: dict[str, str] = {
    **{prefix: f"{OBO}{prefix}_" for prefix in OBO_PREFIXES},
    "cg": CG,
    "case": CASE,
    "ATC": "http://www.whocc.no/atc/",
    "DrugBank": "http://identifiers.org/drugbank/",
    "EFO": "http://www.ebi.ac.uk/efo/EFO_",
    "HGNC": "http://identifiers.org/hgnc/",
    "HL7V3ROUTE": "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration#",
    "LOINC": "https://loinc.org/",
    "MESH": "http://id.nlm.nih.gov/mesh/",
    "RXNORM": "http://purl.bioontology.org/ontology/RXNORM/",
    "SNOMEDCT": "http://snomed.info/id/",
    "UCUM": "http://unitsofmeasure.org/",
    "UniProtKB": "http://purl.uniprot.org/uniprot/",
    "complexportal": "https://www.ebi.ac.uk/complexportal/complex/",
    "hgnc.genegroup": "http://identifiers.org/hgnc.genegroup/",
    "cito": "http://purl.org/spar/cito/",
    "dcterms": "http://purl.org/dc/terms/",
    "fabio": "http://purl.org/spar/fabio/",
    "oa": "http://www.w3.org/ns/oa#",
    "oboInOwl": "http://www.geneontology.org/formats/oboInOwl#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_LONGEST_FIRST = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))
_BY_LOWER_CASE = {prefix.lower(): prefix for prefix in PREFIXES}

RDF_TYPE = PREFIXES["rdf"] + "type"
RDFS_LABEL = PREFIXES["rdfs"] + "label"
RDFS_SUBCLASS_OF = PREFIXES["rdfs"] + "subClassOf"
OWL_CLASS = PREFIXES["owl"] + "Class"


def expand(curie: str) -> str:
    """The IRI of a CURIE.

    Raises:
        ValueError: the prefix is not one of `PREFIXES`.

    Example:
    >>> expand("HP:0001945")
    'http://purl.obolibrary.org/obo/HP_0001945'
    """
    prefix, colon, local = curie.partition(":")
    if not colon or prefix not in PREFIXES:
        raise ValueError(f"{curie!r}: unknown prefix; known are {', '.join(sorted(PREFIXES))}")
    return PREFIXES[prefix] + local


def compact(iri: str) -> str:
    """The CURIE of an IRI; a case's bare id for a case IRI; the IRI itself if no prefix fits.

    Example:
    >>> compact("http://purl.obolibrary.org/obo/HP_0001945"), compact(CASE + "a-2020#ivig")
    ('HP:0001945', 'a-2020#ivig')
    """
    if iri.startswith(CASE):
        return iri[len(CASE) :]
    for prefix, namespace in _LONGEST_FIRST:
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri[len(namespace):]}"
    return iri


def canonical_prefix(prefix: str) -> str | None:
    """The known prefix that `prefix` spells in whatever case, or None.

    Example:
    >>> canonical_prefix("hgnc"), canonical_prefix("nope")
    ('HGNC', None)
    """
    return _BY_LOWER_CASE.get(prefix.lower())


def add_prefix(prefix: str, namespace: str) -> None:
    """Make one more prefix known, say a laboratory's own; one that is known stays as it is."""
    if prefix not in PREFIXES:
        PREFIXES[prefix] = namespace
        _LONGEST_FIRST.append((prefix, namespace))
        _LONGEST_FIRST.sort(key=lambda item: -len(item[1]))
        _BY_LOWER_CASE[prefix.lower()] = prefix


def case_iri(case_id: str) -> str:
    """The IRI of a case, which is also the name of its graph."""
    return CASE + case_id


def node_iri(case_id: str, node_id: str) -> str:
    """The IRI of one node of a case."""
    return f"{CASE}{case_id}#{node_id}"
