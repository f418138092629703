"""Text → the HPO terms it mentions, with their offsets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from kg.draft.measure import value_findings
from kg.draft.negate import scopes, status_at
from kg.draft.tables import AMBIGUOUS, WORD, Tables, load_tables, single_keys, tidy
from kg.draft.words import ADJECTIVES, GRADES, LABORATORY, PARTING, STOP, VERBS, keys, rows_of, stem, word_list
from kg.terms import load_terms

TOKEN = re.compile(rf"{WORD.pattern}|[.;:?!,/()\[\]+<>=%&]|\n\s*\n", re.I)
CONJUNCTIONS = frozenset(("and", "or", "and/or", "as well as", "nor", ",", "/", "&", "plus"))
#: Grades that a record keeps apart from the finding.
SPREAD = word_list("spread")


class Hit(NamedTuple):
    """A mention: offsets, id, and the places (token numbers) that carry it."""

    start: int
    end: int
    curie: str
    places: frozenset[int]
    rank: int  # 0 exact, 1 loose, 2 put together over "and", ...


class Token(NamedTuple):
    start: int
    end: int
    text: str
    kind: str  # content, grade, stop, join, gap, break
    exact: int
    loose: int
    shape: str  # S part of the body, Q how a part is, H anything else; "" for what is no content
    number: int  # 1 to 5 for a digit's number, else 0
    parting: bool  # a stop word that parts a finding from what follows


# Shapes of conjuncts.
_SITES, _QUALITY, _SITES_QUALITY = re.compile("S+"), re.compile("[QH]*Q[QH]*"), re.compile("S+[QH]*Q[QH]*")
_HEAD, _TAIL, _INSIDE = re.compile("[QH]*Q[QH]*(?=S)|[QH]+(?=S)"), re.compile("S+(?=[QH]+$)|S+$"), re.compile("(Q[QH]+)S+")
_SITES_THEN, _THEN_SITES = re.compile("(S*)[QH]+"), re.compile("([QH]*)S+")
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}


def _number(word: str) -> int:
    """1 to 5 for a digit's number, else 0."""
    text = stem(word)
    return int(text) if text in {"1", "2", "3", "4", "5"} else _ROMAN.get(word, 0)


def _number_lists(tokens: list[Token], first: int, last: int) -> Iterator[tuple[int, int, list[int]]]:
    """Runs such as `2-5`, `II to V`, `3rd, 4th and 5th`: first token, one past the last, the numbers."""
    if sum(1 for token in tokens[first:last] if token.number) < 2:
        return
    i = first
    while i < last:
        if not tokens[i].number:
            i += 1
            continue
        numbers: list[int] = []
        j = i
        while j < last and (number := tokens[j].number):
            ranged = numbers and (
                tokens[j - 1].text.lower() in ("to", "through") or tokens[j].start - tokens[j - 1].end == 1 and tokens[j - 1].number
            )
            numbers += list(range(numbers[-1] + 1, number + 1)) if ranged and number > numbers[-1] else [number]
            end = j + 1
            j = end
            while j < last and (tokens[j].kind == "join" or tokens[j].text.lower() in ("to", "through", "the", "/")):
                j += 1
        if len(numbers) > 1:
            yield i, end, numbers
            i = end
        i += 1


#: Words that lead from a finding to its site: `bleeding from the gums`, `ulcers on the legs`.
BRIDGES = frozenset(("from", "on", "over"))


def _bridges(tokens: list[Token], places: list[int], bridge: int) -> bool:
    """Whether no part of the body stands before the bridge, and nothing else after it."""
    return all((tokens[k].shape == "S") == (k > bridge) for k in places)


_DEFINED = re.compile(r"\(([A-Z][A-Z0-9-]{1,6})s?\)")


@lru_cache(maxsize=1)
def _known_abbreviations() -> list[tuple[re.Pattern[str], str, re.Pattern[str]]]:
    terms = load_terms()
    return [
        (
            re.compile(rf"(?<![\w-]){short}(?![\w-])"),
            next(c for c, _ in terms.find_by_name(label) if c.startswith("HP:")),
            re.compile(words, re.I),
        )  # fmt: skip
        for short, label, words in rows_of("abbreviations.tsv")
    ]


def _with_abbreviations(text: str, hits: list[Hit]) -> list[Hit]:
    """The hits, with those of short forms: as the text defines them, else as its other words make them out.

    A short form that the text defines as something else is no hit: `outer canthal distance (OCD)`.
    """
    ends = {hit.end: hit.curie for hit in hits}
    defined: dict[str, str | None] = {}
    for match in _DEFINED.finditer(text):
        before = match.start() - 1
        defined.setdefault(match[1], ends.get(before) or (None if _initials(text[:before], match[1]) else ""))
    kept = [hit for hit in hits if defined.get(text[hit.start : hit.end], "") == ""]
    taken = {hit.start for hit in kept}
    sought = [(re.compile(rf"(?<![\w-]){re.escape(short)}(?![\w-])"), curie) for short, curie in defined.items() if curie]
    sought += [(form, curie) for form, curie, words in _known_abbreviations() if form.search(text) and words.search(text)]
    for form, curie in sought:
        for match in form.finditer(text):
            if match.start() not in taken and match.group() not in {short for short, known in defined.items() if known is None}:
                taken.add(match.start())
                kept.append(Hit(match.start(), match.end(), curie, frozenset((-match.start() - 10,)), 0))
    return kept


def _initials(before: str, short: str) -> bool:
    """Whether the words before a bracket begin with the letters in it."""
    words = re.findall(r"[^\W\d_]+", before[-120:])[-len(short) :]
    return "".join(word[0] for word in words).upper() == short


class Part(NamedTuple):
    """A conjunct: its token numbers, its shape, and what stands before it ("," joins, "-" unknown words)."""

    places: tuple[int, ...]
    shape: str
    before: str


class Recogniser:
    def __init__(self, tables: Tables | None = None) -> None:
        self.tables = tables or load_tables()
        self._memo: dict[str, tuple[str, int, int, str, int, bool]] = {}
        self._singles: dict[str, str | None] = {}

    def _word(self, text: str) -> tuple[str, int, int]:
        low = text.lower()
        if low in CONJUNCTIONS:
            return "join", 0, 0
        if not text[0].isalnum():
            return "break", 0, 0
        if low in STOP and text != "I":
            return "stop", 0, 0
        exact, loose = keys(tidy(text))
        if low in VERBS:
            return "gap", exact, loose
        if low in GRADES or low in LABORATORY:
            return "grade", exact, loose
        if exact in self.tables.vocabulary:
            return "content", exact, loose
        if low in LABORATORY:
            return "stop", 0, 0
        return "gap", exact, loose

    def tokens(self, text: str) -> list[Token]:
        memo, out, new = self._memo, [], tuple.__new__
        sites, qualities = self.tables.sites, self.tables.qualities
        for match in TOKEN.finditer(text):
            word = match.group()
            found = memo.get(word)
            if found is None:
                kind, exact, loose = self._word(word)
                shape = "" if kind not in ("content", "grade") else "S" if exact in sites else "Q" if exact in qualities else "H"
                if kind == "grade" and shape != "S":
                    shape = ""
                found = memo[word] = kind, exact, loose, shape, _number(word), word.lower() in PARTING
            start, end = match.span()
            out.append(new(Token, (start, end, word, *found)))
        return out

    def sentences(self, tokens: list[Token], text: str) -> Iterator[tuple[int, int]]:
        first = 0
        for i, token in enumerate(tokens):
            if token.text in ";?!" or "\n" in token.text or (token.text == "." and text[token.end : token.end + 1] in " \n\t\r"):
                if i > first:
                    yield first, i
                first = i + 1
        if first < len(tokens):
            yield first, len(tokens)

    def find(self, text: str) -> list[Hit]:
        tokens = self.tokens(text)
        hits: list[Hit] = []
        for first, last in self.sentences(tokens, text):
            found = [*self._plain(tokens, first, last), *self._coordinated(tokens, first, last), *self._numbered(tokens, first, last)]
            hits += self._read(tokens, self._choose(tokens, found))
        return _with_abbreviations(text, hits)

    def _numbered(self, tokens: list[Token], first: int, last: int) -> Iterator[Hit]:
        """`clinodactyly of digits 2-5`, `3rd, 4th and 5th fingers`: the finding once for each number."""
        for a, b, numbers in _number_lists(tokens, first, last):
            for number in numbers:
                exact, loose = keys(str(number))
                one = tokens[a]._replace(kind="content", exact=exact, loose=loose)
                line = [*tokens[first:a], one, *tokens[b:last]]
                for hit in [*self._plain(line, 0, len(line)), *self._coordinated(line, 0, len(line))]:
                    if a - first in hit.places and len(hit.places) > 1:
                        places = [first + k if k <= a - first else first + k + b - a - 1 for k in sorted(hit.places)]
                        places = sorted(
                            {*places, *range(a, b)} - {k for k in range(a, b) if tokens[k].kind != "content"} | {a}
                        )
                        yield Hit(tokens[places[0]].start, tokens[places[-1]].end, hit.curie, frozenset(places) | {-number}, 2)

    def _read(self, tokens: list[Token], hits: list[Hit]) -> Iterator[Hit]:
        """A hit as all the terms its words stand for."""
        for hit in hits:
            also = self.tables.readings.get(sum(tokens[k].exact for k in hit.places if k >= 0))
            yield from (hit._replace(curie=curie) for curie in also) if also else (hit,)

    # 1) words that stand together, in any order

    def _plain(self, tokens: list[Token], first: int, last: int) -> Iterator[Hit]:
        t = self.tables
        for i in range(first, last):
            token = tokens[i]
            if token.kind not in ("content", "grade"):
                if token.kind == "gap" and token.text in t.abbreviations:
                    yield self._hit(tokens, [i], t.abbreviations[token.text], 0)
                continue
            if token.text in t.abbreviations:
                yield self._hit(tokens, [i], t.abbreviations[token.text], 0)
            if token.kind == "content":
                curie = self._single(token.text)
                if curie:
                    yield self._hit(tokens, [i], curie, 0)
            whole, core, loose, joined, stops, bridged = token.exact, token.exact, token.loose, False, 0, 0
            core_ok = token.kind == "content"
            places, core_places = [i], [i] if core_ok else []
            if not core_ok:
                core = loose = 0
            for j in range(i + 1, min(last, i + 14)):
                other = tokens[j]
                kind = other.kind
                if kind == "stop":
                    if other.parting:
                        joined = True
                        bridged = bridged or j if other.text.lower() in BRIDGES else -1
                    stops += 1
                    if stops > 3:
                        break
                    continue
                if kind == "join":
                    joined = True
                    continue
                if kind in ("gap", "break"):
                    break
                stops = 0
                whole += other.exact
                places.append(j)
                if kind == "content":
                    core += other.exact
                    loose += other.loose
                    core_places.append(j)
                if len(core_places) > 7:
                    break
                table = t.joined if joined else t.exact
                curie = table.get(whole)
                next_ones = curie is not None and kind == "content" and j + 1 < last and self._belongs_to_next(tokens, places, j)
                if curie and not next_ones:
                    yield self._hit(tokens, places, curie, 0)
                if not core_ok or kind != "content":
                    continue
                if bridged > 0 and _bridges(tokens, core_places, bridged):
                    curie = t.exact.get(core) or t.loose.get(loose)
                    if curie:
                        yield self._hit(tokens, core_places, curie, 1)
                elif not joined and (curie is None or core != whole):
                    curie, rank = (t.exact.get(core) if core != whole else None), 0
                    if not curie:
                        curie, rank = t.loose.get(loose), 1
                    if curie and not (j + 1 < last and self._belongs_to_next(tokens, core_places, j)):
                        yield self._hit(tokens, core_places, curie, rank)

    def _belongs_to_next(self, tokens: list[Token], places: list[int], j: int) -> bool:
        """Whether the last word is an adjective of the noun after it: the `short` of `fingers and short toes`."""
        after = tokens[j + 1]
        if after.kind != "content" or after.exact not in self.tables.sites or tokens[j].exact not in self.tables.qualities:
            return False
        return bool(ADJECTIVES.match(tokens[j].text)) and tokens[places[-2]].exact in self.tables.sites

    def _single(self, text: str) -> str | None:
        found = self._singles.get(text, "")
        if found == "":
            word = tidy(text)
            found = None
            if word.lower() not in AMBIGUOUS:
                found = next((c for k in single_keys(word) if (c := self.tables.single.get(k))), None)
            self._singles[text] = found
        return found

    # 2) words shared over "and", "or", commas

    def _coordinated(self, tokens: list[Token], first: int, last: int) -> Iterator[Hit]:
        """Findings whose words stand in several parts of a list, or around a verb."""
        for chain in self._chains(tokens, first, last):
            for part in chain:
                yield from self._inside(tokens, part)
            for n, part in enumerate(chain[:-1]):
                yield from self._share_head(tokens, chain, n, part)
                yield from self._share_tail(tokens, chain, n, part)

    def _chains(self, tokens: list[Token], first: int, last: int) -> Iterator[list[Part]]:
        """The conjuncts of each clause: (places, shape, gap before); shape is a string of S (site), Q (quality), H."""
        chain: list[Part] = []
        places: list[int] = []
        shape, before = "", ""
        for i in range(first, last):
            token = tokens[i]
            if token.shape:
                places.append(i)
                shape += token.shape
                continue
            kind = token.kind
            if kind in ("stop", "grade"):
                continue
            if places:
                chain.append(Part(tuple(places), shape, before))
                places, shape, before = [], "", ""
            if kind == "break":
                if chain and (len(chain) > 1 or len(chain[0].shape) > 2):
                    yield chain
                chain, before = [], ""
            else:
                before += "," if kind == "join" else "-"
        if places:
            chain.append(Part(tuple(places), shape, before))
        if chain and (len(chain) > 1 or len(chain[0].shape) > 2):
            yield chain

    def _inside(self, tokens: list[Token], part: Part) -> Iterator[Hit]:
        """`long curly eyelashes`: each adjective with the noun."""
        found = _INSIDE.match(part.shape)
        if found:
            for k in range(found.end(1)):
                if part.shape[k] == "Q" and ADJECTIVES.match(tokens[part.places[k]].text):
                    yield from self._first(tokens, [(part.places[k], *part.places[found.end(1) : found.end()])])

    def _share_head(self, tokens: list[Token], chain: list[Part], n: int, part: Part) -> Iterator[Hit]:
        """`short fingers and toes`, `weakness of arms and legs`, `femurs were short and bowed`."""
        head = _HEAD.match(part.shape)
        tail = _TAIL.search(part.shape)
        for other in chain[n + 1 : n + 7]:
            joined = other.before in (",", ",,")
            if _SITES.fullmatch(other.shape) and head and joined:
                quality = part.places[: head.end()]
                yield from self._first(
                    tokens, [(*quality, *part.places[head.end() : k], *other.places) for k in range(len(part.places), head.end() - 1, -1)]
                )
            elif (
                _QUALITY.fullmatch(other.shape)
                and tail
                and (joined and _SITES_QUALITY.fullmatch(part.shape) or set(other.before) <= {"-"} and part.shape[-1:] == "S")
            ):
                yield from self._first(tokens, [(*part.places[k : tail.end()], *other.places) for k in range(tail.start(), tail.end())])
            else:
                if "S" not in part.shape and _SITES.match(other.shape) and other.before == "-":
                    end = len(other.shape) - len(other.shape.lstrip("S"))
                    yield from self._first(tokens, [(*part.places, *other.places[:end])])
                return
            part = part if joined else part._replace(shape=part.shape)

    def _share_tail(self, tokens: list[Token], chain: list[Part], n: int, part: Part) -> Iterator[Hit]:
        """`upper and lower limb weakness`, `short and broad nails`, `phalanges and metacarpals were short`."""
        if not (_SITES.fullmatch(part.shape) or _QUALITY.fullmatch(part.shape)):
            return
        for other in chain[n + 1 : n + 6]:
            if other.before not in (",", ",,") and not (part.shape[0] == "S" and set(other.before) <= {"-"}):
                return
            if (_SITES if part.shape[0] == "S" else _QUALITY).fullmatch(other.shape):
                continue
            tailed, fronted = _SITES_THEN.match(other.shape), _THEN_SITES.match(other.shape)
            if part.shape[0] == "S" and tailed:
                sites, end = tailed.end(1), tailed.end()
                yield from self._first(
                    tokens, [(*part.places, *other.places[k:end]) for k in range(1, sites + 1)] or [(*part.places, *other.places[:end])]
                )
                if len(part.places) > 1:
                    yield from self._first(tokens, [(part.places[0], *other.places[:end])])
            elif part.shape[0] != "S" and fronted and other.before in (",", ",,"):
                start, end = fronted.end(1), fronted.end()
                yield from self._first(tokens, [(*part.places, *other.places[start:k]) for k in range(end, start, -1)])
            return

    def _first(self, tokens: list[Token], tries: list[tuple[int, ...]]) -> Iterator[Hit]:
        """The hit of the first try that is a name."""
        t = self.tables
        for places in tries:
            if len(places) > 1:
                curie = t.exact.get(sum(tokens[k].exact for k in places)) or t.loose.get(sum(tokens[k].loose for k in places))
                if curie:
                    yield self._hit(tokens, sorted(places), curie, 2)
                    return

    def _hit(self, tokens: list[Token], places: list[int], curie: str, rank: int) -> Hit:
        return Hit(tokens[places[0]].start, tokens[places[-1]].end, curie, frozenset(places), rank)

    def _choose(self, tokens: list[Token], hits: list[Hit]) -> list[Hit]:
        """Of hits on the same words the best, and none inside another."""
        best: dict[frozenset[int], Hit] = {}
        for hit in hits:
            if hit.places not in best or hit.rank < best[hit.places].rank:
                best[hit.places] = hit
        kept = []
        for h in best.values():
            over = [o for p, o in best.items() if h.places < p]
            if not over:
                kept.append(h)
            else:
                if any(
                    h.curie in load_terms().ancestors(o.curie) and all(tokens[k].text.lower() in SPREAD for k in o.places - h.places)
                    for o in over
                ):
                    kept.append(h._replace(rank=3))
        return sorted(kept)


@lru_cache(maxsize=1)
def recogniser() -> Recogniser:
    """The recogniser over the compiled tables; made once."""
    return Recogniser()


class Mention(NamedTuple):
    """A term that a text mentions: offsets, id, and what the text says of it.

    `status` is present, absent, uncertain, family or hypothetical.
    """

    start: int
    end: int
    curie: str
    status: str
    rank: int


def hpo_mentions(text: str) -> list[Mention]:
    """All mentions of HPO terms, in text order, with their status; printed values count for what they show.

    Example:
    >>> [(text[m.start:m.end], m.curie, m.status) for text in ["No fever, but short fingers and toes."] for m in hpo_mentions(text)]
    [('fever', 'HP:0001945', 'absent'), ('short fingers', 'HP:0009381', 'present'), ('short fingers and toes', 'HP:0001831', 'present')]
    """
    found = scopes(text)
    out = [Mention(h.start, h.end, h.curie, status_at(found, h.start, h.end)[0], h.rank) for h in recogniser().find(text)]
    out += [Mention(start, end, curie, "present", 4) for start, end, curie in value_findings(text)]
    return sorted(out)


def hpo_ids(text: str, statuses: Collection[str] = ("present", "uncertain", "family")) -> list[str]:
    """The HPO ids that a text states of somebody, sorted; what it denies or only considers is left out.

    Example:
    >>> hpo_ids("She had fever but no rash. Haemoglobin was 6.2 g/dL.")
    ['HP:0001903', 'HP:0001945']
    """
    return sorted({m.curie for m in hpo_mentions(text) if m.status in statuses})
