"""The drugs that a text names: by a term of the vocabulary, by what their name is made of, or by the dose right beside it.

>>> text = "She took imipenem-cilastatin, quetiapine fumarate and mesna 600 mg daily."
>>> [(t.words, t.curie) for t in sorted(find_drugs(text, 0, len(text)))]
[('imipenem', 'CHEBI:471744'), ('cilastatin', 'CHEBI:3697'), ('quetiapine fumarate', 'CHEBI:8707'), ('mesna', '')]
"""

from __future__ import annotations

import re
from functools import lru_cache

from kg.draft.names.ground import DRUGS, PLAIN, counts_as, find_terms, named
from kg.draft.patterns.lists import rows_of
from kg.draft.patterns.openings import Openings, Stems
from kg.draft.therapy.named import Therapy, overlaps, therapy_at
from kg.draft.therapy.spelling import mended, respelt
from kg.terms import load_terms

LONGEST = 3  # words of a drug's name
_SUFFIX = re.compile(
    r"(?i)(?:mab|nib|cillin|mycin|micin|cycline|floxacin|azole|vir|pril|sartan|statin|olol|sone|solone|prine|platin|rubicin|tidine|prazole|"
    r"dipine|xaban|parin|profen|coxib|gliptin|gliflozin|formin|triptan|setron|azepam|zolam|barbital|thiazide|semide|oxetine|pramine|"
    r"dronate|cept|tinib|quine|oxacin|bactam|penem|amide|idone|apine|taxel|fungin|mide|lukast|zumab|stine|trexate|limus|quin|zine|caine|"
    r"phylline|terol|dopa|tadine|fibrate|glinide|relin|tropin|kinra|xate|micin|actone|pristone|gestrel|sulfan|mustine|citabine)$"
)
#: Endings that words of plain English share with drugs; such a word is a drug only with a dose.
_PLAIN_ENDING = re.compile(r"(?:cept|stine|quin|zine|vir|mide|amide|xate|azole|pril)s?\Z", re.I)
_WORD = re.compile(r"(?<![\w-])[A-Za-z][a-z]{3,}(?:-[a-z]{4,})*(?![\w-])")
#: Another word for the same drug's salt or ester, printed after its name.
_SALT = re.compile(
    r"\s+(?:fumarate|hydrochloride|HCl|sodium|sul(?:f|ph)ate|acetate|maleate|tartrate|citrate|phosphate|succinate|mesylate|besylate|tosylate|bromide|hydrobromide|"
    r"nitrate|valerate|propionate|dipropionate|furoate|mofetil|axetil|disoproxil|dipivoxil|medoxomil|cilexetil|pivoxil|hydrate|monohydrate|decanoate|palmitate|"
    r"hemisuccinate|pamoate|alafenamide|marboxil|meglumine|lysinate)\b(?!\s+(?:levels?|concentrations?))",
    re.I,
)
_COMPOUND = re.compile(r"(?<![\w-])[A-Za-z][a-z]{4,}(?:-[a-z]{5,})+(?![\w-])")
_BASED = re.compile(r"-(?:based|containing)\Z")
_ORGANISM = re.compile(r"[A-Z][a-z]+ [a-z]+")  # `Candida albicans`: an extract of it is a drug, the organism is none
#: Right after a name: a dose by weight, and so a drug's.
_DOSED = re.compile(
    r"\s*[(\[,]?\s*(?:at |(?:at )?a dose of |oral(?:ly)? |i\.?v\.? )?\d+(?:[.,]\d+)?\s?(?:(?:mg|mcg|µg|μg|g|IU|units?)\b(?!\s*/\s*(?:d?l|dL|mL|ml)\b|\s+(?:of|in)\b)|%\s?(?:cream|ointment|lotion|gel|foam|shampoo|eye\s?drops)\b)",
    re.I,
)
_LONG = 10  # letters of a word that ends like no drug, but may be one that is spelt wrong
#: Right before a name.
_AFTER_DOSE = re.compile(
    r"\d\s?(?:mg|mcg|µg|μg|g|IU|units?)(?:\s+of)?\s+(?:(?:oral|intravenous|i\.?v\.?|subcutaneous|topical)\s+)?\Z", re.I
)
_ANY_DOSE = re.compile(r"\d\s?(?:(?:mg|mcg|µg|μg|g|IU|units?)\b|%\s?[cologfse])", re.I)
#: What a dose stands after that is no drug's name.
_NO_NAME = re.compile(
    r"(?:dos(?:e|es|age)|daily|weekly|monthly|total|about|around|approximately|roughly|nearly|over|another|additional|further|initial|maintenance|maximum|maximal|minimum|least|"
    r"most|weigh\w*|received?|receiving|taking|taken|given|started|using|reduced|increased|tapered|lowered|adjusted|titrated|decreased|restarted|oral|orally|intravenous|intravenously|"
    r"subcutaneous|intramuscular|intrathecal|topical|bolus|infusions?|injections?|therapy|treatment|regimen|initially|then|followed|single|twice|once|thrice|every|tablets?|capsules?|"
    r"prior|previous(?:ly)?|ago|later|earlier|suppositor(?:y|ies)|foam|enemas?|gel|patch(?:es)?|inhaler|syrup|drops|spray|sachets?|ampoules?|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|half|several|both|first|second|third|fourth|fifth|last|premedication|"
    r"than|from|with|plus|including|only|each|mean|median|average|amount|level|levels|birth|weight|spleen|placenta|specimen|tumou?r|mass|protein|load|loading|drugs?|agent|medication|"
    r"steroids?|vitamin|supplement\w*|excretion|intake|concentration|value|loss|volume|solution|cream|ointment|increments?|pulses?|cycles?|courses?|fractions?|sessions?|minutes?|hours?|days?|weeks?|months?|years?|times?|after|before|during|until|where|also|being|were|been|\w+ly|\w+ed|\w+ing)\Z",
    re.I,
)
#: After these comes a verb, whatever dose follows it: `was commenced at 10 mg`.
_IS = re.compile(r"\b(?:was|were|been|being|is|are)\s+\Z", re.I)
GIVING = Openings(
    r"\b(?:given|giving|administ\w+|receiv\w+|treat(?:ed|ment|ing)|started|initiat\w+|commenced|prescri\w+|infus\w+|inject\w+|added|addition of|taking|took|takes|on oral|put on|placed on|"
    r"switched|converted|replaced|unresponsive to|refractory to|medications?|therapy|regimens?|combin\w+|consist\w+|ongoing|resumed|supplement\w*|prophyla\w+)\b",
)
AND = re.compile(
    r"\s*(?:,|and|or|plus|with|\+|/|,\s*and|,\s*or)\s*(?:(?:oral|intravenous|iv|i\.v\.|topical|inhaled|low-dose|high-dose|daily|long-term)\s+){0,2}",
    re.I,
)
#: A regimen by its letters: `ICE chemotherapy`, `BUCY conditioning regimen`.
_REGIMEN = re.compile(
    r"(?<![\w-])(?P<name>[A-Z][A-Za-z0-9]*(?:[-+/][A-Za-z0-9]+)*[A-Z0-9])\s+(?:chemo(?:immuno)?therapy(?:\s+(?:regimen|protocol))?|(?:conditioning\s+|chemotherapy\s+)?regimen)(?![\w-])"
)
_MAY_BE_REGIMEN = Stems("chemo", "regimen")
#: The same counted: `two courses of VAMP therapy`.
_COUNTED_REGIMEN = Openings(
    r"\b(?:cycles?|courses?|rounds?)\s+of\s+(?:[a-z-]+\s+){0,4}?(?P<name>[A-Z][A-Za-z0-9]*(?:[-+/][A-Za-z0-9]+)*[A-Z0-9])(?:\s+(?:therapy|protocol))?(?![\w-])",
    flags=re.NOFLAG,
)
_CLASS = re.compile(
    r"(?<![\w-])(?:(?P<anti>anti-?[a-z]{4,}(?:al|ic|ive|ant|ent|ory|ous|ular|ion)|anti-?(?:TNF|IL)[\w-]*|anti-?tumou?r necrosis factor(?:[ -](?:alpha|α))?)\s+(?:therapy|therapies|treatments?|drugs?|agents?|medications?|regimens?|coverage|prophylaxis)|"
    r"(?P<sort>(?:[a-z]+\s+|[\w-]+-){1,2}(?:inhibitors?|blockers?|antagonists?|agonists?|analog(?:ue)?s?|supplements?|supplementation))|"
    r"(?P<guard>(?:chemo|thrombo|immuno)prophylaxis))(?![\w-])",
    re.I,
)
_MAY_BE_CLASS = Stems("anti", "inhibitor", "blocker", "agonist", "analog", "supplement", "prophylaxis")
_NO_CLASS = re.compile(r"anti-?(?:gen|bod|nuclear|phospholipid|cardiolipin|neutrophil|cipat)", re.I)


def _word_set(name: str) -> frozenset[str]:
    return frozenset(word for row in rows_of(f"course/{name}.tsv") for word in row[0].split("|"))


@lru_cache(maxsize=1)
def body_and_never() -> tuple[frozenset[str], frozenset[str]]:
    """Substances of the body, and names that never mean a substance."""
    return _word_set("body"), _word_set("never")


@lru_cache(maxsize=4096)
def is_drug(curie: str) -> bool:
    """Whether a substance is a medicine: DrugBank has it, or ChEBI gives it a role of one.

    Example:
    >>> is_drug("CHEBI:8378"), is_drug("CHEBI:33699")
    (True, False)
    """
    term = load_terms().find_term(curie)
    return bool(term and (curie.startswith("DrugBank") or term.same_as or _is_own(curie)))


def _is_own(curie: str) -> bool:
    """Whether it is a laboratory's own term of a drug."""
    return not curie.startswith(DRUGS) and counts_as(curie, DRUGS)


def find_drugs(text: str, start: int, end: int) -> list[Therapy]:
    """The drugs of a stretch that are no listed medicine; none over another, in no order."""
    found: list[Therapy] = []
    for a, b, curie in find_terms(text, DRUGS, start, end, LONGEST):
        therapy = _of_term(text, a, b, curie, (start, end))
        if therapy:
            found.append(therapy)
    _find_compounds(text, start, end, found)
    _find_unknown(text, start, end, found)
    return found


def _of_term(text: str, a: int, b: int, curie: str, stretch: tuple[int, int]) -> Therapy | None:
    """The drug that a name of the vocabulary means; None for what is none, or is not meant so."""
    body, never = body_and_never()
    words = " ".join(text[a:b].lower().split())
    if words in never or words.rstrip("s") in never or len(words) < 4 and not text[a:b].isupper():
        return None
    if _ORGANISM.fullmatch(text[a:b]) and a > stretch[0]:
        return None
    if not is_drug(curie):
        if words in PLAIN or not _DOSED.match(text, b, stretch[1]) or not GIVING.search(text, *stretch):
            return None
        return therapy_at(text, a, b, curie, "drug", sure=False)
    terms = load_terms()
    twin = next((t for t in terms.term(curie).same_as if t.startswith("CHEBI")), curie)
    sure = (
        words not in body
        and terms.term(twin).label.lower() not in body
        and (bool(_SUFFIX.search(words)) or curie.startswith("DrugBank") or bool(terms.term(curie).same_as) or _is_own(curie))
    )
    salt = _SALT.match(text, b, stretch[1]) if sure else None
    return therapy_at(text, a, salt.end() if salt else b, twin, "drug", sure=sure)


def _find_compounds(text: str, start: int, end: int, found: list[Therapy]) -> None:
    """Add the drugs of a word joined by hyphens, where each part is one or the joined word is: `imipenem-cilastatin`."""
    for match in _COMPOUND.finditer(text, start, end) if text.find("-", start, end) > 0 else ():
        if overlaps(*match.span(), found):
            continue
        whole = named(match.group().replace("-", ""), DRUGS)
        if whole and is_drug(whole):
            therapy = _of_term(text, *match.span(), whole, (start, end))
            found += [therapy] if therapy else []
            continue
        parts = [(m.start(), m.end(), named(m.group(), DRUGS)) for m in re.finditer(r"[A-Za-z]+", match.group())]
        drugs = [(a, b, curie) for a, b, curie in parts if curie and is_drug(curie)]
        based = len(drugs) == 1 and drugs[0][0] == 0 and _BASED.search(match.group())
        if based or len(drugs) > 1 and len(drugs) + 1 >= len(parts):
            made = (_of_term(text, match.start() + a, match.start() + b, curie, (start, end)) for a, b, curie in drugs)
            found += [therapy for therapy in made if therapy]


def _find_unknown(text: str, start: int, end: int, found: list[Therapy]) -> None:
    """Add names misspelt or newer than the vocabulary: by their ending and a word of giving, or by a dose right after."""
    giving = bool(GIVING.search(text, start, end))
    doses = bool(_ANY_DOSE.search(text, start, end))
    if not (doses or giving):
        return
    known = sorted((t.start, t.end) for t in found)
    for match in _WORD.finditer(text, start, end):
        word = match.group()
        suffix, curie = _made_of(word)
        dosed = doses and (
            _DOSED.match(text, match.end(), end) or curie and _AFTER_DOSE.search(text, max(start, match.start() - 24), match.start())
        )
        if len(word) >= _LONG and not (suffix or curie or dosed):
            wrong = giving and _may_be_given(text, *match.span()) and _is_given(text, *match.span(), start, end)
            wrong = wrong and _may_be_a_name(word)
            curie = mended(word) if wrong and not overlaps(*match.span(), found) else ""
        if not (suffix or curie or dosed) or overlaps(*match.span(), found):
            continue
        if (
            not suffix
            and not curie
            and (_IS.search(text, max(start, match.start() - 8), match.start()) or _NO_NAME.fullmatch(word) or not _may_be_a_name(word))
            or not giving
            and not (dosed and (suffix or "%" in dosed.group()))
        ):
            continue
        sound = bool(suffix) and is_like_drug(word)
        beside = (sound or curie) and _is_beside(text, *match.span(), known)
        if dosed or beside or (sound or curie) and _is_given(text, *match.span(), start, end):
            found.append(therapy_at(text, *match.span(), curie or sound and mended(word) or "", "drug", sure=True))


@lru_cache(maxsize=50_000)
def _made_of(word: str) -> tuple[bool, str]:
    """Whether a word ends like a drug, and the drug whose salt, or whose name in another language, it is."""
    return bool(_SUFFIX.search(word)), _acid_of(word) or respelt(word)


def _acid_of(word: str) -> str:
    """The drug that is the acid of this salt: `alendronate`."""
    curie = named(word[:-3] + "ic acid", DRUGS) if word.endswith("ate") and word[:1].islower() else None
    return curie if curie and is_drug(curie) and word.lower() not in body_and_never()[0] else ""


def is_like_drug(word: str) -> bool:
    """Whether a word ends like the name of a drug and is no other word.

    Example:
    >>> is_like_drug("vedolixumab"), is_like_drug("climate"), is_like_drug("magazine")
    (True, False, False)
    """
    return bool(_SUFFIX.search(word)) and not _PLAIN_ENDING.search(word) and _may_be_a_name(word)


@lru_cache(maxsize=4096)
def _may_be_a_name(word: str) -> bool:
    """Whether no other vocabulary and no list of plain words has the word."""
    low, (body, never) = word.lower(), body_and_never()
    if low in PLAIN or low in body or low in never or low.rstrip("s") in never:
        return False
    return not named(word, ("HP", "MONDO", "UBERON", "PATO", "GO", "CL", "HGNC", "MAXO", "cg", "NCIT"))


def _is_beside(text: str, start: int, end: int, known: list[tuple[int, int]]) -> bool:
    """Whether a word stands in a list right beside a drug."""
    return any(b <= start and AND.fullmatch(text, b, start) or end <= a and AND.fullmatch(text, end, a) for a, b in known)


_BEFORE_GIVEN = (
    "with ", "on ", "to ", "of ", "received ", "receiving ", "prescribed ", "given ", "taking ", "added ", "oral ", "intravenous ", "iv ", "topical ", "dose ",
    "an ", "a ", "the ", "daily ", "weekly ", "pulse ", "drug ", "agent ", "antibiotic ", "included ", "were ",
)  # fmt: skip
_GIVEN_TO = re.compile(
    r"\b(?:received|receiving|treated with|therapy with|medications? (?:included|were)|the (?:\w+ ){0,2}(?:drug|agent|antibiotic)|treatment with|started on|switched to|changed to|converted to|addition of|administration of|doses? of|courses? of|cycles? of|infusions? of|prescribed|"
    r"given|taking|placed on|put on|initiated on|maintained on|added)\s+(?:(?:oral|intravenous|iv|topical|high-dose|low-dose|an?|the|daily|weekly|pulse)\s+){0,2}\Z",
    re.I,
)
_WAS_GIVEN = re.compile(
    r"\s+(?:therapy\s+|treatment\s+)?(?:was|were)\s+(?:\w+ly\s+|then\s+|also\s+)?(?:given|administered|started|initiated|added|prescribed|commenced|stopped|discontinued|tapered|continued)\b",
    re.I,
)


def _may_be_given(text: str, start: int, end: int) -> bool:
    """Cheap test for `_is_given`."""
    return text.startswith((" was", " were"), end) or text[max(0, start - 14) : start].lower().endswith(_BEFORE_GIVEN)


def _is_given(text: str, start: int, end: int, first: int, last: int) -> bool:
    return bool(_GIVEN_TO.search(text, max(first, start - 60), start) or _WAS_GIVEN.match(text, end, last))


def find_regimens(text: str, start: int, end: int) -> list[Therapy]:
    """Regimens called by their letters.

    Example:
    >>> [(t.words, t.label) for t in find_regimens("After ICE chemotherapy an MRI protocol was followed.", 0, 52)]
    [('ICE chemotherapy', 'ICE')]
    """
    found: list[Therapy] = []
    if _MAY_BE_REGIMEN.search(text, start, end):
        found += [therapy_at(text, *m.span(), "", "drug", sure=True, label=m["name"]) for m in _REGIMEN.finditer(text, start, end)]
    for m in _COUNTED_REGIMEN.finditer(text, start, end):
        if len(m["name"]) > 2 and not named(m["name"], ("HP", "MONDO", "MAXO", *DRUGS)):
            found.append(therapy_at(text, m.start("name"), m.end(), "", "drug", sure=True, label=m["name"]))
    return found


def find_classes(text: str, start: int, end: int) -> list[Therapy]:
    """Classes of drugs by what their name is made of.

    Example:
    >>> text = "She was given antiangiogenic therapy and an aromatase inhibitor; antinuclear antibodies rose."
    >>> [(t.words, t.sure) for t in find_classes(text, 0, len(text))]
    [('antiangiogenic therapy', True), ('aromatase inhibitor', False)]
    """
    found: list[Therapy] = []
    if not _MAY_BE_CLASS.search(text, start, end):
        return found
    for match in _CLASS.finditer(text, start, end):
        if _NO_CLASS.match(match.group()):
            continue
        first = match.start()
        if match["sort"]:
            lead = re.match(
                r"(?:(?:an?|the|with|and|or|of|on|to|by|her|his|oral|was|were|given|added|started|received|other|some|both|using|including)\s+)+",
                match.group(),
                re.I,
            )
            first += lead.end() if lead else 0
            if " " not in text[first : match.end()].strip() and "-" not in text[first : match.end()]:
                continue
        found.append(therapy_at(text, first, match.end(), "", "drug", sure=not match["sort"]))
    return found
