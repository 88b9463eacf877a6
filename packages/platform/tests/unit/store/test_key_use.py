"""Keys encrypt, rotate and stop: what they encrypted opens with its context only, and only while they may."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isinglass.domain.keys.policies import default_policy
from isinglass.store.key_use import KeyUnavailable, KeyUse, new_material, open_data_key
from isinglass.store.keys import Key
from isinglass.store.opened_keys import OpenedKeys
from isinglass.store.sealing import Sealer

ANN, BOB = "111111111111", "222222222222"
KEY = "0a1b2c3d-0000-4000-8000-000000000001"
CONTEXT = {"table": "orders", "database": "sales"}


@pytest.fixture
def sealer():
    return Sealer(bytes(32))


@pytest.fixture
def key(store, sealer):
    made = Key(ANN, KEY, "us-east-1", "Enabled", "CUSTOMER", "", default_policy(ANN), 1.0)
    with store.begin() as tx:
        tx.keys.insert(made, new_material(sealer, made, 1, "CREATED", 1.0))
        tx.keys.add_alias(ANN, "alias/lake", KEY, 1.0)
    return made


def _why(call):
    with pytest.raises(KeyUnavailable) as refused:
        call()
    return refused.value.reason


@pytest.mark.parametrize(
    "name",
    [
        KEY,
        f"arn:aws:kms:us-east-1:{ANN}:key/{KEY}",
        "alias/lake",
        f"arn:aws:kms:eu-west-1:{ANN}:alias/lake",
    ],
)
def test_key_named_in_any_way_is_found(store, sealer, key, name):
    with store.read() as tx:
        assert KeyUse(tx, sealer).resolve(ANN, name) == key


@pytest.mark.parametrize(
    "name", [KEY, "alias/lake", "alias/none", "nonsense", "arn:aws:kms:us-east-1:1:key/x", ""]
)
def test_key_of_another_account_or_none_is_not_found(store, sealer, key, name):
    with store.read() as tx:
        use = KeyUse(tx, sealer)
        assert _why(lambda: use.resolve(BOB, name)) == "not found"


def test_ciphertext_opens_with_its_context_only(store, sealer, key):
    with store.read() as tx:
        use = KeyUse(tx, sealer)
        blob = use.encrypt(ANN, "alias/lake", b"secret", CONTEXT)
        assert use.decrypt(blob, dict(reversed(CONTEXT.items()))) == b"secret"
        for other in ({}, {"table": "orders"}, {"tabl": "eorders", "database": "sales"}):
            assert _why(lambda context=other: use.decrypt(blob, context)) == "invalid ciphertext"


def test_ciphertexts_of_the_same_text_differ(store, sealer, key):
    with store.read() as tx:
        use = KeyUse(tx, sealer)
        assert use.encrypt(ANN, KEY, b"secret", CONTEXT) != use.encrypt(ANN, KEY, b"secret", CONTEXT)


def test_ciphertext_of_rotated_key_still_opens_and_the_new_material_encrypts(store, sealer, key):
    with store.begin() as tx:
        use = KeyUse(tx, sealer)
        old = use.encrypt(ANN, KEY, b"old", {})
        tx.keys.rotate(replace(key, current=2), new_material(sealer, key, 2, "ON_DEMAND", 2.0))
        new = use.encrypt(ANN, KEY, b"new", {})
        assert (use.decrypt(old, {}), use.decrypt(new, {})) == (b"old", b"new")
        assert (old[17:21], new[17:21]) == (b"\0\0\0\x01", b"\0\0\0\x02")


@pytest.mark.parametrize(
    ("state", "reason"), [("Disabled", "disabled"), ("PendingDeletion", "pending deletion")]
)
def test_key_that_is_not_enabled_neither_encrypts_nor_decrypts(store, sealer, key, state, reason):
    with store.begin() as tx:
        use = KeyUse(tx, sealer)
        blob = use.encrypt(ANN, KEY, b"secret", {})
        tx.keys.update(replace(key, state=state))
        assert _why(lambda: use.encrypt(ANN, KEY, b"secret", {})) == reason
        assert _why(lambda: use.decrypt(blob, {})) == reason


def test_key_whose_time_is_up_is_not_found_though_nobody_destroyed_it(store, sealer, key):
    with store.begin() as tx:
        use = KeyUse(tx, sealer, clock=lambda: 50.0)
        blob = use.encrypt(ANN, KEY, b"secret", {})
        tx.keys.update(replace(key, state="PendingDeletion", deletion_at=50.0))
        assert _why(lambda: use.resolve(ANN, KEY)) == "not found"
        assert _why(lambda: use.decrypt(blob, {})) == "not found"


def test_data_key_opened_once_is_remembered_until_keys_change(store, sealer, key):
    with store.begin() as tx:
        plaintext, wrapped = KeyUse(tx, sealer).data_key(ANN, KEY, CONTEXT)
    assert open_data_key(store, sealer, wrapped, CONTEXT) == plaintext
    with store.begin() as tx:
        tx.keys.destroy(key)
    assert open_data_key(store, sealer, wrapped, CONTEXT) == plaintext
    assert _why(lambda: open_data_key(store, sealer, wrapped, {})) == "not found"
    sealer.opened.forget()
    assert _why(lambda: open_data_key(store, sealer, wrapped, CONTEXT)) == "not found"


def test_data_key_is_not_remembered_for_long_nor_right_after_a_key_was_stopped():
    now = 100.0
    opened = OpenedKeys(lambda: now)
    opened.keep(b"blob", b"", b"data key")
    assert opened.find(b"blob", b"") == b"data key"
    now = 103.0
    assert opened.find(b"blob", b"") is None
    opened.forget()
    # By a request that read the key before it was stopped.
    opened.keep(b"blob", b"", b"data key")
    assert opened.find(b"blob", b"") is None
    now = 106.0
    opened.keep(b"blob", b"", b"data key")
    opened.keep(b"long", b"", bytes(65))
    assert (opened.find(b"blob", b""), opened.find(b"long", b"")) == (b"data key", None)


def test_material_sealed_by_another_server_or_of_another_key_does_not_open(store, sealer, key):
    with store.begin() as tx:
        blob = KeyUse(tx, sealer).encrypt(ANN, KEY, b"secret", {})
        other = KeyUse(tx, Sealer(b"\x01" * 32))
        assert _why(lambda: other.decrypt(blob, {})) == "sealed by another server"


def test_service_key_is_made_when_first_used_and_once(store, sealer):
    with store.begin() as tx:
        blob = KeyUse(tx, sealer, "eu-west-1").encrypt(ANN, "alias/aws/glue", b"secret", {})
    with store.begin() as tx:
        use = KeyUse(tx, sealer)
        made = use.resolve(ANN, "alias/aws/glue")
        assert use.decrypt(blob, {}) == b"secret"
        assert (made.manager, made.region, tx.keys.count(ANN)) == ("AWS", "eu-west-1", 1)
        assert _why(lambda: use.resolve(ANN, "alias/aws/unheard-of")) == "not found"
        assert _why(lambda: use.resolve(BOB, made.arn.replace(made.id, "alias/x"))) == "not found"


@given(data=st.data())
def test_ciphertext_that_was_changed_anywhere_never_opens(data):
    store_free = Sealer(bytes(32))
    key = Key(ANN, KEY, "us-east-1", "Enabled", "CUSTOMER", "", "", 1.0)
    use = KeyUse(_OneKey(key, new_material(store_free, key, 1, "CREATED", 1.0)), store_free)
    blob = use.encrypt_with(key, data.draw(st.binary(min_size=1, max_size=64)), CONTEXT)
    changed = data.draw(
        st.one_of(
            st.integers(0, len(blob) * 8 - 1).map(lambda bit: _flipped(blob, bit)),
            st.integers(0, len(blob) - 1).map(lambda size: blob[:size]),
            st.binary(min_size=1, max_size=8).map(lambda more: blob + more),
            st.binary(max_size=120),
        )
    )
    with pytest.raises(KeyUnavailable):
        use.decrypt_with(key, changed, CONTEXT)


def _flipped(blob, bit):
    changed = bytearray(blob)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


class _OneKey:
    """A transaction as far as decrypting looks at it: one key with one material."""

    def __init__(self, key, material):
        self.keys = self
        self._key, self._material = key, material

    def material(self, _key, number):
        return self._material if number == self._material.number else None
