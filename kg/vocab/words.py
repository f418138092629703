"""A laboratory's own words: a table of terms under a prefix of its own, and of further names for public terms.

Every line is checked against the vocabulary it is laid over; `kg.vocab.user` writes the result.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kg import names
from kg.issue import Issue
from kg.terms import DECLARED, Source, Term, normalise
from kg.vocab.release import MEGABYTE, VocabularyError
from kg.vocab.table import Vocabulary, make_term, only_known, sort_curies, with_names

COLUMNS = ("id", "label", "synonyms", "parents")
ABOUT = ("title", "version", "licence", "namespace")
MOST = 20 * MEGABYTE
#: Names that many a short form shares: a word may mean one of these and something of the laboratory's as well.
SYMBOLS = ("HGNC:", "ATC:", "UCUM:")

_CURIE = re.compile(r"([A-Za-z][\w.]*):([A-Za-z0-9][\w.-]*)", re.A)
_NAMESPACE = re.compile(r"https?://[^\s<>\"{}|\\^`]+[/#_]")


class Word(NamedTuple):
    """One line of the table."""

    line: int
    curie: str
    label: str
    synonyms: tuple[str, ...]
    parents: tuple[str, ...]  # as written: a CURIE, or a CURIE with its label

    @property
    def prefix(self) -> str:
        return self.curie.partition(":")[0]


def read_text(path: Path) -> str:
    """The text of a file of words.

    Raises:
        VocabularyError: not there, empty, too large, or no text.
    """
    try:
        size = path.stat().st_size
        if size > MOST:
            raise VocabularyError(f"{path}: {size // MEGABYTE} MB; at most {MOST // MEGABYTE} MB are read. For a whole vocabulary: kg vocab build")
        data = path.read_bytes()
    except OSError as error:
        raise VocabularyError(f"{path}: cannot read it: {error.strerror}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise VocabularyError(f"{path}:{line}: not UTF-8; save the table as UTF-8 text with tabs") from error
    if not text.strip():
        raise VocabularyError(f"{path}: the file is empty; its first line is {' <tab> '.join(COLUMNS)}")
    return text


def lay_words(vocabulary: Vocabulary, name: str, text: str, where: str = "") -> list[Issue]:
    """Add the words of one file to a vocabulary, in place; a line with an issue is left out.

    Args:
        name: the file's name, by which its words are known later.
        where: the file as issues call it; `name` by default.
    """
    about: dict[str, str] = {}
    issues: list[Issue] = []
    words = list(_read(text, where or name, about, issues))
    if not words and not issues:
        issues.append(Issue("error", where or name, "no terms below the names of the columns", "add a line for each"))
    checked = _Checked(vocabulary, words, where or name, issues)
    good = [word for word in words if checked.stands(word)]
    own = sorted({word.prefix for word in good if checked.is_own(word.prefix)})
    if about.get("namespace") and (len(own) > 1 or not _NAMESPACE.fullmatch(about["namespace"])):
        issues.append(Issue("error", where or name, f"namespace {about['namespace']!r} does not fit", "one IRI ending in / # or _, and one prefix of your own a file"))
    elif not issues or good:
        _apply(vocabulary, name, text, about, good, own)
    return sorted(issues, key=lambda issue: issue.line)


def _read(text: str, where: str, about: dict[str, str], issues: list[Issue]) -> Iterator[Word]:
    """The lines below the column names; what the comments above say goes to `about`."""
    columns: list[str] = []
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if line.startswith("#"):
            key, _, value = line.lstrip("# ").partition(":")
            if key.strip().lower() in ABOUT:
                about[key.strip().lower()] = " ".join(value.split())
            continue
        if not line.strip():
            continue
        cells = [_unquoted(cell) for cell in line.split("\t")]
        if not columns:
            columns = [cell.lower() for cell in cells]
            if columns[:2] != ["id", "label"] or not set(columns) <= set(COLUMNS) or len(set(columns)) < len(columns):
                fix = f"the first line is {' <tab> '.join(COLUMNS)}"
                issues.append(Issue("error", where, f"not the names of the columns: {line[:60]!r}", fix, number))
                return
            continue
        if len(cells) > len(columns):
            issues.append(Issue("error", where, f"{len(cells)} cells where {len(columns)} columns are named", "take out the tab too many", number))
        elif re.search(r"[\x00-\x08\x0b-\x1f\x7f]", line):
            issues.append(Issue("error", where, "a control character", "delete it", number))
        else:
            row = dict(zip(columns, cells, strict=False))
            lists = (tuple(filter(None, (" ".join(e.split()) for e in row.get(key, "").split("|")))) for key in ("synonyms", "parents"))
            yield Word(number, row["id"], " ".join(row.get("label", "").split()), *lists)
    if not columns:
        issues.append(Issue("error", where, "no lines but comments", f"the first line is {' <tab> '.join(COLUMNS)}"))


def _unquoted(cell: str) -> str:
    """A cell without the quotes that a spreadsheet puts around it."""
    cell = cell.strip()
    return cell[1:-1].replace('""', '"').strip() if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


class _Checked:
    """The checks of each line; a line that fails adds its issues."""

    def __init__(self, vocabulary: Vocabulary, words: list[Word], where: str, issues: list[Issue]) -> None:
        self.vocabulary, self.where, self.issues = vocabulary, where, issues
        self.prefixes = {curie.partition(":")[0] for curie in vocabulary.table} | ({*names.PREFIXES} - DECLARED)
        self.by_lower = {prefix.lower(): prefix for prefix in sorted(self.prefixes)}
        self.first: dict[str, Word] = {}
        for word in words:
            self.first.setdefault(word.curie, word)
        self.labels: dict[str, str] = {}  # normalised label or exact name → whose it is; labels before names
        current = [term for term in vocabulary.table.values() if not term.obsolete and not term.curie.startswith(SYMBOLS)]
        for wanted in ("label", "exact"):
            for term in current:
                if term.curie not in self.first or not self.is_own(term.curie.partition(":")[0]):
                    for each, kind in term.names():
                        if kind == wanted:
                            self.labels.setdefault(normalise(each), term.curie)

    def is_own(self, prefix: str) -> bool:
        """Whether ids of this prefix are the laboratory's to give."""
        return prefix in self.vocabulary.own or prefix.lower() not in self.by_lower

    def stands(self, word: Word) -> bool:
        before = len(self.issues)
        for message, fix in self._wrong(word):
            self.issues.append(Issue("error", self.where, message, fix, word.line))
        return len(self.issues) == before

    def _wrong(self, word: Word) -> Iterator[tuple[str, str]]:
        """What is wrong with a line: (message, fix)."""
        match = _CURIE.fullmatch(word.curie)
        if not match:
            yield f"{word.curie!r} is no id", "write PREFIX:NUMBER, such as LAB:0001"
        elif self.first[word.curie] is not word:
            yield f"{word.curie} is given twice (line {self.first[word.curie].line})", "one line a term; put all synonyms there"
        elif self.is_own(word.prefix):
            yield from self._wrong_own(word)
        elif self.by_lower[word.prefix.lower()] != word.prefix:
            right = self.by_lower[word.prefix.lower()]
            yield f"{word.curie}: the prefix is {right}", f"write {right}:{match[2]}, or a prefix of your own"
        else:
            yield from self._wrong_public(word)

    def _wrong_own(self, word: Word) -> Iterator[tuple[str, str]]:
        if not word.label:
            yield f"{word.curie} has no label", "a term of your own needs one"
        other = self.labels.get(normalise(word.label), "")
        if other and other != word.curie:
            yield f"label {word.label!r} is a name of {self._said(other)}", "use that term, or another label"
        if word.label:
            self.labels.setdefault(normalise(word.label), word.curie)
        for parent in word.parents:
            yield from self._wrong_parent(word, parent)
        if self._leads_back(word):
            yield f"{word.curie} is its own ancestor", "mend the parents"
        yield from self._wrong_synonyms(word)

    def _wrong_public(self, word: Word) -> Iterator[tuple[str, str]]:
        term = self.vocabulary.table.get(word.curie)
        if term is None:
            yield f"{word.curie} does not exist", f"mend the id; new terms go under a prefix of your own, not under {word.prefix}"
            return
        if term.obsolete:
            yield f"{word.curie} is retired", f"use {' or '.join(map(self._said, term.replaced_by)) or 'another term'}"
            return
        if word.label and word.label != term.label:
            yield f'{word.curie} is "{term.label}", not "{word.label}"', "write that label, or leave it empty; your word goes under synonyms"
        if word.parents:
            yield f"{word.curie} has its parents from its vocabulary", "leave the column empty"
        if not word.synonyms:
            yield f"{word.curie} gets no synonym", "name one, or delete the line"
        yield from self._wrong_synonyms(word)

    def _wrong_parent(self, word: Word, text: str) -> Iterator[tuple[str, str]]:
        curie, _, label = (part.strip() for part in text.partition("!"))
        in_file, term = self.first.get(curie), self.vocabulary.table.get(curie)
        if in_file is None and term is None:
            yield f"unknown parent {text!r} of {word.curie}", "mend the id, or add a line for it"
        elif in_file is None and term is not None and term.obsolete:
            yield f"parent {curie} is retired", f"use {' or '.join(map(self._said, term.replaced_by)) or 'another term'}"
        elif label and label != (in_file.label if in_file and in_file.label else term.label if term else ""):
            yield f"parent {curie} is {self._said(curie)}, not {label!r}", "mend the id or the label"

    def _wrong_synonyms(self, word: Word) -> Iterator[tuple[str, str]]:
        for synonym in word.synonyms:
            other = self.labels.get(normalise(synonym), "")
            if other and other != word.curie and self._is_label(other, synonym):
                yield f"synonym {synonym!r} is the label of {self._said(other)}", "delete it here"

    def _is_label(self, curie: str, text: str) -> bool:
        term = self.vocabulary.table.get(curie)
        label = self.first[curie].label if curie in self.first and self.first[curie].label else term.label if term else ""
        return normalise(label) == normalise(text)

    def _leads_back(self, word: Word) -> bool:
        seen, todo = set(), [word.curie]
        while todo:
            at = self.first.get(todo.pop())
            for parent in at.parents if at else ():
                curie = parent.partition("!")[0].strip()
                if curie == word.curie:
                    return True
                if curie not in seen:
                    seen.add(curie)
                    todo.append(curie)
        return False

    def _said(self, curie: str) -> str:
        term = self.vocabulary.table.get(curie)
        label = self.first[curie].label if curie in self.first else term.label if term else ""
        return f"{curie} ! {label}" if label else curie


def _apply(vocabulary: Vocabulary, name: str, text: str, about: dict[str, str], words: list[Word], own: list[str]) -> None:
    """Add checked lines, and say in the sources where they come from."""
    version = about.get("version") or "sha256:" + hashlib.sha256(text.encode()).hexdigest()[:12]
    title = about.get("title") or f"Words of {name}"
    for word in words:
        if word.prefix in own:
            parents = sort_curies(parent.partition("!")[0].strip() for parent in word.parents)
            synonyms = [(each, "exact") for each in word.synonyms]
            vocabulary.table[word.curie] = make_term(word.curie, word.label, synonyms, parents=parents, source=f"{title} {version}")
        else:
            vocabulary.table[word.curie] = _with_synonyms(vocabulary.table[word.curie], word.synonyms)
    for prefix in own:
        before = vocabulary.namespaces.get(prefix, f"https://w3id.org/casegraph/vocabulary/{prefix}/")
        vocabulary.namespaces[prefix] = about.get("namespace") or before
        rest = [source for source in vocabulary.sources if (source.prefix, source.name) != (prefix, title)]
        vocabulary.sources = [*rest, Source(prefix, title, version, about.get("licence", ""), vocabulary.namespaces[prefix])]
    for prefix in {word.prefix for word in words} - set(own):
        at = next((i for i, source in enumerate(vocabulary.sources) if source.prefix == prefix), None)
        if at is not None:
            source = vocabulary.sources[at]
            bare = re.sub(rf"; words of {re.escape(name)} [^;]*", "", source.version)
            vocabulary.sources[at] = source._replace(version=f"{bare}; words of {name} {version}")
    for word in words:
        vocabulary.table[word.curie] = only_known(vocabulary.table[word.curie], vocabulary.table)
    vocabulary.own |= set(own)
    vocabulary.whole |= set(own)
    vocabulary.added[name] = text


def _with_synonyms(term: Term, synonyms: tuple[str, ...]) -> Term:
    have = {normalise(name) for name, kind in term.names() if kind in ("label", "exact")}
    return with_names(term, [(name, "exact") for name in synonyms if normalise(name) not in have])
