"""Documents of catalogs: sealed as settings say, by data keys that were committed."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from isinglass.domain.catalog_changes import Change
from isinglass.domain.catalog_encryption import AtRest
from isinglass.model.glue.errors import GlueEncryptionException
from isinglass.store.key_use import KeyUse
from isinglass.store.keys import Key
from isinglass.store.sealed_texts import data_key_of, is_sealed
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store
from isinglass.store.vault import CONFIRMED_SECONDS, SettingsChanged, Vault

ANN, BOB = "111111111111", "222222222222"
AT_REST = {"EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS"}}
DOCUMENT = {"Name": "t", "Description": "hush"}


@pytest.fixture(autouse=True)
def sealer(store: Store) -> Sealer:
    made = store.vault.sealer = Sealer(bytes(32))
    return made


def _settings(store: Store, settings: Any = AT_REST, account_id: str = ANN) -> None:
    with store.changing_settings() as tx:
        tx.security_configurations.put_catalog_encryption(account_id, settings)


def _dump(store: Store, catalog_id: str = ANN) -> str:
    with store.begin() as tx:
        return tx.documents.dump(DOCUMENT, catalog_id, "table", 1)


def _load(store: Store, text: str, catalog_id: str = ANN) -> Any:
    with store.read() as tx:
        return tx.documents.load(text, catalog_id, "table", 1)


def test_documents_are_sealed_where_the_settings_say_so_and_read_everywhere(store: Store) -> None:
    plain = _dump(store)
    _settings(store)
    sealed, nested, other = _dump(store), _dump(store, f"{ANN}:lake"), _dump(store, BOB)
    assert [is_sealed(text) for text in (plain, sealed, nested, other)] == [False, True, True, False]
    _settings(store, {})
    assert is_sealed(_dump(store)) is False
    assert _load(store, plain) == _load(store, sealed) == DOCUMENT
    assert _load(store, nested, f"{ANN}:lake") == _load(store, other, BOB) == DOCUMENT


def test_settings_changed_within_a_group_are_remembered_by_none_before_its_commit(store: Store) -> None:
    def reader() -> bool:
        with store.read() as tx:
            return tx.documents.encrypts(ANN)

    with ThreadPoolExecutor(1) as beside:
        if store.embedded:
            with store.together():
                _settings(store)
                assert beside.submit(reader).result() is False  # what it sees is not committed yet
        else:
            _settings(store)
        assert beside.submit(reader).result() is True


def test_settings_whose_group_is_undone_can_be_remembered_again(store: Store) -> None:
    def undone() -> None:
        with store.together():
            _settings(store)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    if store.embedded:
        assert is_sealed(_dump(store)) is False
    _settings(store)
    assert is_sealed(_dump(store)) is True
    assert store.vault.settings(ANN, store.vault.moment(), AtRest).key is not None


def test_data_key_is_one_for_each_key_and_account(store: Store) -> None:
    _settings(store)
    _settings(store, account_id=BOB)
    first, again, other = _dump(store), _dump(store), _dump(store, BOB)
    assert data_key_of(first) == data_key_of(again) != data_key_of(other)


def test_data_key_that_was_rolled_back_seals_nothing(store: Store) -> None:
    _settings(store)
    texts: list[str] = []

    def fail() -> None:
        with store.begin() as tx:
            texts.append(tx.documents.dump(DOCUMENT, ANN, "table", 1))
            assert tx.documents.load(texts[0], ANN, "table", 1) == DOCUMENT
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    lost = texts[0]
    kept = _dump(store)
    assert data_key_of(kept) != data_key_of(lost)
    assert _load(store, kept) == DOCUMENT
    with pytest.raises(GlueEncryptionException, match="is gone"):
        _load(store, lost)


def test_process_without_the_servers_key_says_so(store: Store) -> None:
    _settings(store)
    sealed = _dump(store)
    blind = Store(store.url)
    with pytest.raises(GlueEncryptionException, match="this process has no key"):
        _load(blind, sealed)
    blind.close()


def test_account_cannot_open_what_another_sealed(store: Store) -> None:
    _settings(store)
    sealed = _dump(store)
    with pytest.raises(GlueEncryptionException):
        _load(store, sealed, BOB)


def test_changes_are_sealed_with_their_time_and_author(store: Store) -> None:
    _settings(store)
    change = Change(12.5, "arn:aws:iam::111111111111:root", "UpdateTable", "r", "curl", note="hush")
    with store.begin() as tx:
        documents = tx.documents
        text = documents.dump_change(ANN, change)
        opened = documents.open_change(ANN, change.at, change.by, text)
        assert "hush" not in text
        assert documents.load_change(ANN, change.at, change.by, text) == change
        assert documents.load_change(ANN, change.at, change.by, opened) == change
        again = documents.seal_change(ANN, change.at, change.by, opened)
        assert documents.load_change(ANN, change.at, change.by, again) == change
        assert documents.seal_change(ANN, 1.0, "x", None) is None
        with pytest.raises(GlueEncryptionException):
            documents.open_change(ANN, change.at, "somebody else", text)


def test_callers_are_asked_once_in_a_transaction_for_each_use_of_a_key(store: Store) -> None:
    _settings(store)
    asked: list[tuple[str, str]] = []

    def allow(action: str, key: Key, account_id: str, _settings: object) -> None:
        asked.append((action, account_id))

    with store.on_behalf(allow).begin() as tx:
        texts = [tx.documents.dump(DOCUMENT, ANN, "table", 1) for _ in range(3)]
        for text in texts:
            tx.documents.load(text, ANN, "table", 1)
    assert asked == [("kms:GenerateDataKey", ANN), ("kms:Decrypt", ANN)]


def test_key_that_an_alias_leads_to_now_seals_from_now_on(store: Store, sealer: Sealer) -> None:
    _settings(store)
    before = _dump(store)
    with store.begin() as tx:
        own = KeyUse(tx, sealer).resolve(ANN, "alias/aws/glue")
        other = KeyUse(tx, sealer).resolve(ANN, "alias/aws/s3")
        assert own.id != other.id
        tx.keys.add_alias(ANN, "alias/catalog", other.id, 1.0)
    _settings(store, {"EncryptionAtRest": {**AT_REST["EncryptionAtRest"], "SseAwsKmsKeyId": "alias/catalog"}})
    after = _dump(store)
    assert data_key_of(before) != data_key_of(after)
    assert _load(store, before) == _load(store, after) == DOCUMENT


def test_reader_from_before_a_change_has_nothing_written_in_the_clear_after_it(store: Store) -> None:
    with store.read() as tx:
        tx.accounts.find(ANN)  # its snapshot is of now
        _settings(store)
        tx.documents.encrypts(ANN)
    assert is_sealed(_dump(store))


@pytest.mark.parametrize(("seconds", "retried"), [(0.0, False), (CONFIRMED_SECONDS, True)])
def test_transaction_that_takes_longer_asks_again_before_it_commits(
    store: Store, seconds: float, retried: bool
) -> None:
    clock = itertools.chain([0.0, 0.0], itertools.repeat(seconds))
    store.vault = Vault(lambda: next(clock))

    def write() -> None:
        with store.begin() as tx:
            tx.documents.dump(DOCUMENT, ANN, "table", 1)
            tx.security_configurations.put_catalog_encryption(ANN, AT_REST)

    if retried:
        with pytest.raises(SettingsChanged):
            write()
    else:
        write()
    with store.read() as tx:
        assert tx.security_configurations.catalog_encryption(ANN) == ({} if retried else AT_REST)


def test_each_catalog_that_a_long_transaction_wrote_to_is_asked_about_again(store: Store) -> None:
    now = 0.0
    store.vault = Vault(lambda: now)
    store.vault.sealer = Sealer(bytes(32))

    def write() -> None:
        nonlocal now
        with store.begin() as tx:
            tx.documents.dump(DOCUMENT, ANN, "table", 1)
            now = 1.0
            tx.security_configurations.put_catalog_encryption(ANN, AT_REST)
            tx.documents.dump(DOCUMENT, f"{ANN}:lake", "table", 2)

    with pytest.raises(SettingsChanged):
        write()
