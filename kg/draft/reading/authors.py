"""The authors of an article: a line of names, with what marks their degrees and affiliations.

>>> names_in("Ann B. Author, MD1,2*, Ben de Vries 3,✉, and Li-Na O'Hara†")
['Ann B. Author', 'Ben de Vries', "Li-Na O'Hara"]
>>> names_in("Department of Medicine, Test University")
[]
"""

from __future__ import annotations

import re

_RAISED = re.compile(r"[¹²³⁴⁵⁶⁷⁸⁹⁰*†‡§¶#✉ᵃᵇᶜᵈᵉ]+|\^\{?[\d,]+\}?|\{[\d,]+\}|<sup>.*?</sup>")
_AFTER_DEGREE = r"(?:[a-h](?:,[a-h])*)?(?=[\s,;.\d]|\Z)\.?"
_DEGREE = re.compile(
    rf"(?:,\s*|\s+)(?:M\.?D\.?|Ph\.?D\.?|M\.?Sc\.?|B\.?Sc\.?|MBBS|MBChB|MB BS|M\.?P\.?H\.?|FRCP|FRCS|FACP|FACG|MRCP|MMed|PharmD){_AFTER_DEGREE}|"
    rf",\s*(?:D\.?O\.?|RN|BS|MS|BA|MA|MBA|DDS|DMD|Dr\.? ?med\.?){_AFTER_DEGREE}"
)
_FIGURES = re.compile(r"(?<=[^\W\d_.])\s?\d{1,2}(?:\s?,\s?\d{1,2})*(?=\s*(?:[,;.]|and\b|&|\Z)|\s)")
_LETTERS = re.compile(r"(?<=[^\W\d_])\s[a-h](?:\s?,\s?[a-h])*(?=\s*(?:[,;]|and\b|&|\Z)|\s{2})")
_PARTICLE = r"(?:de|del|della|der|den|di|da|dos|das|du|la|le|van|von|ten|ter|el|al|bin|ibn|zu|zur|af|y|e)"
_PART = r"[A-ZÀ-ÞŁŚŠŽČĆİŞÖÜ][\w.'’]*(?:[-–][A-Za-zÀ-ÿ][\w.'’]*)*"
_NAME = re.compile(rf"(?:{_PARTICLE} )?{_PART}(?: (?:{_PARTICLE} ){{0,3}}{_PART}){{1,5}}\Z")
#: Words of institutions, of places of work and of headings; no person bears them.
_NO_NAME = re.compile(
    r"\b(?:Universit\w+|Hospitals?|Departments?|Dept|Cent(?:er|re)|Institut\w*|School|College|Faculty|Division|Clinic|Medicine|Medical|Sciences?|Research|Journal|Reports?|Case|"
    r"Open|Access|Abstract|Disease|Syndrome|Unit|Laboratory|Section|Street|Road|Avenue|Articles?|Review|Letters?|Communications?|Published|Received|Accepted|Volume|Keywords|"
    r"Introduction|Information|Corresponding|License|Notes|United|Kingdom|States|Republic|New York)\b",
    re.I,
)


def names_in(words: str) -> list[str]:
    """The persons that a line lists; [] where it lists anything else."""
    if not 5 <= len(words) <= 3000 or ":" in words or "@" in words:
        return []
    words = _RAISED.sub(" ", words)
    words = re.sub(r"^\s*(?:Authors?|By)\s+", "", words)
    words = _DEGREE.sub("", words)
    words = _LETTERS.sub("", _FIGURES.sub("", words))
    words = re.sub(r"\s+([,;])", r"\1", words)
    parts = [part.strip(" .,;\u00a0") for part in re.split(r"[,;|]|\s(?:and|&)\s|\s{3,}", words)]
    names = [" ".join(part.split()) for part in parts if part]
    names = [name for name in names if not re.fullmatch(r"[a-h\d ]{1,3}|and", name)]
    if not names or not all(_NAME.match(name) and not _NO_NAME.search(name) for name in names):
        return []
    return names if len(names) > 1 or len(names[0].split()) in (2, 3) else []
