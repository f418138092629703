"""Sentences that tell of no patient: what a disease is, what it can do, what others have reported.

>>> text = "Serum sickness is a hypersensitivity reaction. Symptoms can include fever. There is a systolic murmur."
>>> [is_at_large(text, start, end) for start, end in ((0, 46), (47, 74), (75, 102))]
[True, True, False]
"""

from __future__ import annotations

import re

from kg.draft.patterns.openings import Openings, whole_words

_HOW_OFTEN = "usually|typically|commonly|often|rarely|frequently|generally|sometimes|occasionally"
#: Without one of these no sentence says anything in general.
_MAY_BE = whole_words(
    rf"is|are|has|have|can|may|might|{_HOW_OFTEN}|include|comprise|consist|accounts?|accounting|affects|literature|should|must"
)
_IN_GENERAL = re.compile(
    rf"\b(?:can|may|might|{_HOW_OFTEN})\s+(?:(?:also|be|only|even|{_HOW_OFTEN})\s+)*(?:includ|present|occur|caus|result|develop|manifest|mimic|lead|involv|affect|requir|aris|appear|"
    r"associated|confused|misdiagnosed|fatal|lethal|asymptomatic|complicat|precede|accompan|trigger|induce|delay|help|provid|improv|reduc|prevent)\w*\b|"
    r"\b(?:is|are)\s+(?:an?\s+)?(?:\w+ly\s+)?(?:rare|uncommon|common|characteri[sz]ed|defined|considered|known|recommended|crucial|essential|estimated|thought|believed|mandatory|warranted|controversial|used (?:to|for|as))\b|"
    r"\b(?:has|have)\s+(?:\w+\s+)?been\s+(?:\w+ly\s+)?(?:reported|described|documented|associated|implicated|shown|suggested|proposed|recommended|published|established|recogni[sz]ed)\b|"
    r"\b(?:symptoms|complications|causes|side[- ]effects|treatments?|options|criteria|risk factors|etiologies|aetiologies) (?:include|comprise|consist)\b|"
    r"\b(?:accounts?|accounting) for (?:about|approximately|only|less|more|up|\d)|\baffects (?:mainly|mostly|about|approximately|primarily|\d)|\bin the literature\b|\b(?:should|must) (?:always |also )?(?:be|consider|suspect|exclude)\b",
    re.I,
)
#: Of others, whatever the tense: what has been reported, what a study found.
_OF_OTHERS = re.compile(
    r"\b(?:has|have)\s+(?:also\s+|previously\s+|rarely\s+|only\s+)?been\s+(?:\w+ly\s+)?(?:reported|described|documented)\b|"
    r"\b(?:in|of) (?:an?|one|another|the largest|their|his|her) (?:\w+[- ]){0,3}(?:study|series|trial|cohort|review|survey|meta-analysis|registry)\b(?! of (?:our|this))|"
    r"\bet al\.?,?(?:\s*\[[\d,–-]+\])? (?:also )?(?:reported|described|found|reviewed|treated|observed|studied|published|presented|showed|noted)\b|"
    r"\b\d+ of (?:the )?\d+ (?:\w+ )?(?:patients|cases|children|women|men|adults|infants)\b",
    re.I,
)
_MAY_BE_OF_OTHERS = whole_words(
    "reported|described|documented|study|series|trial|cohort|review|survey|meta|registry|al|patients|cases|children|women|men|adults|infants"
)
#: Of another patient, who may be a man or a woman, too.
_OF_ANOTHER = re.compile(
    r"\b(?:has|have)\s+(?:also\s+|previously\s+|rarely\s+|only\s+)?been\s+(?:\w+ly\s+)?(?:reported|described|documented)\s+in\s+(?:an?|one|two|three|several|many|some|few|other)\b",
    re.I,
)
_OURS = re.compile(r"\b(?:she|he|her|his|him|this|our|we)\b", re.I)
#: A definition: the first words of a sentence, and what they are.
_DEFINITION = re.compile(
    r"(?!there\b|also\b|note\w*\b|of note\b|evident\b|this\b|that\b|it\b|here\b|the\b|our\b|on\b|at\b|in\b)(?:[\w'’/]+[\s-]){1,6}(?:\([^()]{2,15}\)\s)?(?:is|are) (?:an?|the|one of)\b",
    re.I,
)
_OF_THE_PATIENT = re.compile(
    r"\b(?:she|he|her|his|him|patient|patient['’]s|year-old|month-old|day-old|this|our|we|woman|man|boy|girl)\b", re.I
)
#: A story is told in the past.
_TOLD = re.compile(
    r"\b(?:was|were|had|did|revealed|showed|demonstrated|disclosed|developed|presented|underwent|received|started|complained|denied|excluded|confirmed|indicated|improved|resolved|worsened|persisted|became|felt|began|"
    r"recovered|grew|remained|noted)\b",
    re.I,
)

#: A labelled part of an abstract that draws the lesson, or what one should do.
_LESSON = Openings(
    r"\b(?:conclusions?|background|introduction|objectives?|importance|learning points?|rationale|lessons?)\s*[:.]|\b(?:should|must) (?:always |also )?(?:be|consider|suspect|exclude)\b"
)
#: What the case teaches of a disease or a test, not what it was.
_TEACHES = re.compile(
    r"(?:in conclusion,? |therefore,? |thus,? )?(?:the present|this|our) (?:case|report|case report|observation|experience) (?:also |further |clearly )?(?:highlights?|suggests?|illustrates?|emphasi[sz]es?|underscores?|underlines?|stresses|shows?|demonstrates?|reminds?|indicates?|teaches|supports?)"
    r"(?: us)? (?:that|how|why|the (?:\w+ )?(?:need|importance|value|role|possibility|necessity|usefulness|utility|difficult\w+|challenges?))\b",
    re.I,
)


def is_at_large(text: str, start: int, end: int) -> bool:
    """Whether a sentence tells of patients or of a disease in general, or draws a lesson, and tells not of the patient of the report."""
    others = _MAY_BE_OF_OTHERS.search(text, start, end)
    if others and _OF_ANOTHER.search(text, start, end) and not _OURS.search(text, start, end) or _TEACHES.match(text, start, end):
        return True
    may_be, lesson = _MAY_BE.search(text, start, end), _LESSON.search(text, start, end)
    if not (may_be or lesson or others) or _OF_THE_PATIENT.search(text, start, end):
        return False
    if others and _OF_OTHERS.search(text, start, end):
        return True
    if lesson and (lesson.start() == start or not lesson.group().endswith((":", ".")) and lesson.start() - start < 160):
        return True
    return bool(_DEFINITION.match(text, start, end) or _IN_GENERAL.search(text, start, end) and not _TOLD.search(text, start, end))
