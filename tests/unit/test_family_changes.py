"""A changed file of families shows what it would change, and a faulty one where it is wrong."""

from __future__ import annotations

import pytest
from reading import NEW_YORK, SATURDAY, entries_of, facts

from epg_pipeline.config import facts_with_families
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.reading.family_changes import FAMILY_CHANGES, family_changes
from epg_pipeline.errors import ConfigError

DAY = ProviderDay(SATURDAY, NEW_YORK)


def changes(tmp_path, text: str, *names: str) -> list[tuple[str, str, str]]:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    frame = family_changes(entries_of(*names), DAY, facts(), facts_with_families(facts(), file))
    assert frame.schema == FAMILY_CHANGES
    return frame.select("what", "before", "after").rows()


def test_a_zone_of_the_family_moves_the_start(tmp_path):
    text = "- {name: Club TV, shells: [Club TV], timezone: Europe/London, sport: soccer, leagues: [eng.1]}"
    assert changes(tmp_path, text, "Club TV 01 : Arsenal v Chelsea 15:00", "NBA 01 :") == [
        ("sport", "", "soccer"),
        ("leagues", "", "eng.1"),
        ("starts_at", "2025-11-15 20:00 UTC", "2025-11-15 15:00 UTC"),
    ]


def test_a_pattern_makes_slots_of_ordinary_entries(tmp_path):
    text = r"""- {name: Arena, patterns: ['^(?P<shell>Arena~(?P<number>\d+))~(?P<payload>.*)$']}"""
    changed = {what: after for what, _, after in changes(tmp_path, text, "Arena~7~")}
    assert (changed["is_slot"], changed["family"]) == ("yes", "Arena")


def test_the_same_families_change_nothing(tmp_path):
    same = next(family for family in facts().families if family.name == "WNBA")
    text = (
        f"- {{name: WNBA, shells: {list(same.shells)}, sport: basketball, leagues: [wnba], timezone: {same.timezone}}}"
    )
    assert changes(tmp_path, text, "WNBA 01 : Aces at Mercury @ 07:30 PM ET", "NBA 01 :", "USA | CNN") == []


def test_a_family_replaces_the_packaged_family_of_the_same_name(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("- {name: WNBA, shells: [Ladies Hoops], sport: basketball}")
    families = facts_with_families(facts(), file).families
    assert families[0].shells == ("Ladies Hoops",)
    assert [family.name for family in families].count("WNBA") == 1
    assert len(families) == len(facts().families)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {name: A, patterns: ['(']}", r'mine\.yaml: family "A": pattern 1 does not compile \(missing \)'),
        ("- {name: A, patterns: ['(?=a)(?P<shell>.)(?P<payload>.)']}", r"pattern 1 does not compile \(look-around"),
        ("- {name: A, patterns: ['(?P<shell>.)']}", r'"A": pattern 1 lacks the group'),
        (
            "- {name: A, shells: [x], leagues: [nope]}",
            r'mine\.yaml: family "A": leagues\.0: league \'nope\' is not in leagues\.yaml',
        ),
        (
            "- {name: A, shells: [x], timezone: Mars/Base}",
            r'family "A": timezone: \'Mars/Base\' is not an IANA time zone',
        ),
        ("- {name: A, shells: [x]}\n- {name: A, shells: [y]}", "two families of this name"),
        ("- {name: A, shells: [x]}\n- {name: B, shells: [X]}", r"shell 'X' is also family 'A'"),
        ("- {name: A, shels: [x]}", r'family "A"'),
        ("- {name: A", "is not valid YAML"),
        ("just words", "mine.yaml"),
        ("", "mine.yaml"),
    ],
)
def test_a_faulty_file_is_reported_with_the_family_and_what_is_wrong(tmp_path, text, message):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=message) as caught:
        facts_with_families(facts(), file)
    assert str(file) in str(caught.value)


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.yaml can't be read: No such file"):
        facts_with_families(facts(), tmp_path / "none.yaml")
