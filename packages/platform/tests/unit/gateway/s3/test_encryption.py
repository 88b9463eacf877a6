"""How objects come to be encrypted: by the request, by who writes, or by the bucket."""

import json
import time
import uuid
from typing import Any

import pytest

from isinglass.domain.keys.policies import default_policy
from isinglass.domain.keys.references import read_reference
from isinglass.domain.object_encryption import ObjectEncryption
from isinglass.domain.permissions.copies import Errand
from isinglass.gateway.s3.authentication import Caller
from isinglass.gateway.s3.encryption import Encryption, creates_object
from isinglass.gateway.s3.encryption_document import Setting, read_setting, write_setting
from isinglass.gateway.s3.errors import S3Error
from isinglass.gateway.s3.key_permissions import ObjectKeys
from isinglass.gateway.s3.locations import Locations
from isinglass.gateway.s3.ownership import Ownership
from isinglass.gateway.s3.permissions import Need, ObjectPermissions
from isinglass.gateway.s3.request import S3Request
from isinglass.gateway.standings import Standings
from isinglass.store.access_keys import AccessKey
from isinglass.store.accounts import Account
from isinglass.store.key_use import new_material
from isinglass.store.keys import Key
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store
from isinglass.store.tables.keys import keys

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

ACCOUNT = "123456789012"
SSE = "x-amz-server-side-encryption"
RUN = ObjectEncryption("aws:kms", "alias/aws/s3")
PUT = S3Request("PUT", "/b/k", "", ())
ASKING = S3Request("PUT", "/b/k", "", ((SSE, "AES256"),))
BRINGING = S3Request("PUT", "/b/k", "", ((f"{SSE}-customer-algorithm", "AES256"),))


@pytest.fixture
def bucket(store: Store) -> str:
    with store.begin() as tx:
        tx.accounts.insert(Account(ACCOUNT, "one", 1.0))
        tx.buckets.claim("b", ACCOUNT, 1.0)
    return "b"


def _encryption(store: Store, *, embedded: bool = True) -> Encryption:
    standings = Standings(store, time.monotonic)
    permissions = ObjectPermissions(standings, Locations(store), time.time, "eu-west-1")
    keys = ObjectKeys(store, Sealer(b"k" * 32), standings, permissions, "eu-west-1")
    return Encryption(Ownership(store, time.time, None), standings, keys if embedded else None)


def _caller(store: Store, name: str, context: dict[str, Any] | None) -> Caller:
    key = AccessKey(name, ACCOUNT, b"", f"arn:aws:iam::{ACCOUNT}:root", 1.0, context=context)
    with store.begin() as tx:
        tx.access_keys.insert(key)
    return Caller(ACCOUNT, key, "")


@pytest.mark.usefixtures("bucket")
def test_request_comes_before_its_caller_and_that_before_the_bucket(store: Store) -> None:
    encryption = _encryption(store)
    anybody, run = _caller(store, "anybody", None), _caller(store, "run", RUN.context())
    copier = _caller(store, "copier", Errand("run", "", "b/").context())

    def algorithm(request: S3Request, caller: Caller) -> str | None:
        return dict(encryption.of_write(request, caller, [], 1) or {}).get(SSE)

    assert (algorithm(PUT, anybody), algorithm(PUT, run), algorithm(ASKING, run)) == (
        None,
        "aws:kms",
        "AES256",
    )
    assert algorithm(PUT, copier) == "aws:kms"
    encryption.ownership.encrypt("b", Setting("AES256").document())
    assert (algorithm(PUT, anybody), algorithm(PUT, run)) == ("AES256", "aws:kms")
    assert encryption.of_write(BRINGING, run, [], 1) is None


@pytest.mark.usefixtures("bucket")
def test_key_is_named_by_its_arn_and_its_use_is_told(store: Store) -> None:
    needs: list[Need] = []
    headers = dict(_encryption(store).of_write(PUT, _caller(store, "run", RUN.context()), needs, 1) or {})
    arn = headers[f"{SSE}-aws-kms-key-id"]
    assert arn.startswith(f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/")
    assert needs == [Need("kms:GenerateDataKey", arn)]


@pytest.mark.usefixtures("bucket")
def test_other_object_store_is_told_what_the_caller_has_encrypted(store: Store) -> None:
    encryption = _encryption(store, embedded=False)
    run = _caller(store, "run", RUN.context())
    assert encryption.of_write(PUT, run, [], 1) == [(SSE, "aws:kms"), (f"{SSE}-aws-kms-key-id", RUN.key)]
    assert encryption.of_write(ASKING, run, [], 1) is None
    assert encryption.settings(S3Request("GET", "/b", "encryption", ()), ACCOUNT, b"") is None


@pytest.mark.parametrize(
    ("request_", "creates"),
    [
        (PUT, True),
        (S3Request("PUT", "/b/k", "x-id=PutObject", ()), True),
        (S3Request("POST", "/b/k", "uploads", ()), True),
        (S3Request("PUT", "/b/k", "partNumber=1&uploadId=u", ()), False),
        (S3Request("PUT", "/b/k", "tagging", ()), False),
        (S3Request("POST", "/b/k", "uploadId=u", ()), False),
        (S3Request("PUT", "/b", "", ()), False),
        (S3Request("GET", "/b/k", "", ()), False),
    ],
)
def test_what_creates_an_object_is_told_from_what_does_not(request_: S3Request, creates: bool) -> None:
    assert creates_object(request_) is creates


@pytest.mark.usefixtures("bucket")
def test_encryption_of_what_is_not_written_is_refused(store: Store) -> None:
    part = S3Request("PUT", "/b/k", "partNumber=1&uploadId=u", ((SSE, "AES256"),))
    with pytest.raises(S3Error, match="InvalidArgument"):
        _encryption(store).of_write(part, _caller(store, "run", None), [], 1)


@pytest.mark.usefixtures("bucket")
def test_what_a_url_asks_for_counts_as_what_a_header_asks_for(store: Store) -> None:
    hoisted = S3Request("PUT", "/b/k", f"{SSE.title()}=AES256", ())
    assert _encryption(store).of_write(hoisted, _caller(store, "run", None), [], 1) == [(SSE, "AES256")]


@pytest.mark.parametrize(
    "setting", [Setting("AES256"), Setting("aws:kms", "alias/<x>", True), Setting("aws:kms")]
)
def test_setting_of_a_bucket_reads_back_as_it_was_written(setting: Setting) -> None:
    assert read_setting(write_setting(setting)) == setting


def _rule(inner: str) -> bytes:
    return f"<ServerSideEncryptionConfiguration><Rule>{inner}</Rule></ServerSideEncryptionConfiguration>".encode()


def _default(inner: str) -> bytes:
    return _rule(f"<ApplyServerSideEncryptionByDefault>{inner}</ApplyServerSideEncryptionByDefault>")


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"", "MalformedXML"),
        (b"<a/>", "MalformedXML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "MalformedXML"),
        (_rule(""), "MalformedXML"),
        (_default(""), "MalformedXML"),
        (_default("<SSEAlgorithm>rot13</SSEAlgorithm>"), "MalformedXML"),
        (_default("<SSEAlgorithm>aws:kms:dsse</SSEAlgorithm>"), "NotImplemented"),
        (
            _default("<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID>"),
            "InvalidArgument",
        ),
        (_rule("<BlockedEncryptionTypes/>"), "NotImplemented"),
    ],
)
def test_setting_that_is_not_to_be_had_is_refused(document: bytes, code: str) -> None:
    with pytest.raises(S3Error) as caught:
        read_setting(document)
    assert caught.value.code == code


OTHER = "210987654321"
OTHERS_KEY, MISSING = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))


def _kms(name: str) -> str:
    return f"arn:aws:kms:eu-west-1:{OTHER}:{name}"


@pytest.fixture
def others_key(store: Store) -> str:
    """The ARN of another account's key, which has the alias alias/lake."""
    key = Key(
        OTHER,
        OTHERS_KEY,
        "eu-west-1",
        "Enabled",
        "CUSTOMER",
        "",
        default_policy(OTHER),
        1.0,
        rotation_days=365,
    )
    with store.begin() as tx:
        tx.accounts.insert(Account(OTHER, "two", 1.0))
        tx.keys.insert(key, new_material(Sealer(b"k" * 32), key, 1, "CREATED", 1.0))
        tx.keys.add_alias(OTHER, "alias/lake", key.id, 1.0)
    return key.arn


def _state(store: Store, **values: Any) -> None:
    with store.begin() as tx:
        tx.connection.execute(keys.update().where(keys.c.id == OTHERS_KEY).values(values))


def _refused(store: Store, name: str) -> tuple[str, str, list[Need]]:
    """Ask to write under a key; tells the refusal, without the name, and what the audit log is told."""
    asking = S3Request("PUT", "/b/k", "", ((SSE, "aws:kms"), (f"{SSE}-aws-kms-key-id", name)))
    needs: list[Need] = []
    with pytest.raises(S3Error) as caught:
        _encryption(store).of_write(asking, _caller(store, uuid.uuid4().hex, None), needs, 1)
    return caught.value.code, caught.value.message.replace(name, "NAME"), needs


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(
    "state", [{"state": "Disabled"}, {"state": "PendingDeletion", "deletion_at": 9e12}, {"state": "Enabled"}]
)
def test_stranger_is_not_told_which_keys_and_aliases_another_account_has(
    store: Store, others_key: str, state: dict[str, Any]
) -> None:
    _state(store, **state)
    names = (f"key/{OTHERS_KEY}", f"key/{MISSING}", "alias/lake", "alias/nowhere", "alias/aws/s3")
    assert others_key == _kms(names[0])
    root = f"arn:aws:iam::{ACCOUNT}:root"
    message = (
        f"User: {root} is not authorized to perform: kms:GenerateDataKey on resource: NAME "
        "because no resource-based policy allows the kms:GenerateDataKey action"
    )
    for name in map(_kms, names):
        needs = [Need("kms:GenerateDataKey", name)]
        assert _refused(store, name) == ("AccessDenied", message, needs)
        setting = write_setting(Setting("aws:kms", name))
        asked = S3Request("PUT", "/b", "encryption", ())
        assert _encryption(store).settings(asked, ACCOUNT, setting) == (200, b"")
    with store.read() as tx:
        assert tx.keys.resolve(read_reference("alias/aws/s3", OTHER)) is None  # nobody else has it made


@pytest.mark.usefixtures("bucket")
def test_who_may_use_another_accounts_key_is_told_its_state(store: Store, others_key: str) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    _state(store, policy=policy, state="Disabled")
    told = f"{others_key} is disabled."
    for name in ("alias/lake", f"key/{OTHERS_KEY}"):
        needs = [Need("kms:GenerateDataKey", others_key)]
        code, message, asked = _refused(store, _kms(name))
        assert (code, message.replace("NAME", others_key), asked) == ("KMS.DisabledException", told, needs)


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize("alias", ["alias/aws/glue", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/aws/s3"])
def test_own_key_of_a_service_is_made_by_whatever_name_it_is_asked_for(store: Store, alias: str) -> None:
    setting = write_setting(Setting("aws:kms", alias))
    encryption = _encryption(store)
    assert encryption.settings(S3Request("PUT", "/b", "encryption", ()), ACCOUNT, setting) == (200, b"")
    with store.read() as tx:
        assert tx.keys.resolve(read_reference(alias, ACCOUNT)) is not None
