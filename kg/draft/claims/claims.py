"""What the authors assert beyond the patient: subject, effect, object, site, and the references cited for it."""

from __future__ import annotations

import re
from typing import Any

from kg.draft.claims.effects import Told, read_effects
from kg.draft.claims.heads import HELD_BACK, NONE, with_heads
from kg.draft.claims.mentions import SITES, Mention, define_shorts, find_mentions, is_of_disease
from kg.draft.findings.negate import Scope, status_at
from kg.draft.names.ground import find_terms, vocabulary
from kg.draft.names.recognise import Hit
from kg.draft.reading.document import cited
from kg.draft.reading.source import Source
from kg.report import Span

_KIND = {"treats": "efficacy", "used-for": "efficacy", "offered-for": "recommendation", "preferred-over": "preference", "requires": "recommendation",
         "characterised-by": "definition", "can-be-seen-in": "definition"}  # fmt: skip
_MAY_ASSERT = re.compile(
    r"inhibit|suppress|block|neutrali|antagoni|regulat|activat|stimulat|enhanc|promot|increas|elevat|express|decreas|reduc|lower|diminish|attenuat|prevent|lead|led to|caus|result|induc|trigger|"
    r"produc|predispos|rise to|accumul|depos|complex|effective|efficacy|beneficial|success|respon|used|prescri|approv|indicat|treat|manag|therapy|recommend|suggest|advocat|propos|consider|prefer|"
    r"superior|favo|requir|necessit|characteri|manifest|present|associat|defin|mark|feature|symptom|sign|finding|hallmark|complication|seen|observed|occur|\bis an?\b",
    re.I,
)
_OF_THE_CASE = re.compile(
    r"\b(?:our|this|the present|present) (?:patient|case)\b|\b(?:she|he) (?:was|had|is)\b|\b(?:her|his)\b|-year-old", re.I
)
_IS_A = re.compile(r"<(\d+)>\s+(?:is|are)\s+(?P<what>an?\s+(?:[^<;.,]|<\d+>|,(?=\s+[a-z-]+\s(?:and\s)?[a-z-]+)){3,100})", re.I)
_KIND_OF_DISEASE = re.compile(r"\A(?:(?!especially\b|when\b|if\b|with\b|that\b|which\b|for\b|of\b)[a-z-]+,?\s+){0,7}?[a-z-]*(?:disease|disorder|condition|syndrome|malformation|tumou?r|neoplasm|infection|vasculitis|abnormality|anomaly|malignancy|carcinoma|cancer)s?\b"
                              r"(?:\s+(?:of|affecting|involving)\s+(?:the\s+)?[a-z-]+(?:\s+(?!and\b|with\b|that\b|which\b|in\b|characteri\w+|associated|caused|due)[a-z-]+)?)?", re.I)  # fmt: skip
_CITE = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,⁻–-][⁰¹²³⁴⁵⁶⁷⁸⁹]+)*|\[\s?\d{1,3}(?:\s?[-–,]\s?\d{1,3})*\s?\]|\(\d{1,3}(?:\s?[-–,]\s?\d{1,3})*\)")
_ARTICLE = re.compile(r"\Aan?\s+", re.I)
_OWN_CITE = re.compile(rf"\s*(?:\([^()]{{1,14}}\))?[,.]?\s?({_CITE.pattern})")
_LONG_FORM = re.compile(r"((?:[a-z][a-z-]* ){1,6})\(<(\d+)>\)")
_IT = re.compile(
    r"\A(?:[A-Z][a-z]+(?: [a-z]+){0,3},? )?(?P<it>[Ii]t|[Tt]his (?:drug|agent|treatment|therapy|medication)|[Tt]hese (?:drugs|agents))\b"
)
_TREATED = re.compile(
    r"\b(?:are|can be|may be|should be)\s+(?:[a-z]+ly\s+)?(?:treated|managed)\s+with\s+(?P<drugs>(?:[a-z-]+\s+){0,2}<\d+>(?:(?:,|,? or|,? and)\s+(?:[a-z-]+\s+){0,2}<\d+>)*)",
    re.I,
)
MOST = 8  # claims of one sentence


def read_claims(
    source: Source, argument: tuple[Span, ...], hits: list[Hit], scopes: list[Scope], numbers: set[int]
) -> list[dict[str, Any]]:
    """The assertions of the sentences that argue, each between terms that we know.

    Args:
        argument: the sentences.
        hits: findings of the whole text; scopes: what is denied and doubted in it.
        numbers: of the report's references.
    """
    made: list[dict[str, Any]] = []
    shorts: dict[str, str] | None = None
    drug, disease = "", ""  # what the sentence before began with, and the disease named last
    for sentence in argument:
        text = source.text[sentence.start : sentence.end]
        if not _MAY_ASSERT.search(text) or _OF_THE_CASE.search(text):
            continue
        shorts = define_shorts(source.text) if shorts is None else shorts
        mentions = find_mentions(source.text, sentence.start, sentence.end, hits, shorts)
        mentions = with_heads(source.text, mentions, sentence.end)
        it = _IT.match(text)
        if it and drug:
            mentions = sorted([*mentions, Mention(sentence.start + it.start("it"), sentence.start + it.end("it"), drug)])
        drug = mentions[0].curie if mentions and mentions[0].start - sentence.start < 30 and mentions[0].curie.startswith(_DRUGS) else ""
        quote = source.evidence(sentence.start, sentence.end) if mentions else None
        if quote is None:
            continue
        marked, places = _mark(source.text, sentence, mentions)
        everywhere = cited(text, numbers) or _cited_after(source.text, sentence, numbers)
        for told in read_effects(marked)[:MOST]:
            verb = places[min(told.verb[0], len(places) - 1)]
            status, _ = status_at(scopes, verb, verb + 1)
            if status in ("absent", "family", "family-absent") or _denied(marked, told):
                continue
            for subject in (told.subject, *told.others):
                for number in told.objects:
                    claim = _claim(mentions, told._replace(subject=subject), number, marked)
                    if claim is not None:
                        claim |= _cites(source.text, sentence, mentions, (subject, number), numbers, everywhere)
                        made.append(claim | _sure(source, mentions, (subject, number), status) | quote)
        made += _offered(source, sentence, mentions, marked, disease, quote, numbers, everywhere)
        disease = next((m.curie for m in reversed(mentions) if is_of_disease(m.curie)), disease)
        made += _definitions(source, mentions, marked, quote, everywhere)
    return _once(made)


def _mark(text: str, sentence: Span, mentions: list[Mention]) -> tuple[str, list[int]]:
    """The sentence with its terms as `<number>` and without citations and short forms in brackets; and where each of its characters stands."""
    out: list[str] = []
    places: list[int] = []
    at, k = sentence.start, 0
    while at < sentence.end:
        if k < len(mentions) and at == mentions[k].start:
            mark = f"<{k}>"
            out.append(mark)
            places += [at] * len(mark)
            at = mentions[k].end
            k += 1
            inner = re.match(r"\s*\(([^()]{1,40})\)", text[at : sentence.end])
            if inner and (
                k < len(mentions) and mentions[k].start < at + inner.end() or inner[1].isupper() or re.fullmatch(r"[\w./-]{1,10}", inner[1])
            ):
                at += inner.end()
                while k < len(mentions) and mentions[k].start < at:
                    k += 1
            continue
        cite = _CITE.match(text, at, sentence.end)
        if cite:
            at = cite.end()
            continue
        letter = " " if text[at].isspace() else text[at]
        if not (letter == " " and out and out[-1] == " "):
            out.append(letter)
            places.append(at)
        at += 1
    return _without_long_forms("".join(out), text, mentions), places or [sentence.start]


def _without_long_forms(marked: str, text: str, mentions: list[Mention]) -> str:
    """`intercellular adhesion molecule (<1>)` as spaces and `<1>`: the words before a symbol in brackets are its name; lengths stay."""

    def shorten(match: re.Match[str]) -> str:
        symbol = text[mentions[int(match[2])].start : mentions[int(match[2])].end].lower()
        words, kept = match[1].split(" "), ""
        for k in range(len(words) - 1):
            letters = iter(symbol)
            if all(word[0] in letters for word in words[k:] if word):
                kept = " ".join(words[:k])
                return (kept + " " if kept else "").ljust(len(match[1]) + 1) + f"<{match[2]}> "
        return match.group()

    return _LONG_FORM.sub(shorten, marked)


def _denied(marked: str, told: Told) -> bool:
    """Whether the words before the verb take it back."""
    return bool(
        re.search(
            r"\b(?:not|no|never|neither|nor|fail(?:ed|s)? to|without|lack of|little|unclear|unknown|if|not known|unlikely|whether|did not|unable to|contrary)\b[^,;]{0,60}\Z",
            marked[: told.verb[0]],
            re.I,
        )
    )


def _claim(mentions: list[Mention], told: Told, number: int, marked: str) -> dict[str, Any] | None:
    subject, object_ = mentions[told.subject], mentions[number]
    if subject.curie == object_.curie or subject.curie.startswith((*SITES, NONE)):
        return None
    held = HELD_BACK.match(marked, marked.find(f"<{number}>") + len(f"<{number}>"))
    if held and not held.start() < told.verb[0] < held.end():
        return None
    if not _fits(told.effect, subject.curie, object_.curie):
        return None
    terms = vocabulary()
    claim: dict[str, Any] = {
        "kind": _KIND.get(told.effect, "mechanism"), "subject": str(terms.term(_twin(subject.curie))), "effect": told.effect,
        "object": object_.curie if object_.curie.startswith(NONE) else str(terms.term(_twin(object_.curie))),
    }  # fmt: skip
    after = marked[marked.find(f"<{number}>") + len(f"<{number}>") :]
    site = re.match(r"\s*(?:[a-z]+\s+){0,2}?(?:on|in|of|at|within)\s+(?:the\s+)?(?:[a-z-]+\s+){0,2}?<(\d+)>", after)
    if site and mentions[int(site[1])].curie.startswith(SITES) and told.effect not in ("accumulates-on", "increased-in"):
        claim["site"] = str(terms.term(mentions[int(site[1])].curie))
    elif site and mentions[int(site[1])].curie.startswith("MONDO") and _KIND.get(told.effect, "mechanism") == "mechanism":
        claim["in"] = str(terms.term(mentions[int(site[1])].curie))
    return claim


_DRUGS = ("DrugBank", "CHEBI", "cg", "MAXO")


def _fits(effect: str, subject: str, object_: str) -> bool:
    """Whether an effect can join two such terms: only a drug treats, only a disease is treated."""
    if object_.startswith(NONE):
        return effect in ("blocks", "inhibits", "downregulates", "upregulates", "decreases") and not subject.startswith("HP")
    if effect in ("treats", "used-for", "offered-for"):
        return subject.startswith(_DRUGS) and (object_.startswith("HP") or is_of_disease(object_))
    if effect in ("characterised-by", "requires"):
        return is_of_disease(subject) and not (effect == "characterised-by" and object_.startswith(("DrugBank", "CHEBI")))
    if effect == "can-be-seen-in":
        return subject.startswith(("HP", "GO", "MONDO", "cg")) and object_.startswith(("MONDO", "cg"))
    if effect == "preferred-over":
        return subject.startswith(_DRUGS) and object_.startswith(_DRUGS)
    if effect == "has-effect-on":
        return subject.startswith(_DRUGS)
    if effect == "accumulates-on":
        return object_.startswith((*SITES, "cg")) and not subject.startswith(SITES)
    if effect in ("downregulates", "upregulates", "blocks", "inhibits", "forms-complex-with"):
        return (
            not object_.startswith(SITES)
            and (effect in ("inhibits", "upregulates", "blocks") or not object_.startswith("MONDO"))
            and not subject.startswith(("HP", *SITES))
        )
    return not object_.startswith(SITES) or effect == "increased-in"


def _twin(curie: str) -> str:
    """The ChEBI id of a drug that has one, as in the rest of the record."""
    term = vocabulary().find_term(curie)
    return next((t for t in (term.same_as if term and curie.startswith("DrugBank") else ()) if t.startswith("CHEBI")), curie)


def _cites(
    text: str, sentence: Span, mentions: list[Mention], pair: tuple[int, int], numbers: set[int], everywhere: list[int]
) -> dict[str, Any]:
    """The references right after either term where each of them has its own, else those of the sentence."""
    for k in sorted(pair, reverse=True):
        own = _OWN_CITE.match(text, mentions[k].end, sentence.end)
        if own and (found := cited("x" + own[1], numbers)):
            return {"cites": found}
    return {"cites": everywhere} if everywhere else {}


def _cited_after(text: str, sentence: Span, numbers: set[int]) -> list[int]:
    following = text[sentence.end : sentence.end + 14].strip()
    return cited("x." + following.split(" ")[0], numbers) if following[:1] in ("[", "(") else []


def _sure(source: Source, mentions: list[Mention], pair: tuple[int, int], status: str) -> dict[str, Any]:
    spots = sorted(mentions[k] for k in pair)
    words = " ".join(source.text[spots[0].start : spots[1].end].split())[:300]
    return {
        "words": words,
        "confidence": 0.5 if status == "present" else 0.35,
        "note": "who acts on what is read from the order of the words; check both ends",
    }


def _offered(source: Source, sentence: Span, mentions: list[Mention], marked: str, disease: str, quote: dict[str, Any], numbers: set[int],
             everywhere: list[int]) -> list[dict[str, Any]]:  # fmt: skip
    """What `patients ... are treated with`, where the disease is that of the sentences before."""
    match = _TREATED.search(marked)
    if not match or not disease or re.search(r"<\d+>\s+\Z", marked[: match.start()]):
        return []
    made = []
    for number in (int(n) for n in re.findall(r"<(\d+)>", match["drugs"])):
        if mentions[number].curie.startswith(_DRUGS) and not mentions[number].curie.startswith("cg"):
            claim = {"kind": "recommendation", "subject": str(vocabulary().term(_twin(mentions[number].curie))), "effect": "offered-for",
                     "object": str(vocabulary().term(disease))} | _cites(source.text, sentence, mentions, (number, number), numbers, everywhere)  # fmt: skip
            words = " ".join(source.text[mentions[number].start : mentions[number].end].split())
            made.append(
                claim | {"words": words, "confidence": 0.35, "note": "the disease is the one named in the sentences before"} | quote
            )
    return made


def _definitions(source: Source, mentions: list[Mention], marked: str, quote: dict[str, Any], cites: list[int]) -> list[dict[str, Any]]:
    """What a disease is said to be, in the authors' words: `X is a disorder of the muscles`."""
    made = []
    terms = vocabulary()
    for match in _IS_A.finditer(marked):
        subject = mentions[int(match[1])]
        if not subject.curie.startswith("MONDO"):
            continue
        what = re.sub(r"<(\d+)>", lambda m: source.text[mentions[int(m[1])].start : mentions[int(m[1])].end], match["what"])
        kind = _KIND_OF_DISEASE.match(" ".join(what.split()))
        if not kind:
            continue
        what = kind.group()
        claim: dict[str, Any] = {"kind": "definition", "subject": str(terms.term(subject.curie)), "effect": "characterised-by",
                                 "object": f"none ! {_ARTICLE.sub('', ' '.join(what.split()))[:120]}"}  # fmt: skip
        sites = find_terms(what, ("UBERON",))
        if sites:
            claim["site"] = str(terms.term(sites[-1][2]))
        claim |= {"cites": cites} if cites else {}
        made.append(claim | {"words": " ".join(what.split())[:300], "confidence": 0.5, "note": "a definition, kept in words"} | quote)
    return made


def _once(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    seen: set[tuple[str, str, str, str]] = set()
    kept = []
    for claim in made:
        key = claim["subject"], claim["effect"], claim["object"], str(claim["quote"])
        if key not in seen:
            seen.add(key)
            kept.append(claim)
    return kept
