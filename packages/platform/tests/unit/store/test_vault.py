"""Settings are remembered from when who read them began, and by nobody past a change."""

import itertools
from typing import Any

import pytest

from isinglass.domain.catalog_encryption import IN_THE_CLEAR, AtRest
from isinglass.store.transience import is_transient
from isinglass.store.vault import CONFIRMED_SECONDS, REMEMBERED_SECONDS, SettingsChanged, Vault

ACCOUNT = "111111111111"
OLD, NEW = IN_THE_CLEAR, AtRest("alias/new")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault(clock: Clock) -> Vault:
    return Vault(clock)


def asked(vault: Vault, answer: Any = NEW) -> bool:
    """Tell whether a transaction that begins now reads the settings itself."""
    read: list[str] = []
    vault.settings(ACCOUNT, vault.moment(), lambda: read.append("read") or answer)
    return bool(read)


def test_settings_are_remembered_for_a_moment(vault: Vault, clock: Clock) -> None:
    found = []
    for clock.now in itertools.takewhile(lambda at: at < 1.0, itertools.count(0.0, REMEMBERED_SECONDS / 4)):
        found.append(asked(vault))
    assert found == [True, False, False, False] * 2


def test_settings_that_were_read_late_are_remembered_from_the_beginning(vault: Vault, clock: Clock) -> None:
    begun = vault.moment()
    clock.now = REMEMBERED_SECONDS * 0.9
    vault.settings(ACCOUNT, begun, lambda: OLD)
    assert asked(vault) is False
    clock.now = REMEMBERED_SECONDS
    assert asked(vault) is True


def test_change_is_followed_at_once(vault: Vault) -> None:
    asked(vault, OLD)
    with vault.changing():
        pass
    assert asked(vault) is True


def test_nothing_is_remembered_while_a_change_lasts(vault: Vault) -> None:
    with vault.changing():
        assert [asked(vault, OLD), asked(vault, OLD)] == [True, True]
    assert asked(vault) is True


@pytest.mark.parametrize("read", ["while", "after"])
@pytest.mark.parametrize("began", ["before", "while"])
def test_what_began_before_the_end_of_a_change_is_remembered_by_nobody(
    vault: Vault, began: str, read: str
) -> None:
    begun = vault.moment()
    with vault.changing():
        if began == "while":
            begun = vault.moment()
        if read == "while":
            vault.settings(ACCOUNT, begun, lambda: OLD)
    if read == "after":
        vault.settings(ACCOUNT, begun, lambda: OLD)
    assert asked(vault) is True


def test_changes_that_overlap_end_one_by_one(vault: Vault) -> None:
    with vault.changing():
        with vault.changing():
            pass
        assert [asked(vault, OLD), asked(vault, OLD)] == [True, True]
    assert [asked(vault), asked(vault)] == [True, False]


def test_decision_is_settled_for_a_moment(vault: Vault, clock: Clock) -> None:
    decided = vault.moment()
    assert vault.is_settled(decided)
    clock.now = CONFIRMED_SECONDS
    assert not vault.is_settled(decided)


def test_transaction_that_a_change_overtook_is_tried_again() -> None:
    assert is_transient(SettingsChanged())
