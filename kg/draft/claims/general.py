"""Assertions that hang on the topic or on the authors' own words: definitions, what a disease needs, what a kind of therapy comprises."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from kg.draft.claims.fits import is_therapy
from kg.draft.claims.mentions import PHARMACOTHERAPY, Mention, is_of_disease
from kg.draft.names.ground import find_terms, named, vocabulary
from kg.draft.patterns.openings import Openings

_IS_A = re.compile(r"<(\d+)>\s+(?:is|are)\s+(?P<what>an?\s+(?:[^<;.,]|<\d+>|,(?=\s+[a-z-]+\s(?:and\s)?[a-z-]+)){3,100})", re.I)
_KIND_OF_DISEASE = re.compile(r"\A(?:(?!especially\b|when\b|if\b|with\b|that\b|which\b|for\b|of\b)[a-z-]+,?\s+){0,7}?[a-z-]*(?:disease|disorder|condition|syndrome|malformation|tumou?r|neoplasm|infection|vasculitis|abnormality|anomaly|malignancy|carcinoma|cancer)s?\b"
                              r"(?:\s+(?:of|affecting|involving)\s+(?:the\s+)?[a-z-]+(?:\s+(?!and\b|with\b|that\b|which\b|in\b|characteri\w+|associated|caused|due)[a-z-]+)?)?", re.I)  # fmt: skip
_ARTICLE = re.compile(r"\Aan?\s+", re.I)
_TREATED = re.compile(
    r"\b(?:are|can be|may be|should be)\s+(?:[a-z]+ly\s+|also\s+|often\s+)?(?:treated|managed)\s+with\s+(?P<drugs>(?:[a-z-]+\s+){0,2}<\d+>(?:(?:,|,? or|,? and)\s+(?:[a-z-]+\s+){0,2}<\d+>)*)",
    re.I,
)
_NEED = re.compile(
    r"\b(?:patients|cases|children|adults|those|individuals)\b(?P<who>[^.;:]{0,90}?)\s+(?:(?P<may>may|often|usually|can|might|frequently|sometimes)\s+)?(?:require|need|necessitate)\s+"
    r"(?P<what>(?:(?:[a-z-]+|<\d+>),?\s+){0,4}<\d+>(?:(?:,|,? or|,? and)\s+(?:[a-z-]+\s+){0,2}<\d+>)*)",
    re.I,
)
_ACTION = (
    r"(?:work-?up|screening|monitoring|surveillance|biops(?:y|ies)|treatment|therapy|surgery|resection|vaccination|follow-up|imaging|testing|trials?|management|transplantation|dialysis|evaluation|"
    r"examination|drainage|debridement|thymectomy|splenectomy|colectomy|plasmapheresis|plasma exchange|supplementation|prophylaxis|replacement|avoidance|assessment|tests?)"
)
_WORDS = r"(?:(?!(?:is|are|was|were|be|been|has|have|that|which|who|studies|research|data|and)\b)[A-Za-z][A-Za-z'-]*\s+)"
#: `A careful work-up to exclude malignancy is always mandatory`.
_MUST = re.compile(
    rf"(?:\A(?:[A-Z][a-z]+,\s+)?(?:An?\s+|The\s+)?|,\s+(?:an?\s+|the\s+)?|(?P<lead>\b[Ii]n\s+(?:cases\s+of\s+|patients\s+with\s+|all\s+|the\s+)*<(?P<whole>\d+)>,?\s+))(?P<what>{_WORDS}{{0,5}}?{_ACTION}(?:\s+(?:of|to|for|with)\s+(?:{_WORDS}|<\d+>\s+){{1,5}}?)?)"
    r"\s*(?:\([^()]{0,60}\)\s*)?(?P<be>is|are|should be|remains?)\s+(?P<how>(?:[a-z]+ly\s+|always\s+|often\s+|also\s+|usually\s+){0,2}(?:mandatory|required|necessary|essential|warranted|needed|indispensable|advisable|imperative|crucial))\b"
)
#: `X requires prompt surgical debridement`, where what it requires is no term.
_REQUIRES = re.compile(
    rf"<(?P<whole>\d+)>\s+(?P<how>(?:(?:may|often|usually|can|always|frequently|sometimes|generally)\s+){{0,2}}(?:requires?|necessitates?|needs?))\s+(?:an?\s+|the\s+)?(?P<what>{_WORDS}{{0,4}}{_ACTION}(?:\s+of\s+(?!the\s+disease){_WORDS}{{0,2}}?[a-z]+)?)\b"
)
#: A sentence that says what is needed has one of these.
_NEEDS = Openings(
    r"\w", {"requir*", "need*", "necess*", "mandatory", "essential", "warranted", "indispensable", "advisable", "imperative", "crucial"}
)
_BARE = frozenset(("treatment", "therapy", "management", "surgery", "follow-up", "evaluation", "assessment"))  # needed by whom, is not said
_DENIED = re.compile(r"\b(?:not|no|never|neither|nor|whether|if|unclear|further|more|future|without)\b")
_IN_BRACKETS = re.compile(r"\s*\(([^()]{4,160})\)")
_SUCH_AS = re.compile(r",?\s*(?:such as|including|namely|i\.e\.,?|e\.g\.,?)\s")
_BETWEEN = re.compile(r"\s*(?:\([^()]{1,12}\)\s*)?(?:,|,?\s+or|,?\s+and)\s+(?:[a-z-]+\s+){0,2}")
_GAP = re.compile(
    r"\b(?:few|no|limited|lack of|scarce|sparse|insufficient)\b[^.;]{0,40}\b(?:studies|trials|data|evidence|study|trial)\b", re.I
)
_USED = re.compile(
    r"<(?P<drug>\d+)>\s+(?:have|has|had|are|is|were)\s+(?:been\s+)?(?:[a-z]+ly\s+)?(?:used|tried|employed|proposed)\s+(?:[a-z]+\s+){0,4}?(?:for|of|in|treat)\s+(?:the\s+)?(?:[a-z-]+\s+){0,2}<(?P<of>\d+)>",
    re.I,
)
_TOPIC = "the disease is the one named in the sentences before"


class Passage(NamedTuple):
    """A sentence of marks.

    Attributes:
        text: of the report; start, end: of the sentence in it.
        mentions: the terms by number; disease: the one named last before; "" for none.
    """

    text: str
    start: int
    end: int
    mentions: list[Mention]
    marked: str
    disease: str


_NEEDS_TOPIC = re.compile(r"\b(?:requir|need|necess|mandatory|essential|warranted|indispensable|treated with|conventional|standard)", re.I)


def needs_topic(text: str) -> bool:
    """Whether a sentence may leave the disease that it is about to the sentences before."""
    return bool(_NEEDS_TOPIC.search(text))


def read_general(passage: Passage) -> list[dict[str, Any]]:
    """Claims without quote and references; `_at` is where in the report the words stand."""
    return [*_definitions(passage), *_offered(passage), *_needed(passage), *_must(passage), *_classes(passage), *_gaps(passage)]


def _claim(kind: str, subject: str, effect: str, object_: str, at: tuple[int, int], note: str, confidence: float = 0.5) -> dict[str, Any]:
    terms = vocabulary()
    return {"kind": kind, "subject": str(terms.term(subject)), "effect": effect, "object": object_ if object_.startswith("none ! ") else str(terms.term(object_)),
            "confidence": confidence, "note": note, "_at": at}  # fmt: skip


def _definitions(passage: Passage) -> list[dict[str, Any]]:
    """What a disease is said to be, in the authors' words: `X is a disorder of the muscles`."""
    made = []
    for match in _IS_A.finditer(passage.marked):
        subject = passage.mentions[int(match[1])]
        if not subject.curie.startswith("MONDO"):
            continue
        what = re.sub(
            r"<(\d+)>", lambda m: passage.text[passage.mentions[int(m[1])].start : passage.mentions[int(m[1])].end], match["what"]
        )
        kind = _KIND_OF_DISEASE.match(" ".join(what.split()))
        if not kind:
            continue
        words = " ".join(kind.group().split())
        claim = _claim(
            "definition",
            subject.curie,
            "characterised-by",
            f"none ! {_ARTICLE.sub('', words)[:120]}",
            _span(passage, words, subject),
            "a definition, kept in words",
        )
        sites = find_terms(words, ("UBERON",))
        if sites:
            claim["site"] = str(vocabulary().term(sites[-1][2]))
        made.append(claim)
    return made


def _span(passage: Passage, words: str, subject: Mention) -> tuple[int, int]:
    """Where words stand after a mention; the mention's own place where they do not stand so."""
    found = re.compile(r"\s+".join(map(re.escape, words.split())), re.I).search(passage.text, subject.end, passage.end)
    return found.span() if found else (subject.start, subject.end)


def _marks(words: str) -> list[int]:
    return [int(n) for n in re.findall(r"<(\d+)>", words)]


def _offered(passage: Passage) -> list[dict[str, Any]]:
    """What `patients ... are treated with`, where the disease is that of the sentences before."""
    match = _TREATED.search(passage.marked) if passage.disease else None
    if not match or re.search(r"<\d+>\s+\Z", passage.marked[: match.start()]):
        return []
    mentions = [passage.mentions[n] for n in _marks(match["drugs"])]
    return [
        _claim("recommendation", _twin(m.curie), "offered-for", passage.disease, (m.start, m.end), _TOPIC, 0.35)
        for m in mentions
        if is_therapy(m.curie) and not m.curie.startswith("cg")
    ]


def _twin(curie: str) -> str:
    term = vocabulary().find_term(curie)
    return next((t for t in (term.same_as if term and curie.startswith("DrugBank") else ()) if t.startswith("CHEBI")), curie)


def _needed(passage: Passage) -> list[dict[str, Any]]:
    """`Patients who ... require <drug>`: of the disease named before, or of that which tells the patients."""
    made = []
    for match in _NEED.finditer(passage.marked) if _NEEDS.search(passage.text, passage.start, passage.end) else ():
        own = [c for n in _marks(match["who"]) if is_of_disease(c := passage.mentions[n].curie)]
        disease = own[0] if own else passage.disease
        if not disease or _DENIED.search(match["who"]) and not own:
            continue
        failed = [passage.mentions[n].curie for n in _marks(match["who"]) if is_therapy(passage.mentions[n].curie)]
        for number in _marks(match["what"]):
            what = passage.mentions[number]
            if is_therapy(what.curie):
                claim = _claim(
                    "recommendation",
                    disease,
                    "requires",
                    _twin(what.curie),
                    (what.start, what.end),
                    "what it is needed for is read from the words before",
                    0.35,
                )
                made.append(claim | ({"after": [str(vocabulary().term(f)) for f in failed]} if failed and "fail" in match["who"] else {}))
    return made


def _must(passage: Passage) -> list[dict[str, Any]]:
    """What is mandatory, or what a disease requires, where it is no drug: in the authors' words, or a class of ours."""
    made: list[dict[str, Any]] = []
    if not _NEEDS.search(passage.text, passage.start, passage.end):
        return made
    for match in (*_MUST.finditer(passage.marked), *_REQUIRES.finditer(passage.marked)):
        own = passage.mentions[int(match["whole"])].curie if match["whole"] else passage.disease
        words = _plain(passage, match["what"])
        if words.lower() in _BARE or not own or not is_of_disease(own) or _DENIED.search(match["how"]) or _DENIED.search(words.lower()):
            continue
        object_ = _action(words) or f"none ! {words[:120]}"
        kind = (
            "work-up"
            if re.search(r"work-?up|screening|biops|imaging|test|surveillance|monitoring|evaluation|examination", words)
            else "recommendation"
        )
        start = re.compile(r"\s+".join(map(re.escape, words.split())), re.I).search(passage.text, passage.start, passage.end)
        at = start.span() if start else (passage.start, min(passage.end, passage.start + 60))
        claim = _claim(
            kind,
            own,
            "requires",
            object_,
            at,
            "a need, of the disease named here" if match["whole"] else _TOPIC,
            0.5 if match["whole"] else 0.35,
        )
        made.append(claim | {"strength": match["how"]})
    return made


def _plain(passage: Passage, words: str) -> str:
    """Marked words as they stand in the text."""
    return " ".join(
        re.sub(r"<(\d+)>", lambda m: passage.text[passage.mentions[int(m[1])].start : passage.mentions[int(m[1])].end], words).split()
    )


def _action(words: str) -> str | None:
    """The class that medical action in words is: `trials of different therapies`, `work-up to exclude underlying malignancy`."""
    words = words.lower()
    about = re.search(
        r"(work-?up|screening)\s+(?:to (?:exclude|rule out|detect)|for)\s+(?:an?\s+)?(?:underlying|occult|associated)?\s*([a-z ]+)$", words
    )
    tries = [words, re.sub(r"\b([a-z]+)s\b(?=\s+of\b)", r"\1", words)]
    if about:
        tries += [f"{about[1]} for {about[2]}", f"{about[2]} {about[1]}"]
    return next((found for each in tries if (found := named(each, ("cg", "MAXO")))), None)


def _classes(passage: Passage) -> list[dict[str, Any]]:
    """What a kind of therapy comprises: `conventional therapy (A, B or C)`."""
    made = []
    for whole in passage.mentions:
        if not is_therapy(whole.curie) or whole.curie.startswith(("DrugBank", "CHEBI")) or whole.curie == PHARMACOTHERAPY:
            continue
        for member in _members(passage, whole):
            if is_therapy(member.curie) and member.curie != whole.curie:
                claim = _claim(
                    "definition",
                    whole.curie,
                    "characterised-by",
                    _twin(member.curie),
                    (whole.start, member.end),
                    "read from a list in brackets or after `such as`",
                )
                made.append(claim | ({"in": str(vocabulary().term(passage.disease))} if passage.disease.startswith("MONDO") else {}))
    return made


def _members(passage: Passage, whole: Mention) -> list[Mention]:
    """The terms in the brackets after a term, or in the list that `such as` opens."""
    inner = _IN_BRACKETS.match(passage.text, whole.end, passage.end)
    if inner:
        return [m for m in passage.mentions if inner.start(1) <= m.start and m.end <= inner.end(1)]
    opening = _SUCH_AS.match(passage.text, whole.end, passage.end)
    found: list[Mention] = []
    for mention in passage.mentions if opening else ():
        if opening and mention.start >= opening.end():
            between = passage.text[found[-1].end : mention.start] if found else ""
            if found and not _BETWEEN.fullmatch(between) or not found and mention.start - opening.end() > 20:
                break
            found.append(mention)
    return found


def _gaps(passage: Passage) -> list[dict[str, Any]]:
    """Drugs at large that are used although few studies say so."""
    match = _USED.search(passage.marked)
    if not match:
        return []
    drug, disease = passage.mentions[int(match["drug"])], passage.mentions[int(match["of"])]
    gap = _GAP.search(passage.marked) if drug.curie == PHARMACOTHERAPY and is_of_disease(disease.curie) else None
    if not gap:
        return []
    claim = _claim(
        "evidence-gap", drug.curie, "used-for", disease.curie, (drug.start, disease.end), "the authors say that evidence is scarce"
    )
    return [claim | ({"basis": " ".join(gap.group().split())} if "<" not in gap.group() else {})]
