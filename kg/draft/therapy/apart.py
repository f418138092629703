"""Treatments that a text names but does not tell of as given: planned, refused, measured, an allergy, another person's.

>>> from kg.draft.therapy.treat import find_therapies
>>> text = "Rituximab was considered; she underwent laparoscopic right hemicolectomy."
>>> [m.words for m in find_therapies(text, 0, len(text)) if not is_apart(text, m, 0, len(text))]
['laparoscopic right hemicolectomy']
"""

from __future__ import annotations

import re

from kg.draft.patterns.openings import Openings
from kg.draft.therapy.named import Therapy
from kg.draft.therapy.regimen import find_doses

_OF_AN_IMAGE = re.compile(r"(?:dimensional|\b3-?D|\bCT|\bMRI?|imag\w+|multiplanar|computer\w*)\s+\Z", re.I)
_PLANNED = re.compile(
    r"\b(?:plan(?:ned|s|ning)?|scheduled|consider(?:ed|ing|ation of)?|candidates? (?:for|of)|recommend(?:ed|ing|ation)?s?|advis(?:ed|ing)|offer(?:ed|ing)?|refus(?:ed|ing|al)|"
    r"declin(?:ed|ing)|propos(?:ed|ing)|discuss(?:ed|ing)|refer(?:red|ral) (?:\w+ ){0,4}for|await(?:ed|ing)|waiting list|would|should|(?-i:may)(?!\s+(?:19|20)\d\d)|might|could(?! be (?:\w+ly )?(?:stopped|tapered|weaned|discontinued|withdrawn|reduced|extubated))|can(?:not)? be|(?:needs?|demands?|necessity) (?:for|of)|(?:reduced|decreased|lower|less|no) (?:\w+ )?requirements? (?:for|of)|counsell?ed (?:about|on|regarding)|opted for|"
    r"indications? (?:for|of)|contra-?indicat\w+|options?|choice|intend(?:ed|ing)|(?:decision(?= (?:was (?:made|taken) )?to\b)|decided|decides)(?! (?:was (?:made|taken) )?to (?:re-?)?(?:start|initiate|institute|introduce|begin|commence|resume|perform|carry out|proceed with|give|administer|add|use|treat|switch|"
    r"change|convert|replace|stop|discontinue|withdraw|withhold|taper)\b)|reluctan\w+|unwilling|instead of|rather than|without|"
    r"(?:difficult|impossible|not possible|not feasible|unable|inability) to|before considering|hesita\w+|wait(?:ed)? for|eligible for|suitable for|amenable to|lack of|absence of|unable to|prior to (?:any|planned)|alternatives? to|prevent|"
    r"avoid(?:ed|ing|ance)?|denied|denies|evaluat(?:ed|ion) for|screen(?:ed|ing) for|tested for|testing for|requested|listed for|possibility of|potential|history of use of|"
    r"allerg\w+ to|allergic|sensitiv\w+ to|susceptib\w+|intoleran\w+|overdos\w+|poisoning|intoxication|ingest\w+|expos(?:ed|ure) to|abuse|abus(?:ed|ing)|"
    r"misuse|dependence on|not (?:on|given|received|receiving|taking|started|performed|undergo|undergone|treated)|never (?:received|taken|had|undergone))\b",
    re.I,
)
_NOT_DONE = re.compile(
    r"^[^.;,]{0,40}?\b(?:(?:was|were|is|are|be|been)\s+(?:\w+\s+){0,2}?(?:rejected|ruled out|turned down|dismissed|discarded|planned|scheduled|considered|recommended|advised|offered|refused|declined|proposed|discussed|"
    r"contra-?indicated|requested|suggested|(?:not|never)\s+(?:\w+\s+)?(?:given|performed|done|possible|feasible|started|required|needed|necessary|indicated|administered|"
    r"used|considered|undertaken|available|attempted)|withheld|avoided|deferred|postponed|unavailable)|(?:may|might|should|could(?! be (?:\w+ly )?(?:stopped|tapered|weaned|discontinued|withdrawn|reduced))|would|will|can) (?:be|have)|allerg(?:y|ic|ies)|"
    r"(?:could|can) ?not be (?!(?:\w+ly )?(?:stopped|tapered|weaned|withdrawn|discontinued|reduced|tolerated|extubated))|abuse|overdose|poisoning|intoxication|sensitivity|resistan(?:t|ce)|was not(?! (?:\w+ )?(?:beneficial|effective|helpful|successful|tolerated|sufficient|enough|stopped|discontinued|tapered|reduced|withdrawn|interrupted|changed)\b))\b",
    re.I,
)
#: Taken out again: `removal of a pellet`, `hormone patch removal`.
_TAKEN_OUT = re.compile(r"\s+(?:[\w-]+\s+)?(?:implants?|patch(?:es)?|pump|pellets?|ring|device)\s+(?:removal|explantation)\b", re.I)
#: Why another is done: `had her gallbladder removed for treatment of colic`.
_TREATMENT_OF = re.compile(r"\b(?:treatment|therapy|management) of\b", re.I)
_FOR_THE = re.compile(r"\bfor\s+(?:the\s+|her\s+|his\s+)?\Z", re.I)
#: A new phrase, which is not denied: `without fever and on treatment with A`.
AND_ON = re.compile(
    r"\b(?:and|but)\s+(?:\w+ly\s+)?(?:on|under|taking|receiving)\s+(?:(?:treatment|therapy)\s+with\s+)?(?:(?!no\b|not\b)[\w-]+\s+){0,1}\Z",
    re.I,
)
#: What comes later, or never: `before definitive treatment with A`, `with splenectomy planned`.
_BEFORE_TREATMENT = re.compile(
    r"\b(?:before|prior to|pending|awaiting|until)\s+(?:[\w-]+\s+){0,3}(?:treatment|therapy)\s+(?:with|by)\s+(?:[\w-]+\s+)?\Z|\bdelay(?:ed|ing)\s+(?:the\s+|her\s+|his\s+)?\Z",
    re.I,
)
_TO_COME = re.compile(r"\s+(?:was\s+|were\s+|being\s+)?(?:planned|scheduled|postponed|booked|awaited)\b", re.I)
#: What a drug is given as, no treatment of its own: `as induction and maintenance therapy`.
_AS_ROLE = re.compile(r"\bas\s+(?:an?\s+)?(?:[\w-]+\s+and\s+)?(?:[\w-]+\s+)?\Z", re.I)
_ROLE = re.compile(
    r"(?:maintenance|induction|consolidation|bridging|adjuvant|salvage|combination|empiric(?:al)?)\s+(?:therapy|treatment)\Z", re.I
)
#: What a drug is, not that another is given: `naproxen served as an antipyretic drug`.
_AS_A = re.compile(r"\bas\s+(?:an?|its|their)\s+(?:[\w-]+\s+){0,2}\Z", re.I)
#: What was begun or stopped was given, whatever is told of it next: `was started but was not tolerated`.
_DONE_FIRST = re.compile(
    r"(?:\s+(?:therapy|treatment))?\s+(?:was|were|had been)\s+(?:\w+ly\s+)?(?:started|initiated|commenced|begun|added|given|administered|tried|introduced|prescribed|held|stopped|discontinued|withdrawn)\b"
    r"|\s+used to treat\s+(?:[\w-]+\s+){1,4}?(?:was|were)\s+(?:\w+ly\s+)?(?:withheld|held|stopped|discontinued)\b",
    re.I,
)
#: Tests of the laboratory or of the skin with drugs that the patient need not have had.
_IN_A_TEST = Openings(
    r"\b(?:in vitro|(?:patch|prick|intradermal) test\w*|lymphocyte (?:toxicity|transformation|stimulation)|cross-? ?react\w*)\b"
)
_WHICH_WAS_DONE = re.compile(
    r"\s*,?\s+(?:which|that)\s+(?:was|were)\s+(?:\w+ly\s+|then\s+)?(?:performed|done|carried out|undertaken|given|started)\b", re.I
)
_DECIDED = re.compile(r"\bdeci(?:ded|des|sion)\b", re.I)
_CAME_TO_NOTHING = re.compile(r"\b(?:but|however|although|though)\b[^.;]*\b(?:refus|declin|not|never|unavailable|died|before)", re.I)
_TEST = re.compile(
    r"[\s-]*(?:\([^)]{1,12}\)\s*)?(?:suppression|stimulation|challenge|tolerance|provocation|stress|infusion)?[\s-]*(?:tests?\b|testing|scan|scintigra\w+|PET|uptake|stain\w*|assay|"
    r"receptors?|techniques?\b|patterns?\b|lysis test|(?:iso|reduct|hydrol|oxid|lig|poly)m?erase|reductase|oxidase|hydrolase|antibod\w+|resistan\w+|sensitiv\w+|toxicity|induced(?!\s+(?:an?|the|(?:\w+\s+){0,2}(?:remission|response|improvement|resolution|recovery))\b)|dehydrogenase|synthase|transferase|kinase|levels?\b|concentrations?|deficien\w+|specimens?|"
    r"margins?|samples?|sites?\b|scars?\b|beds?\b|stump|tissues?\b|pathology|table|room|theat(?:re|er)|report|team|department|clinic|unit|ward|candidate|negative|"
    r"positiv\w+|profile|cent(?:er|re)s?\b|service|bank|immuno\w+|-?like|spectrometry|angiogra\w+|plates?|screws?|excretion|secretion|metabolism|clearance|binding|transport|channel|crystals?|deposit\w*|"
    r"was (?:\d|normal|elevated|low|high)|of \d|, \d|: \d|= ?\d)",
    re.I,
)
_ANALYTE = re.compile(
    r"(?:serum|plasma|blood|urinary|urine|anti-?|low|high|elevated|increased|decreased|normal|raised|free|total|ionized|fasting|level of|levels of|concentrations? of)\s*$",
    re.I,
)
_GIVING = re.compile(
    r"\b(?:given|giving|administ\w+|receiv\w+|treat\w+|started|start(?:ing)?|initiat\w+|commenced|prescri\w+|supplement\w*|infus\w+|inject\w+|replac\w+|therapy|on|with|taking|took|"
    r"dose|bolus|correct\w+|substitut\w+|added|medicat\w+|intravenous|oral|topical|IV)\b",
    re.I,
)
_IS_GIVEN = re.compile(
    r"(?:\s*\([^()]*\))?\W*(?:\w+\s+){0,3}(?:was|were|is|are|has been|had been)\s+(?:\w+\s+)?(?:started|given|administered|added|initiated|infused|injected|stopped|discontinued|tapered|replaced|prescribed|commenced)\b",
    re.I,
)
_CULTURE = re.compile(r"\b(?:isolate[sd]?|cultures?|strains?|organisms?|susceptib\w+|MIC|antibiogram)\b", re.I)
_CLAUSE_START = re.compile(
    r"[;:]|\bto (?:avoid|prevent|reduce|minimi[sz]e)\b[^,;]{0,90},|\bconsent (?:was |had been )?obtained\b|,\s+(?:and|but|while|so|however)\b|\band (?=(?:had|has|was|were) (?:been )?(?:\w+ed|given|begun)\b)|\b(?:but|however|therefore|subsequently|then|finally|underwent|received|was (?:given|treated|started)|were (?:given|started))\b",
    re.I,
)
#: What a sentence opens with says nothing of what comes after its comma: `As surgery was considered risky, he was given`.
_SUBORDINATE = re.compile(r"\W*(?:Since|Because|As|Although|Though|After|When|While|Despite|Due to|Given)\b[^,;]{3,160},\s")
#: The sentence tells of another person.
_OF_OTHERS = re.compile(
    r"(?:The |Both |His |Her |Their )?(?:(?:organ|kidney|kidneys|same|from|the|liver|younger|older|elder|two|other)\s+){0,4}(?:donors?|recipients?|mother|father|brother|sister|parents|siblings?)\b(?!['’]s)"
)


#: What a treatment may do is said of it in general.
_IN_GENERAL = re.compile(
    r"(?:\s*\([^()]{1,12}\))?\s+(?:may|can|might)\s+(?!be\b|have\b)(?:\w+ly\s+)?[a-z]+|\s+(?:is|are)\s+(?:an?\s+)?(?:known|rare|common|associated|effective|recommended|thought|widely)\b",
    re.I,
)
#: A table or figure shows it; the steps are told there.
_IS_SHOWN = re.compile(
    r"\s+(?:[\w-]+\s+){0,3}?(?:is|are|was|were)\s+(?:shown|listed|given|summari[sz]ed|detailed|depicted|presented)\s+in\s+(?:the\s+)?(?:Table|Fig|Supplement)",
    re.I,
)
#: A measurement by stimulation treats nothing: `repetitive nerve stimulation showed a decrement`.
_SHOWED = re.compile(
    r"(?:\s+(?:of|at|to)\s+(?:[\w-]+\s+){1,5}?|\s+)(?:studies\s+)?(?:showed|revealed|demonstrated|disclosed|was (?:normal|abnormal|positive|negative))\b",
    re.I,
)
_RUN_ON = re.compile(r"(?:[A-Z][\w'’-]*|and|of|or|the|for|in|to|&|/)(?:\s+|\Z)")
_RUN_BACK = re.compile(r"(?:(?<=\s)|\A)(?:(?:[A-Z][\w'’-]*|and|of|or|the|for|in|to|&|/)\s+)+\Z")
_MENU = 7  # capitalised words in a row


def _is_in_menu(text: str, a: int, b: int, start: int, end: int) -> bool:
    """Whether a name stands in a run of capitalised words without a verb or a comma, as in the menu of a web page.

    Example:
    >>> text = "Acupuncture Art Therapy Auto Immune Diseases Massage Cancer Rehabilitation Chemotherapy Diet Programs Contact Us"
    >>> at = text.index("Chemotherapy")
    >>> _is_in_menu(text, at, at + 12, 0, len(text)), _is_in_menu("Chemotherapy was given.", 0, 12, 0, 23)
    (True, False)
    """
    if not text[a].isupper():
        return False
    before = _RUN_BACK.search(text, max(start, a - 120), a)
    words = (before.group() if before else "") + text[a:b]
    at = b + len(text[b:end]) - len(text[b:end].lstrip(" \t\n"))
    while at > b and at < end and (more := _RUN_ON.match(text, at, end)):
        words += " " + more.group()
        at = more.end()
    capitals = [word for word in words.split() if word[0].isupper()]
    return len(capitals) >= _MENU and not all(word.isupper() for word in capitals)


def is_apart(text: str, therapy: Therapy, start: int, end: int) -> bool:
    """Whether a treatment is named, but not as given: planned, refused, measured, a test, an allergy, what an organism resists.

    Args:
        start, end: the sentence.
    """
    a, b = therapy.start, therapy.end
    lead = _SUBORDINATE.match(text, start, a)
    ahead = text[max(lead.end() if lead else start, a - 110) : a]
    if therapy.words.lower().startswith("reconstruction") and _OF_AN_IMAGE.search(ahead) or _OF_OTHERS.match(text, start, a):
        return True
    for cut in _CLAUSE_START.finditer(ahead):
        clause = ahead[cut.start() if cut.group()[0].isalpha() and cut.group()[-1] != "," else cut.end() :]
    if not _CLAUSE_START.search(ahead):
        clause = ahead
    if (" on " in clause or "under" in clause or "ing" in clause) and (joined := AND_ON.search(clause)):
        clause = clause[joined.start() :]
    if (
        _PLANNED.search(clause)
        and not _WHICH_WAS_DONE.match(text, b, end)
        or _NOT_DONE.match(text[b : min(end, b + 90)])
        and not _DONE_FIRST.match(text, b, end)
    ):
        return True
    if therapy.kind == "drug" and (_TAKEN_OUT.match(text, b, end) or not therapy.curie and _AS_A.search(text, max(start, a - 40), a)):
        return True
    if (
        ("treatment" in clause or "therapy" in clause or "delay" in clause)
        and _BEFORE_TREATMENT.search(clause)
        or _TO_COME.match(text, b, end)
    ):
        return True
    if therapy.kind == "procedure" and _ROLE.match(therapy.words) and _AS_ROLE.search(text, max(start, a - 40), a):
        return True
    if _DECIDED.search(clause) and _CAME_TO_NOTHING.search(text, b, end):
        return True
    if therapy.kind == "procedure" and _TREATMENT_OF.search(therapy.words) and _FOR_THE.search(text, max(start, a - 12), a):
        return True
    if _IN_GENERAL.match(text, b, end) or _IS_SHOWN.match(text, b, end) or _is_in_menu(text, a, b, start, end):
        return True
    if therapy.kind == "procedure" and "stimulation" in therapy.words.lower() and _SHOWED.match(text, b, end):
        return True
    if therapy.kind == "drug" and _IN_A_TEST.search(text, start, end) and not _DONE_FIRST.match(text, b, end):
        return True
    rest = text[b : min(end, b + 45)]
    if _TEST.match(rest) and not (therapy.sure and find_doses(text, b, min(end, b + 30))):
        return True
    if re.search(r"\b(?:anti-?|non-?|post-?|pre-?|peri-?)$", text[max(start, a - 6) : a], re.I) or re.match(
        r"\)?\s*[-–]\s?(?:induced|related|associated|resistant|sensitive|negative|positive|like|refractory|responsive|dependent|naive|eluting)",
        rest,
    ):
        return True
    if (
        therapy.kind == "drug"
        and re.search(r"\b(?:resistan|sensitiv|susceptib)\w+\b", text[start:end], re.I)
        and _CULTURE.search(text, start, end)
    ):
        return True
    if therapy.kind == "drug" and not therapy.sure:
        dosed = bool(find_doses(text, b, min(end, b + 25)) or find_doses(text, max(start, a - 22), a))
        return not dosed and (bool(_ANALYTE.search(ahead)) or not _GIVING.search(ahead[-45:]) and not _IS_GIVEN.match(rest))
    return False
