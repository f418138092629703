"""The paper's text as HTML in which every quoted passage has an address.

A passage is ``<span id="text-START-END">``, a sentence ``<span id="at-START">``; offsets are those of the report's
own characters. Passages may overlap: where two cross, the later pieces of one carry ``data-of`` and a CSS rule lights
them with their head, so that ``#text-START-END`` in the address is enough, with no script.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kg.headings import is_heading
from kg.report import Report, Span
from kg.serve.pages.html import Html, a, attribute_text, h3, join, p, render, span

_STARS = re.compile(r"\*([^*\n]{1,300})\*")
#: An id that CSS takes as it stands.
_PLAIN = re.compile(r"[A-Za-z][\w-]*")
_RAISED = re.compile(r"\^\{([^}\n]{1,12})\}")


@dataclass(frozen=True, slots=True)
class Paper:
    """The text as HTML, and the CSS that lights passages whose pieces are apart."""

    body: Html
    rules: str


def paper(report: Report, passages: Mapping[str, Mapping[str, Any]], facts: Mapping[str, int]) -> Paper:
    """The whole report, paragraph by paragraph.

    Args:
        passages: id -> start and end.
        facts: sentence start -> how many facts rest on the sentence; gets a link to them.
    """
    quoted = [(int(v["start"]), int(v["end"]), k) for k, v in passages.items()]
    spans = sorted([*quoted, *((s.start, s.end, f"at-{s.start}") for s in report.sentences)], key=lambda s: (s[0], -s[1], s[2]))
    seen: set[str] = set()
    apart: set[str] = set()
    sentences = {s.end: s.start for s in report.sentences}
    body = [_paragraph(report, para, spans, sentences, facts, seen, apart) for para in report.paragraphs]
    rules = "".join(f'.paper:has(#{k}:target) [data-of~="{k}"]{{background:var(--lit)}}' for k in sorted(apart) if _PLAIN.fullmatch(k))
    return Paper(join(body), rules)


def quoted_only(passages: Mapping[str, Mapping[str, Any]]) -> Paper:
    """Where the report's file is not at hand: the quoted passages alone, in their order."""
    ordered = sorted(passages.items(), key=lambda item: (item[1]["start"], -item[1]["end"]))
    return Paper(join([p(span(v["exact"], id=k, class_="said")) for k, v in ordered]), "")


def _paragraph(
    report: Report,
    para: Span,
    spans: list[tuple[int, int, str]],
    sentences: Mapping[int, int],
    facts: Mapping[str, int],
    seen: set[str],
    apart: set[str],
) -> Html:
    words = report.quote(para)
    inside = [s for s in spans if s[0] < para.end and s[1] > para.start]
    dropped, styled = _markup(words, para.start)
    unprinted = {n for start, end in dropped.items() for n in range(start, end)}
    cuts = {para.start, para.end, *dropped, *dropped.values(), *styled, *(end for end, _ in styled.values())}
    cuts |= {max(s[0], para.start) for s in inside} | {min(s[1], para.end) for s in inside}
    cuts |= {s[1] for s in inside if s[1] in sentences and s[1] <= para.end}
    out: list[str] = []
    open_: list[str] = []
    active: list[tuple[int, int, str]] = []
    coming = 0
    style_end, style = 0, ""
    for start, end in pairwise(sorted(cuts)):
        active = [s for s in active if s[1] > start]
        while coming < len(inside) and inside[coming][0] <= start:
            active.append(inside[coming])
            coming += 1
        wanted = [k for _, _, k in active]
        keep = next((n for n, pair in enumerate(zip(open_, wanted, strict=False)) if pair[0] != pair[1]), min(len(open_), len(wanted)))
        out += ["</span>"] * (len(open_) - keep)
        out += [_open(k, seen, apart) for k in wanted[keep:]]
        open_ = wanted
        style_end, style = styled.get(start, (style_end, style))
        if start not in unprinted:
            piece = render(report.text[start:end])
            out.append(f"<{style}>{piece}</{style}>" if start < style_end else piece)
        count = facts.get(str(sentences[end]), 0) if end in sentences else 0
        if count:
            out += ["</span>"] * len(open_)
            open_ = []
            out.append(_pill(sentences[end], count))
    out += ["</span>"] * len(open_)
    inner = Html("".join(out))
    return h3(inner) if is_heading(words) else p(inner)


def _open(k: str, seen: set[str], apart: set[str]) -> str:
    if k in seen:
        apart.add(k)
        return f"<span{attribute_text({'data_of': k, 'class': 'said'})}>"
    seen.add(k)
    return f"<span{attribute_text({'id': k, 'class': 'said'})}>"


def _pill(start: int, count: int) -> Html:
    said = f"{count} fact{'s' if count != 1 else ''} from this sentence"
    return a(count, href=f"#says-{start}", class_="pill", title=said, aria_label=said)


def _markup(words: str, offset: int) -> tuple[dict[int, int], dict[int, tuple[int, str]]]:
    """(start -> end of what is not printed, start -> end and element of what is set apart): ``*italics*``, ``^{raised}``."""
    dropped: dict[int, int] = {}
    styled: dict[int, tuple[int, str]] = {}
    for pattern, name in ((_STARS, "em"), (_RAISED, "sup")):
        for match in pattern.finditer(words):
            dropped[offset + match.start()] = offset + match.start(1)
            dropped[offset + match.end(1)] = offset + match.end()
            styled[offset + match.start(1)] = offset + match.end(1), name
    return dropped, styled
