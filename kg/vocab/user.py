"""A user's own vocabulary: newer releases in place of the packaged ones, and a laboratory's own words on top.

`build_vocabulary` starts from the packaged vocabulary, `add_words` from the one in use. Both write the file that
`kg.terms.load_terms` then takes by itself: the one that CASEGRAPH_VOCABULARY names, else `kg.terms.user_vocabulary()`.
The file is written whole or not at all.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg import names, terms
from kg.errors import CasegraphError
from kg.terms import VOCABULARY, Source, Term, Terms, normalise
from kg.vocab.pack import pack
from kg.vocab.release import Release, VocabularyError, read_release
from kg.vocab.table import Vocabulary, only_known, with_names
from kg.vocab.words import lay_words, read_text

#: Of a vocabulary's current ids, the share that a release may lack before it is taken for a part of one.
MOST_LOST = 0.05


class Made(NamedTuple):
    """A vocabulary just written."""

    path: Path
    terms: int
    sources: tuple[Source, ...]  # the new and the changed ones
    remarks: tuple[str, ...]


def open_vocabulary(path: Path) -> Vocabulary:
    """A vocabulary file, read whole.

    Raises:
        StoreError: missing, or no vocabulary of this version.
    """
    opened = Terms(path)
    more = opened.header
    table = {term.curie: term for term in opened}
    own, added = set(more.get("own", ())), dict(more.get("added", {}))
    return Vocabulary(table, opened.sources(), set(opened.whole_prefixes), dict(more.get("namespaces", {})), own, added)


def default_output() -> Path:
    """Where a vocabulary is written unless the user says otherwise."""
    return Path(os.environ.get("CASEGRAPH_VOCABULARY") or terms.user_vocabulary())


def build_vocabulary(releases: Iterable[Path], out: Path | None = None, *, subset: bool = False, base: Path = VOCABULARY) -> Made:
    """Write the packaged vocabulary with some vocabularies replaced by other releases, each of them wholly.

    Labels that changed stay as former names. The words once added to the file that is written over are laid over the
    new releases again; those that no longer fit are named in the remarks.

    Args:
        releases: .obo, .json (obographs) or .owl (RDF/XML) files.
        out: None means `default_output()`.
        subset: take a release even if it lacks many ids of the vocabulary it replaces.
        base: the vocabulary to start from.

    Raises:
        VocabularyError: a file that is no release, or one that lacks ids; nothing was written.
    """
    out = out or default_output()
    read = [(path, read_release(path)) for path in map(Path, releases)]
    vocabulary = open_vocabulary(base)
    seen: dict[str, Path] = {}
    for path, release in read:
        if release.prefix in seen:
            raise VocabularyError(f"{path}: {release.prefix} is in {seen[release.prefix]} already; give one release of it")
        seen[release.prefix] = path
        _replace(vocabulary, release, path, subset)
    vocabulary.table = {curie: only_known(term, vocabulary.table) for curie, term in vocabulary.table.items()}
    remarks = _lay_over_again(vocabulary, out)
    return _write(vocabulary, out, set(open_sources(base)), remarks)


def _replace(vocabulary: Vocabulary, release: Release, path: Path, subset: bool) -> None:
    """Put a release in the place of its vocabulary."""
    prefix = release.prefix
    old = {curie: term for curie, term in vocabulary.table.items() if curie.startswith(prefix + ":")}
    before = next((source for source in vocabulary.sources if source.prefix == prefix), None)
    current = [curie for curie, term in old.items() if not term.obsolete]
    lost = [curie for curie in current if curie not in release.table]
    if len(lost) > MOST_LOST * len(current) and not subset:
        message = f"{path}: lacks {len(lost)} of the {len(current)} ids that {prefix} has now, such as {lost[0]}"
        raise VocabularyError(f"{message}; is it cut short, or a subset (--subset)?")
    name = before.name if before else release.title or prefix
    url = before.url if before else f"{names.OBO}{prefix.lower()}.owl"
    licence = release.licence if release.licence.startswith("http") else before.licence if before else ""
    known_as = f"{name} {release.version}"
    for curie in old:
        del vocabulary.table[curie]
    for curie, term in release.table.items():
        vocabulary.table[curie] = _with_former(term._replace(source=known_as), old.get(curie))
    rest = [source for source in vocabulary.sources if source.prefix != prefix]
    vocabulary.sources = [Source(prefix, name, release.version, licence, url), *rest]
    vocabulary.whole.add(prefix)
    if prefix not in names.PREFIXES:
        vocabulary.namespaces[prefix] = f"{names.OBO}{prefix}_"


def _with_former(term: Term, old: Term | None) -> Term:
    """The term of a new release with the labels it had, and its twins in other vocabularies."""
    if old is None or old.obsolete or term.obsolete:
        return term
    have = {normalise(name) for name, _ in term.names()}
    gone = [(name, "former") for name, kind in old.names() if kind in ("label", "former") and normalise(name) not in have]
    return with_names(term, gone)._replace(same_as=old.same_as)


def _lay_over_again(vocabulary: Vocabulary, out: Path) -> list[str]:
    """Add the words that the file to be written over holds; what no longer fits, as remarks."""
    from kg.vocab.words import lay_words

    if not out.exists():
        return []
    try:
        before = Terms(out).header
    except CasegraphError:
        return [f"{out}: was no vocabulary of this version and is written over"]
    added: dict[str, str] = before.get("added", {})
    return [f"not carried over: {issue}" for name, text in added.items() for issue in lay_words(vocabulary, name, text)]


def add_words(words: Path, out: Path | None = None) -> Made:
    """Write the vocabulary in use with a laboratory's own words added.

    Args:
        words: a table with tabs between the columns id, label, synonyms (|), parents (|); see `docs/vocab.md`.
        out: None means `default_output()`; a file that exists is added to, another starts from the vocabulary in use.

    Raises:
        VocabularyError: a line that cannot stand; `issues` holds all of them, and nothing was written.
    """
    out = out or default_output()
    text = read_text(words)
    base = out if out.is_file() else terms.vocabulary_file()
    vocabulary = open_vocabulary(base if base.is_file() else VOCABULARY)
    before = set(vocabulary.sources)
    if issues := lay_words(vocabulary, words.name, text, str(words)):
        raise VocabularyError("\n".join(map(str, issues)), issues=issues)
    return _write(vocabulary, out, before, [])


def open_sources(path: Path) -> list[Source]:
    """Where the terms of a vocabulary file come from."""
    return Terms(path).sources()


def _write(vocabulary: Vocabulary, out: Path, before: set[Source], remarks: list[str]) -> Made:
    """Write beside the file and take its place by one rename."""
    more = {"namespaces": vocabulary.namespaces, "own": sorted(vocabulary.own), "added": vocabulary.added}
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".vocabulary-") as folder:
            new = Path(folder, "new.bin")
            pack(vocabulary.table.values(), vocabulary.sources, new, whole=vocabulary.whole, more=more)
            os.replace(new, out)
    except OSError as error:
        raise VocabularyError(f"{out}: cannot write it: {error.strerror or error}; the file is as it was") from error
    terms.forget_vocabulary()
    if terms.vocabulary_file().resolve() != out.resolve():
        remarks = [*remarks, f"not in use yet: set CASEGRAPH_VOCABULARY={out}"]
    changed = tuple(source for source in vocabulary.sources if source not in before)
    return Made(out, len(vocabulary.table), changed, tuple(remarks))


# --- what the graph says of its vocabularies --------------------------------------------------------------------------


def vocabulary_quads(known: Terms, prefixes: Iterable[str]) -> Iterator[ox.Quad]:
    """Title, release, licence and source of each vocabulary, in the graph that holds its terms; none for our own.

    Example:
    >>> from kg.terms import load_terms
    >>> [quad.object.value for quad in vocabulary_quads(load_terms(VOCABULARY), ["PATO"])][2]
    '2025-05-14'
    """
    dcterms, owl = names.PREFIXES["dcterms"], names.PREFIXES["owl"]
    for prefix in sorted(set(prefixes)):
        rows = [source for source in known.sources() if source.prefix == prefix]
        if prefix in known.whole_prefixes:
            # The further rows are of single terms; those of a laboratory's files each count.
            release = rows[0].version.partition("; ")[0]
            rows = [row for row in rows if row == rows[0] or not row.version.startswith(release + "; ")]
        if not rows:
            continue
        graph = ox.NamedNode(names.IMPORTS + prefix.lower())
        yield ox.Quad(graph, ox.NamedNode(names.RDF_TYPE), ox.NamedNode(owl + "Ontology"), graph)
        yield ox.Quad(graph, ox.NamedNode(dcterms + "title"), ox.Literal(rows[0].name), graph)
        versions = "; ".join(dict.fromkeys(row.version for row in rows))
        yield ox.Quad(graph, ox.NamedNode(owl + "versionInfo"), ox.Literal(versions), graph)
        for tag, values in (("license", [row.licence for row in rows]), ("source", [row.url for row in rows])):
            for value in dict.fromkeys(filter(None, values)):
                is_iri = re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", value)
                yield ox.Quad(graph, ox.NamedNode(dcterms + tag), ox.NamedNode(value) if is_iri else ox.Literal(value), graph)
