"""Secrets in catalog files."""

import pytest

from isinglass.transfer.secrets import PassphraseSeal, WrongPassphrase

SECRETS = {"ConnectionProperties.PASSWORD": "hunter2"}


@pytest.fixture(scope="module")
def seal() -> PassphraseSeal:
    return PassphraseSeal("correct horse", "123456789012")


def test_secrets_sealed_come_back_and_are_the_same_text_each_time(seal):
    text = seal.seal("ledger", SECRETS)
    assert "hunter2" not in text
    assert seal.open("ledger", text) == SECRETS
    assert PassphraseSeal("correct horse", "123456789012").seal("ledger", SECRETS) == text


@pytest.mark.parametrize("change", ["passphrase", "catalog", "connection", "text", "base64"])
def test_secrets_of_another_seal_stay_closed(seal, change):
    text, opener, name = seal.seal("ledger", SECRETS), seal, "ledger"
    if change == "passphrase":
        opener = PassphraseSeal("wrong horse", "123456789012")
    elif change == "catalog":
        opener = PassphraseSeal("correct horse", "210987654321")
    elif change == "connection":
        name = "other"
    elif change == "text":
        text = ("A" if text[0] != "A" else "B") + text[1:]
    else:
        text = "no base64!"
    with pytest.raises(WrongPassphrase):
        opener.open(name, text)
