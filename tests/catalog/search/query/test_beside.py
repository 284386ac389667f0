from __future__ import annotations

from pathlib import Path

import pytest

from catalog.search.query.beside import read_sections, without_void
from catalog.search.query.facts import NamedFact
from catalog.words import WordListError


def _fact(text: str) -> NamedFact:
    """The fact "os=rhel" or "part=core|ram", with its text as the words of the question."""
    attribute, _, values = text.partition("=")
    return NamedFact(text, tuple((attribute, value) for value in values.split("|")))


def _meant(*facts: str) -> list[str]:
    kept = without_void([_fact(fact) for fact in facts])
    return [f"{fact.attribute}={'|'.join(fact.values())}" for fact in kept]


@pytest.mark.parametrize(
    ("facts", "meant"),
    [
        (["os=rhel", "family=f1"], ["os=rhel", "purpose=micro-cost"]),
        (["os=rhel", "family=g1"], ["os=rhel", "purpose=small-cost"]),
        (["os=rhel", "family=n2", "part=core|ram"], ["os=rhel"]),
        (["os=sles", "location_type=regional"], ["os=sles", "purpose=ha-os"]),
        (["os=rhel", "part=gpu"], ["os=rhel", "licence_part=gpu|any"]),
        (["os=rhel", "model=pd-ssd|pd-balanced"], ["os=rhel"]),
        (["os=rhel", "model=t4"], ["os=rhel", "model=t4"]),
        (["part=gpu|licence", "os=rhel"], ["part=gpu|licence", "os=rhel"]),
        (["engine=mysql", "family=n1"], ["engine=mysql"]),
        (["product=cloud-sql", "family=n1"], ["product=cloud-sql"]),
        (["product=kubernetes-engine", "family=n2"], ["family=n2"]),
        (["term=spot", "part=static-ip"], ["term=spot", "part=external-ip"]),
        (["term=ondemand", "part=static-ip"], ["term=ondemand", "part=static-ip"]),
        (["kind=snapshot", "model=pd-ssd"], ["kind=snapshot"]),
        (["network=internet", "network=interconnect"], ["network=interconnect"]),
        (["network=internet", "network=vpn"], ["network=internet", "network=vpn"]),
        (["direction=input", "family=n2"], ["family=n2"]),
        (["direction=input", "llm=gemini"], ["direction=input", "llm=gemini"]),
    ],
)
def test_a_fact_beside_another_means_what_the_list_says(facts: list[str], meant: list[str]) -> None:
    assert _meant(*facts) == meant


def test_facts_without_a_rule_stay() -> None:
    facts = ["product=cloud-storage", "class=nearline", "family=n2", "part=core|ram", "model=pd-ssd"]
    assert _meant(*facts) == facts


def test_what_a_fact_became_keeps_its_words() -> None:
    [_, fact] = without_void([_fact("os=rhel"), NamedFact("f1 micro", (("family", "f1"),))])
    assert fact.word == "f1 micro"


def test_a_section_sees_what_the_ones_before_it_left(tmp_path: Path) -> None:
    file = tmp_path / "beside.txt"
    file.write_text("[os]\nfamily: -\n[family]\nmodel: -\n")
    facts = [_fact("os=rhel"), _fact("family=n2"), _fact("model=t4")]

    for section in read_sections(file):
        if section.applies(facts):
            facts = [meant for fact in facts for meant in section.meaning(fact)]

    assert [fact.attribute for fact in facts] == ["os", "model"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("family: -\n", "beside.txt, 'family': no section"),
        ("[os]\nfamily:\n", "beside.txt, 'family': no meaning"),
        ("[os]\nfamily: purpose\n", "beside.txt: no attribute in 'purpose'"),
    ],
)
def test_an_invalid_line_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "beside.txt"
    file.write_text(text)

    with pytest.raises(WordListError) as error:
        read_sections(file)

    assert str(error.value) == problem
