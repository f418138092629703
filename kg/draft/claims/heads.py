"""Words after a term's name that make it another thing: the receptor of IL-6 is not IL-6, nor are antibodies to it.

>>> with_heads("the IL-6 receptor and TNF", [Mention(4, 8, "HGNC:6018"), Mention(22, 25, "HGNC:11892")], 25)
[Mention(start=4, end=17, curie='none ! IL-6 receptor'), Mention(start=22, end=25, curie='HGNC:11892')]
"""

from __future__ import annotations

import re

from kg.draft.claims.mentions import SITES, Mention

NONE = "none ! "
_HEAD = re.compile(
    r"[\s-]+(?:\w+[\s-]+)?(?:co-?receptors?|receptors?|(?:auto)?antibod(?:y|ies)|deficien(?:cy|cies|t)|ligands?|binding proteins?|promoters?|vaccines?|analog(?:ue)?s?|antagonism|resistance)\b",
    re.I,
)
#: A word between a name and its head that may be part of the name of the whole: `IL-6 soluble receptor`; never a verb or a link.
_LINKS = re.compile(
    r"[\s-]+(?:and|or|in|on|of|to|the|a|an|by|with|for|is|are|was|were|via|than|blocks?|inhibits?|binds?|causes?|reduces?|has|have|had|that|which|not|as|from|anti)\b",
    re.I,
)
_GENE = re.compile(r"[\s-]+genes?\b", re.I)
_MARKED = re.compile(r"\s?(?:\+|⁺|high\b|low\b)(?!\d)")
#: Right after a mark: the thing is held back, not the thing itself.
HELD_BACK = re.compile(
    r"[\s-]+(?:(?!(?:by|via|through|and|or|with|after|following|due|in|than|but)\b)\w+[\s-]+)?(?:inhibitors?|antagonists?|blockers?|inhibition|blockade|agonists?|antibod(?:y|ies)|deficien(?:cy|t)|depletion|withdrawal)\b",
    re.I,
)


def with_heads(text: str, mentions: list[Mention], end: int) -> list[Mention]:
    """The mentions, those with such a word after them widened to the whole and left in words; cells told by a marker are none of it.

    Names that a vocabulary has for the whole (`vitamin D receptor`) have been found whole before and are left alone.

    Args:
        end: of the sentence.
    """
    kept: list[Mention] = []
    for number, mention in enumerate(mentions):
        stop = mentions[number + 1].start if number + 1 < len(mentions) else end
        if kept and mention.start < kept[-1].end:
            continue
        if mention.curie.startswith((*SITES, "HP", "GO")):
            kept.append(mention)
        elif _MARKED.match(text, mention.end, stop):
            continue
        elif (head := _head(text, mention, stop)) is not None:
            kept.append(Mention(mention.start, head, NONE + " ".join(text[mention.start : head].split())))
        else:
            kept.append(mention)
    return kept


def _head(text: str, mention: Mention, stop: int) -> int | None:
    """Where the whole ends that a mention is the first part of; None where it stands by itself."""
    gene = _GENE.match(text, mention.end, stop)
    if gene and not mention.curie.startswith("HGNC"):
        return gene.end()
    head = _HEAD.match(text, mention.end, stop)
    return head.end() if head and not _LINKS.match(head.group()) else None


_LONG = re.compile(r"(?:[A-Za-z][A-Za-z-]*\s+){1,6}\Z")


def with_long_forms(text: str, mentions: list[Mention]) -> list[Mention]:
    """The mentions, those in brackets widened to the name before them: `intercellular adhesion molecule (ICAM-I)`.

    Example:
    >>> with_long_forms("of the membrane attack complex (MAC) is", [Mention(32, 35, "GO:0005579")])
    [Mention(start=7, end=36, curie='GO:0005579')]
    """
    kept: list[Mention] = []
    for mention in mentions:
        if (
            kept
            and kept[-1].curie == mention.curie
            and text[kept[-1].end : mention.start].strip() == "("
            and text[mention.end : mention.end + 1] == ")"
        ):
            kept[-1] = kept[-1]._replace(end=mention.end + 1)
        else:
            kept.append(_widened(text, mention, kept[-1].end if kept else 0))
    return kept


def _widened(text: str, mention: Mention, after: int) -> Mention:
    if text[mention.start - 1 : mention.start] != "(" or text[mention.end : mention.end + 1] != ")":
        return mention
    words = _LONG.search(text, max(after, mention.start - 80), mention.start - 1)
    if not words:
        return mention
    symbol = text[mention.start : mention.end].lower()
    for word in re.finditer(r"[A-Za-z-]+", words.group()):
        letters = iter(symbol)
        if all(each[0] in letters for each in words.group()[word.start() :].lower().split()):
            return Mention(words.start() + word.start(), mention.end + 1, mention.curie)
    return mention
