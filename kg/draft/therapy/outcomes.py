"""Words that say what became of a problem: improved, resolved, flared, unchanged."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.draft.patterns.openings import ManyOpenings
from kg.draft.patterns.stems import stems

_OUTCOMES = (
    ("stopped-for-toxicity", r"\b(?:stopped|discontinued|withdrawn|ceased) (?:because of|due to|for|owing to|secondary to) (?:\w+ ){0,3}(?:toxicity|"
        r"side[- ]effects?|adverse|intolerance|hypersensitivity|neutropenia|h(?:a)?epatotoxicity|nausea)"),
    ("flared", r"\bflare(?:s|-ups?| ups?)?\b(?! (?:rib|ala))|\bflared\b(?!\s+(?!(?:again|after|on|when|while|during|and|upon|with|despite|following|within|under|up|at|in|once|twice|soon|but|or|as|because|every|shortly)\b|\w+ly\b)[a-z])|\bexacerbat(?:ions?|ed)\b|\brelaps(?:e|ed|es|ing)\b|\brecur(?:red|rences?|ring)\b|\breappear(?:ed|ance)\b"),
    ("unchanged", r"\bno (?:\w+ ){0,3}(?:improvement|response|effect|benefit|change)\b|\bwithout (?:any )?(?:\w+ ){0,2}(?:improvement|response|effect|benefit|success)\b|"
        r"\brefractory to\b|\bdid not (?:\w+ )?(?:improve|respond|resolve|subside)\b|\bfail(?:ed|ing|ure) to (?:improve|respond|control|achieve|relieve|alleviate|resolve|help|induce|suppress|subside)\b|\bfail(?:ed|ing) (?:\w+ ){0,2}(?:therapy|treatment)|\bunresponsive\b|\bineffective\b|"
        r"\b(?:had|have|has) not (?:improved|responded|resolved)\b|\bpersisted\b|\b(?:rash|symptoms?|pain|fever|seizures|complaints|lesions|diarrho?ea|bleeding|vomiting|cough|weakness|itching|pruritus) (?:had |has |have )?continued(?! (?:to|on|with|the|her|his)\b)|\bpersistence of\b|\bremained (?:unchanged|refractory|the same|constant|uncontrolled|intense|severe|active|symptomatic|problematic|unwell)\b|\b(?:did|does) not (?:\w+ )?help\b|\b(?:was|were) not (?:\w+ )?(?:beneficial|effective|helpful|successful)\b|\bresistant to (?:\w+ ){0,3}(?:treatment|therapy)\b|"
        r"\bunsuccessful(?:ly)?\b|\bto no avail\b|\bnot (?:improve|respond|resolve)\b|\b(?:poor|inadequate|insufficient|suboptimal|limited|unsatisfactory) (?:clinical |therapeutic |treatment |initial |disease )?(?:response|effect|control)\b|\b(?:little|minimal) (?:improvement|response|effect|benefit)\b|"
        r"\b(?:did|had|has)(?: not|n['’]t) (?:show|have|achieve|demonstrate|experience|result in|lead to|bring|produce)[dn]? (?:(?:any|an?|much|significant|adequate|sufficient) )?(?:\w+ )?(?:response|improvement|benefit|effect|remission)\b"),
    ("worsened", r"\b(?:(?:continued|began|started|went on) to (?:worsen|deteriorate|progress|decline)|worsen(?:ed|ing|s)?|deteriorat(?:ed|ion|ing|es)|aggravat(?:ed|ion)|progressed|got worse|became worse)\b"),
    ("improved", r"\b(?:nearly|almost|partial(?:ly)?|largely|mostly|incompletely|slowly|gradually|near[- ]complete(?:ly)?|virtually)\s+(?:(?:complete(?:ly)?|total(?:ly)?|entirely)\s+)?"
        r"(?:resolv(?:ed|ing)|disappear(?:ed|ing)|healed|subsided|cleared|normali[sz]ed|resolution|remission|recovered|response|disappearance|recovery)\b"),
    ("resolved", r"\b(?:complete (?:clinical )?(?:regression|clearance)|regained (?:full|normal|complete)|full recovery|(?:became|rendered|remained|was|is) (?:(?:clinically|biochemically|and|now|again) )*(?:euthyroid|normotensive|normocalc(?:a)?emic|normoglyc(?:a)?emic|eucortisol(?:a)?emic)|resolv(?:ed|es|ution|ing)|resolution|disappear(?:ed|ance)|heal(?:ed|ing)|subsided|abated|ceased|complete (?:clinical )?(?:remission|recovery|response|cure)|in remission|(?:induc(?:ed|ing)|achiev(?:ed|ing)|attained|obtained|reached|entered) (?:an? )?(?:(?!partial|no\b)\w+ ){0,2}remission|settled(?! (?:on|in|for|into)\b)|"
        r"(?:felt|was|is|were) back to (?:(?:his|her|their|the) )?(?:normal|baseline|usual)|into remission|fully recovered|recovered (?:fully|completely|uneventfully|well|without)|uneventful recovery|recovery was (?:complete|full)|normali[sz](?:ed|ation)|returned to (?:normal|(?:(?:her|his|the|their) )?(?:[\w-]+ )?baseline)|cured|cleared|eradicated|(?:was|were) (?:treated and )?corrected(?= (?:with|by|after|on|following)\b)|became asymptomatic|"
        r"(?:was|is|were|remains|remained|became|been|completely|and|entirely) (?:asymptomatic|symptom[- ]free|seizure[- ]free|pain[- ]free|disease[- ]free|afebrile|free (?:of|from) (?:(?:all|any|active|skin|new|further|\w+al) )?(?:symptoms?|disease|pain|recurrence|relapses?|lesions?|seizures?|rash|fever|tumou?r|complaints))|"
        r"no (?:(?!but\b|and\b|longer\b)[\w/-]+ ){0,8}?(?:recurrences?|relapses?|flares?|recurrent disease)|(?:has|have|had|did) not (?:recur(?:red)?|relapsed?|flared?)|"
        r"without (?:any )?(?:evidence of |signs? of )?(?:recurrence|relapse)|recurrence[- ]free|no residual)\b"),
    ("improved", r"\b(?:made an? (?:(?!full\b|complete\b)\w+ ){1,2}recovery|(?:nearly|almost) (?:euthyroid|normal(?= (?:within|after|on|under|by)\b))|regained(?= (?:her|his|the|near|some|partial|conscious|strength|vision))|regression of (?:(?:the|all|her|his|these|skin|cutaneous) )*(?:\w+ )?(?:lesions?|tumou?rs?|mass(?:es)?|nodules?|symptoms|plaques|rash|eruption|metasta\w+|signs)|"
        r"controlled (?=(?:the|her|his)\b)|(?:was|were|proved) (?:(?:very|highly|partially|clearly|also|quite) )?effective|(?:kept|held|brought) (?:in check|under (?:good )?control)|"
        r"(?:decreased|reduced|lowered) (?:the |her |his )(?:\w+ ){0,2}(?:frequency|severity|intensity|pain|seizures|symptoms|swelling)|improv(?:ed|es|ements?|ing)|ameliorat\w+|alleviat\w+|relie(?:ved|f)|(?:good|better|adequate|satisfactory|excellent|partial|complete|full) (?:symptom |seizure |disease |clinical |pain )?control|(?:complaints|symptoms|pain|seizures|lesions|attacks) (?:had |have |\w+ly )?(?:decreased|diminished|lessened)|good (?:results?|response|outcome|effect)|excellent (?:results?|response|recovery)|dramatic (?:response|improvement)|(?:dramatic|marked|remarkable|rapid|prompt|satisfactory|striking|significant|adequate|good|excellent|favou?rable) (?:clinical |therapeutic |initial |early )?response|"
        r"favou?rable (?:response|outcome|effect)|respond(?:ed|s) (?:\w+ )?(?:well|favou?rably|dramatically|(?=to\b))|(?:clinical )?response to|partial (?:response|remission)|clearly effective|effective(?:ly)?(?= (?:in|treated|controlled))|"
        r"recovered|recovery (?:of|from|in)|decreased in (?:size|number|frequency)|reduced in (?:size|frequency)|well[- ]controlled|(?:was|were) controlled|stabili[sz](?:ed|ation)|treated (?:\w+ ){1,3}(?:effectively|successfully)|"
        r"successfully (?:treated|managed|controlled)|shrinkage|shrunk|shrank|regressed|reduction (?:of|in) (?:the )?(?:\w+ )?(?:size|pain|frequency|symptoms|tumou?r|lesions?|swelling)|(?:felt|feeling|feels|got|became|clinically|much) better)\b"),
)  # fmt: skip
_PATTERNS = ManyOpenings([re.compile(pattern, re.I) for _, pattern in _OUTCOMES])
_MAY_BE = stems("outcomes")
#: Words beside which an outcome is none of the patient's: what may happen, what is aimed at, a finding's own name.
_NOT_SAID = re.compile(r"\b(?:to|may|might|could|would|should|will|if|until|for|hop\w+ (?:of|for)|aim\w* (?:of|at|to)|in order to|can|goal of|expected|usually|generally|risk of|prevent\w*|non-?|"
                       r"(?:more|most|less|not yet|never) |(?:assess|evaluate|monitor|determine|await\w*|see)\s+(?:the\s+|her\s+|his\s+)?(?:\w+\s+)?)\s*\Z", re.I)  # fmt: skip

#: Before a verb of help: what is said to have helped did not.
_NONE_DID = re.compile(
    r"\b(?:(?:none|neither) of (?:(?:these|those|the|them|her|his|which|above|all)\s+)*(?:(?:measures|drugs|treatments|therapies|agents|medications|medicines|interventions|antibiotics)\s+)?"
    r"|(?:nothing|no (?:drug|treatment|therapy|medication|medicine|measure|agent|intervention)s?)\s+)(?:has|had|have|was|were|could|ever|\w+ly|\s)*\Z",
    re.I,
)
_NO_FLARE = re.compile(
    r"\b(?:for (?:this|these)|no|not|nor|never|without|neither|free (?:of|from)|absence of|den\w+|prevent\w*|history of)\s+(?:[\w/-]+\s+){0,7}\Z",
    re.I,
)


def read_outcomes(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """The words of a sentence that say what became of something: (start, end, outcome), in text order.

    Example:
    >>> text = "The rash had nearly disappeared, fever resolved, but the cough did not improve."
    >>> [(text[a:b], outcome) for a, b, outcome in read_outcomes(text, 0, len(text))]
    [('nearly disappeared', 'improved'), ('resolved', 'resolved'), ('did not improve', 'unchanged')]
    """
    return list(_outcomes(text, start, end))


@lru_cache(maxsize=2048)
def _outcomes(text: str, start: int, end: int) -> tuple[tuple[int, int, str], ...]:
    """The same, remembered: the times of a story are read before its responses."""
    if not _MAY_BE.search(text, start, end):
        return ()
    found: list[tuple[int, int, str]] = []
    for number, match in _PATTERNS.finditer(text, start, end):
        if any(a < match.end() and match.start() < b for a, b, _ in found):
            continue
        outcome, before = _OUTCOMES[number][0], text[max(start, match.start() - 60) : match.start()]
        if outcome in ("improved", "resolved") and (none := _NONE_DID.search(before)):
            found.append((match.start() - len(before) + none.start(), match.end(), "unchanged"))
            continue
        if not _NOT_SAID.search(before) and not (outcome == "flared" and _NO_FLARE.search(before)):
            found.append((match.start(), match.end(), outcome))
    return tuple(sorted(found))
