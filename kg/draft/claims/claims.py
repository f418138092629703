"""What the authors assert beyond the patient: subject, effect, object, site, and the references cited for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from kg.draft.claims.context import Context, is_process, refers_back
from kg.draft.claims.effects import Told, read_effects
from kg.draft.claims.fits import fits, kind_of
from kg.draft.claims.general import Passage, needs_topic, read_general
from kg.draft.claims.heads import HELD_BACK, NONE, with_heads, with_long_forms
from kg.draft.claims.lexicon import nouns, verbs
from kg.draft.claims.marks import CITE, mark
from kg.draft.claims.mentions import SITES, Mention, as_finding, define_shorts, find_mentions
from kg.draft.claims.patient import is_about_patient, may_credit, read_credit, read_features
from kg.draft.claims.processes import Processes, with_processes
from kg.draft.names.ground import vocabulary
from kg.draft.names.recognise import Hit
from kg.draft.patterns.lists import rows_of
from kg.draft.patterns.openings import Openings
from kg.draft.reading.negate import Scope, status_at
from kg.draft.reading.references import cited
from kg.draft.reading.source import Source
from kg.report import Span

_OF_THE_CASE = Openings(
    r"\b(?:our|this|present) (?:patient|case|child|infant|boy|girl|man|woman)\b|\b(?:she|he) (?:was|had|is|has)\b|\b(?:her|his)\b|(?<=-)(?:year|month|week|day)s?-old|\bpatient\b(?<=\bthe patient)|\bwe (?:treated|started|gave|decided)\b",
    {
        "our",
        "this",
        "present",
        "she",
        "he",
        "her",
        "his",
        "year",
        "years",
        "month",
        "months",
        "week",
        "weeks",
        "day",
        "days",
        "patient",
        "we",
    },
)
_OWN_CITE = re.compile(rf"\s*(?:\([^()]{{1,14}}\))?[,.]?\s?({CITE.pattern})")
_DOUBT = re.compile(
    r"\b(?:may|might|could|possibly|probably|potentially|perhaps|suggested|thought|believed|postulated|presumed|appears?|seems?|associated with|with (?:variable|varying|mixed|inconsistent|conflicting|limited|some|little|partial|modest|moderate|poor))\b"
)
_CONTEXT_NOTE = "; a short reference is taken to mean what was named before it"
MOST = 14  # claims of one sentence


#: The words of which a sentence has one, if it asserts.
_CUES = Openings(r"\w", {*verbs(), *nouns(), *(word for row in rows_of("claims/cues.tsv") for word in row[0].split())})
#: What asserts by several words together, none of which does alone.
_ASSERTING = Openings(
    r"\b(?:(?:is|are) (?:[a-z]+ly )?(?:an? |the )(?:[a-z][a-z-]*+ ){0,6}?(?:disease|disorder|condition|syndrome|malformation|tumou?r|neoplasm|infection|vasculitis|abnormality|anomaly|malignancy|carcinoma|"
    r"cancer|treatment|therapy|drug)|(?:features?|manifestations?|symptoms?|signs?|findings?|hallmarks?|complications?|presentations?|effects?) (?:of|in|on)|(?:seen|found|observed|common|frequent|described|"
    r"reported|present|encountered|used|given|proposed|suggested|tried|considered) (?:[a-z]+ |with (?:[a-z]+ ){1,2})?(?:in|for|to|as)|presents? (?:[a-z]+ )?(?:with|as)|(?:treatment|therapy|management|therapies|options) (?:of|for|in|with)|"
    r"treated (?:[a-z]+ )?(?:with|by)|(?:can|may|might) (?:[a-z]+ )?(?:occur|develop|arise)|(?:of choice|line (?:treatment|therapy|drug)))\b".replace(
        " ", r"\s+"
    )
)


def _role(text: str, start: int, end: int) -> str:
    """What a sentence can be, before its terms are looked for: "assertion", "case" (of the patient), or "" for neither."""
    if _OF_THE_CASE.search(text, start, end):
        return "case"
    return "assertion" if _CUES.search(text, start, end) or _ASSERTING.search(text, start, end) else ""


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
    context = Context()
    passed: Span | None = None  # the sentence before, where it asserts nothing
    of_patient: Span | None = None  # the sentence before, where it is about the patient
    for sentence in argument:
        text = source.text[sentence.start : sentence.end]
        role = _role(source.text, sentence.start, sentence.end)
        if role != "assertion":
            context.drugs, context.process = [], ""
            passed = None if role else sentence
            of_patient = sentence if is_about_patient(text) else None
            continue
        shorts = define_shorts(source.text) if shorts is None else shorts
        if passed and (refers_back(text) or needs_topic(text)):
            context.note(source.text[passed.start : passed.end], passed.start, _mentions(source.text, passed, hits, shorts))
        passed = None
        context.patient = _mentions(source.text, of_patient, hits, shorts) if of_patient and may_credit(text) else []
        of_patient = None
        mentions = _mentions(source.text, sentence, hits, shorts)
        made += _claims(source, sentence, text, mentions, context, scopes, numbers)
    made += read_features(source, hits, scopes)
    return _once(made)


def _mentions(text: str, sentence: Span, hits: list[Hit], shorts: dict[str, str]) -> list[Mention]:
    return with_long_forms(text, with_heads(text, find_mentions(text, sentence.start, sentence.end, hits, shorts), sentence.end))


def _claims(
    source: Source, sentence: Span, text: str, mentions: list[Mention], context: Context, scopes: list[Scope], numbers: set[int]
) -> list[dict[str, Any]]:
    """What one sentence asserts; the context then knows what it named."""
    if not mentions:
        context.note(text, sentence.start, mentions)
        return []
    processes = with_processes(source.text, mentions, sentence.start, sentence.end)
    placed = processes.mentions[: len(processes.mentions) - sum(map(len, processes.together.values()))]
    resolved, more = context.resolve(text, sentence.start, placed)
    everything, together = _numbered(resolved, processes, placed, more)
    marked, places = mark(source.text, sentence.start, sentence.end, resolved, together)

    def everywhere() -> list[int]:
        return cited(text, numbers) or _cited_after(source.text, sentence, numbers)

    made: list[dict[str, Any]] = []
    passage = Passage(source.text, sentence.start, sentence.end, everything, marked, context.disease)
    for general in [*_of_parts(processes, placed), *read_general(passage)]:
        made.append(general | _cites_of(source, sentence, general, numbers, everywhere))
    sites = frozenset(k for k, m in enumerate(everything) if m.curie.startswith(SITES) or _is_own_site(m.curie))
    for told in read_effects(marked, sites)[:MOST]:
        verb = places[min(told.verb[0], len(places) - 1)]
        status, _ = status_at(scopes, verb, verb + 1)
        if status in ("absent", "family", "family-absent", "hypothetical"):
            continue
        for subject in (told.subject, *told.others):
            for number in told.objects:
                claim = _claim(source.text, everything, told._replace(subject=subject), number, marked)
                if claim is not None:
                    claim |= _cites(source.text, sentence, everything, (subject, number), numbers, everywhere)
                    spots = (everything[subject], everything[number])
                    made.append(claim | _sure(source, spots, told, status, any(m.start not in {p.start for p in placed} for m in spots)))
    for claim, drug in read_credit(marked, everything, context.patient):
        claim["_at"] = (drug.start, drug.end)
        made.append(claim | _cites_of(source, sentence, claim, numbers, everywhere))
    context.note(text, sentence.start, placed)
    quote = source.evidence(sentence.start, sentence.end) if made else None
    return [claim | quote for claim in made] if quote else []


def _numbered(
    resolved: list[Mention], processes: Processes, placed: list[Mention], more: dict[int, list[str]]
) -> tuple[list[Mention], dict[int, list[int]]]:
    """All mentions, those in the text first, and which of the others are said at the place of which."""
    everything = list(resolved)
    together: dict[int, list[int]] = {}
    where = {m.start: k for k, m in enumerate(resolved)}
    for k, extras in processes.together.items():
        for extra in extras:
            together.setdefault(where[placed[k].start], []).append(len(everything))
            everything.append(processes.mentions[extra])
    for place, curies in more.items():
        for curie in curies:
            together.setdefault(where[place], []).append(len(everything))
            everything.append(resolved[where[place]]._replace(curie=curie))
    return everything, together


@lru_cache(maxsize=256)
def _is_own_site(curie: str) -> bool:
    return curie.startswith("cg") and any(each.startswith(SITES) for each in vocabulary().ancestors(curie))


def _claim(text: str, mentions: list[Mention], told: Told, number: int, marked: str) -> dict[str, Any] | None:
    subject, object_ = mentions[told.subject], mentions[number]
    if told.effect in ("characterised-by", "leads-to"):
        object_ = object_._replace(curie=as_finding(object_.curie, text[object_.start : object_.end]))
    if told.effect in ("can-be-seen-in", "leads-to"):
        subject = subject._replace(curie=as_finding(subject.curie, text[subject.start : subject.end]))
    if subject.curie == object_.curie or subject.curie.startswith((*SITES, NONE)):
        return None
    if told.via is not None and not is_process(mentions[told.via].curie):
        if told.via in (told.subject, number):
            return None
        told = told._replace(via=None)
    held = HELD_BACK.match(marked, marked.find(f"<{number}>") + len(f"<{number}>"))
    if held and not held.start() <= told.verb[0] < held.end():
        return None
    if not fits(told.effect, subject.curie, object_.curie, told.hedge):
        return None
    claim: dict[str, Any] = {
        "kind": kind_of(told.effect, object_.curie), "subject": _term(subject.curie), "effect": told.effect, "object": _term(object_.curie),
    }  # fmt: skip
    site = dict(told.sites).get(number)
    if site is not None and mentions[site].curie != object_.curie:
        claim["site"] = _term(mentions[site].curie)
    elif told.effect in ("increased-in", "accumulates-on") and object_.curie.startswith(("UBERON", "CL")):
        claim["site"] = _term(object_.curie)
    within = mentions[told.within].curie if told.within is not None else ""
    if within.startswith("MONDO") and within not in (subject.curie, object_.curie):
        claim["in"] = _term(within)
    if told.via is not None and mentions[told.via].curie not in (subject.curie, object_.curie):
        claim["via"] = [_term(mentions[told.via].curie)]
    return claim


def _term(curie: str) -> str:
    """A term as records name it: by its ChEBI id where a drug has one."""
    if curie.startswith(NONE):
        return curie
    term = vocabulary().find_term(curie)
    twin = next((t for t in (term.same_as if term and curie.startswith("DrugBank") else ()) if t.startswith("CHEBI")), curie)
    return str(vocabulary().term(twin))


def _of_parts(processes: Processes, placed: list[Mention]) -> list[dict[str, Any]]:
    """What the name of a process says by itself: `accumulation of X on Y`."""
    made = []
    for part in processes.parts:
        if part.subject != part.object and fits(part.effect, part.subject, part.object):
            claim = {"kind": "mechanism", "subject": _term(part.subject), "effect": part.effect, "object": _term(part.object)}
            if part.effect == "accumulates-on":
                claim["site"] = claim["object"]
            made.append(
                claim
                | {"confidence": 0.5, "note": "read from the name of a process; check that it is asserted", "_at": (part.start, part.end)}
            )
    return made


def _cites_of(
    source: Source, sentence: Span, general: dict[str, Any], numbers: set[int], everywhere: Callable[[], list[int]]
) -> dict[str, Any]:
    """The words and references of what was read at `_at`, which is taken out."""
    start, end = general.pop("_at")
    own = _OWN_CITE.match(source.text, end, sentence.end)
    found = cited("x" + own[1], numbers) if own else []
    found = found or everywhere()
    return {"words": " ".join(source.text[start:end].split())[:300]} | ({"cites": found} if found else {})


def _cites(
    text: str, sentence: Span, mentions: list[Mention], pair: tuple[int, int], numbers: set[int], everywhere: Callable[[], list[int]]
) -> dict[str, Any]:
    """The references right after either term where each of them has its own, else those of the sentence."""
    for k in sorted(pair, reverse=True):
        own = _OWN_CITE.match(text, mentions[k].end, sentence.end)
        if own and (found := cited("x" + own[1], numbers)):
            return {"cites": found}
    found = everywhere()
    return {"cites": found} if found else {}


def _cited_after(text: str, sentence: Span, numbers: set[int]) -> list[int]:
    following = text[sentence.end : sentence.end + 14].strip()
    return cited("x." + following.split(" ")[0], numbers) if following[:1] in ("[", "(") else []


def _sure(source: Source, spots: tuple[Mention, Mention], told: Told, status: str, referred: bool) -> dict[str, Any]:
    first, last = sorted(spots)
    words = " ".join(source.text[first.start : max(first.end, last.end)].split())[:300]
    doubtful = status != "present" or referred or bool(_DOUBT.search(told.hedge))
    made = {"words": words, "confidence": 0.35 if doubtful else 0.5,
            "note": "who acts on what is read from the order of the words; check both ends" + (_CONTEXT_NOTE if referred else "")}  # fmt: skip
    return made | ({"strength": told.hedge} if told.hedge else {})


def _once(claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
    seen: set[tuple[str, ...]] = set()
    kept = []
    for claim in claims:
        key = (claim["subject"], claim["effect"], claim["object"], str(claim["quote"]))
        if key not in seen:
            seen.add(key)
            kept.append(claim)
    return kept
