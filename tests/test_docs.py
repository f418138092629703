"""The docs are true: every verb and question is there, what is generated is current, every shown command prints what is shown."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from kg.ask import question_named, question_names
from kg.cli import VERBS
from kg.pipeline import CaseFiles
from tests.conftest import ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
MARKDOWN = [*PAGES, ROOT / "CHANGELOG.md", *(ROOT / name / "README.md" for name in ("benchmarks", "seeds"))]


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = _generator()


@pytest.fixture(scope="module")
def workspace() -> Iterator[Path]:
    with generate.workspace() as folder:
        yield folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_is_what_the_generator_makes_of_it(page: Path, workspace: Path) -> None:
    assert generate.render(page, workspace) == page.read_text(encoding="utf-8"), "run: python docs/generate.py"


def test_commands_are_shown_so_that_they_are_run() -> None:
    for page in PAGES:
        for block in re.findall(r"^```[^\n`]*\n(.*?)^```$", page.read_text(encoding="utf-8"), re.S | re.M):
            if re.search(r"^\$ kg ", block, re.M):
                assert block.startswith("$ "), f"{page.name}: a block with commands begins with one: {block[:60]!r}"


def test_generating_twice_gives_the_same_text() -> None:
    for make in generate.PARTS.values():
        assert make() == make()


def test_every_verb_has_a_page_that_the_index_links() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    for verb in VERBS:
        assert (DOCS / f"{verb}.md").is_file(), f"docs/{verb}.md is missing"
        assert f"]({verb}.md)" in index


def test_every_question_is_documented() -> None:
    text = (DOCS / "questions.md").read_text(encoding="utf-8")
    for name in question_names():
        assert f"\n### {name}\n\n{question_named(name).summary}" in text


def test_every_key_of_the_record_is_documented() -> None:
    from kg.record import model

    text = (DOCS / "record.md").read_text(encoding="utf-8")
    for cls in vars(model).values():
        if isinstance(cls, type) and issubclass(cls, model.Model):
            for name, field in cls.model_fields.items():
                assert f"| `{field.alias or name}` |" in text


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: f"{page.parent.name}-{page.name}")
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)
    for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", prose):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), f"{page.name}: {target} is not there"
        if anchor and linked.suffix == ".md":
            assert anchor in _anchors(linked.read_text(encoding="utf-8")), f"{page.name}: no heading for {target}"


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: f"{page.parent.name}-{page.name}")
def test_no_path_of_a_machine_is_shown(page: Path) -> None:
    assert not re.search(r"/(?:home|root|tmp|work|Users)/", page.read_text(encoding="utf-8"))


def test_licence_is_the_whole_apache_licence() -> None:
    # The digest of https://www.apache.org/licenses/LICENSE-2.0.txt
    digest = hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest()
    assert digest == "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"


def test_citation_names_what_it_has_to() -> None:
    import yaml

    import kg

    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    assert cited["version"] == kg.__version__


# The program knows no case: everything about the seed stands in seeds/ and in the ontology's terms.


def _program() -> list[Path]:
    code = [path for suffix in ("py", "js", "html", "css") for path in (ROOT / "kg").rglob(f"*.{suffix}")]
    return sorted([*code, *(ROOT / "queries").rglob("*.rq")])


def _without_docstrings(source: str) -> str:
    """Code as it runs: an example in a docstring or a comment may name any drug."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body[0].value.value = ""
    return ast.unparse(tree)


def _telling(seed: CaseFiles) -> set[str]:
    """Words that only someone who knows the seed would write: who, where, which drugs, which disease, which papers."""
    record = seed.loaded.record
    document = record.document
    words = {record.case, document.title, document.doi, document.journal, "68-year"}
    words |= {author.split()[-1] for author in document.authors}
    for treatment in record.treatments:
        given = treatment.drug or treatment.procedure
        words |= {given.label, given.curie, treatment.words, treatment.id.replace("-", " ")}
    for diagnosis in record.diagnoses:
        words |= {diagnosis.is_.label, diagnosis.is_.curie}
    for reference in record.references:
        words |= {reference.title, reference.pmid, reference.doi, reference.pmcid}
    return {word.lower() for word in words if word and len(word) > 3}


def test_no_case_is_known_to_the_program(seed: CaseFiles) -> None:
    found = []
    pattern = re.compile("|".join(rf"(?<![\w]){re.escape(word)}(?![\w])" for word in sorted(_telling(seed), key=len, reverse=True)), re.I)
    for path in _program():
        text = path.read_text(encoding="utf-8")
        for match in pattern.finditer(_without_docstrings(text) if path.suffix == ".py" else text):
            found.append(f"{path.relative_to(ROOT)}: {match[0]}")
    assert not found
