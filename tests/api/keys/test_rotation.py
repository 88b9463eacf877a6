"""Rotated keys encrypt with new material and open what the old encrypted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from api_fixtures import Api
from identity_clients import error_of

from isinglass.flow import key_upkeep
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store


def _status(kms: Any, key: dict[str, Any]) -> dict[str, Any]:
    status: dict[str, Any] = kms.get_key_rotation_status(KeyId=key["KeyId"])
    del status["ResponseMetadata"]
    return status


def test_rotation_is_off_until_it_is_switched_on(kms: Any, key: dict[str, Any]):
    off = {"KeyId": key["KeyId"], "KeyRotationEnabled": False}
    assert _status(kms, key) == off
    kms.enable_key_rotation(KeyId=key["KeyId"])
    on = _status(kms, key)
    following = on.pop("NextRotationDate")
    assert on == {"KeyId": key["KeyId"], "KeyRotationEnabled": True, "RotationPeriodInDays": 365}
    assert timedelta(days=364.9) < following - datetime.now(UTC) < timedelta(days=365)
    kms.enable_key_rotation(KeyId=key["KeyId"])
    assert _status(kms, key)["NextRotationDate"] == following
    kms.enable_key_rotation(KeyId=key["KeyId"], RotationPeriodInDays=90)
    assert _status(kms, key)["RotationPeriodInDays"] == 90
    kms.disable_key_rotation(KeyId=key["KeyId"])
    assert _status(kms, key) == off


@pytest.mark.parametrize("days", [2561, 36_500])
def test_rotation_period_out_of_bounds_is_refused(kms: Any, key: dict[str, Any], days: int):
    refused = error_of(kms.enable_key_rotation, KeyId=key["KeyId"], RotationPeriodInDays=days)
    assert refused[0] == "ValidationException"


def test_key_rotated_on_demand_opens_old_and_new(kms: Any, key: dict[str, Any]):
    old = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"old")["CiphertextBlob"]
    assert kms.rotate_key_on_demand(KeyId=key["KeyId"])["KeyId"] == key["Arn"]
    new = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"new")["CiphertextBlob"]
    opened = [kms.decrypt(CiphertextBlob=blob) for blob in (old, new)]
    current = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["CurrentKeyMaterialId"]
    assert [each["Plaintext"] for each in opened] == [b"old", b"new"]
    assert [each["KeyMaterialId"] for each in opened] == [key["CurrentKeyMaterialId"], current]
    (rotation,) = kms.list_key_rotations(KeyId=key["KeyId"])["Rotations"]
    assert rotation.pop("RotationDate").tzinfo is not None
    assert rotation == {
        "KeyId": key["KeyId"],
        "KeyMaterialId": current,
        "KeyMaterialState": "CURRENT",
        "RotationType": "ON_DEMAND",
    }


def test_all_material_is_listed_in_pages(kms: Any, key: dict[str, Any]):
    for _ in range(3):
        kms.rotate_key_on_demand(KeyId=key["KeyId"])
    pages = list(
        kms.get_paginator("list_key_rotations").paginate(
            KeyId=key["KeyId"], IncludeKeyMaterial="ALL_KEY_MATERIAL", PaginationConfig={"PageSize": 3}
        )
    )
    states = [[each["KeyMaterialState"] for each in page["Rotations"]] for page in pages]
    assert states == [["CURRENT", "NON_CURRENT", "NON_CURRENT"], ["NON_CURRENT"]]
    assert pages[1]["Rotations"] == [
        {
            "KeyId": key["KeyId"],
            "KeyMaterialId": key["CurrentKeyMaterialId"],
            "KeyMaterialState": "NON_CURRENT",
        }
    ]


def test_key_is_rotated_on_demand_25_times_at_most(kms: Any, key: dict[str, Any]):
    for _ in range(25):
        kms.rotate_key_on_demand(KeyId=key["KeyId"])
    assert error_of(kms.rotate_key_on_demand, KeyId=key["KeyId"])[0] == "LimitExceededException"


def test_key_is_rotated_by_itself_when_its_time_has_come(
    api: Api, kms: Any, key: dict[str, Any], store: Store
):
    kms.enable_key_rotation(KeyId=key["KeyId"], RotationPeriodInDays=100)
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"old")["CiphertextBlob"]
    due = _status(kms, key)["NextRotationDate"].timestamp()
    sealer = Sealer(api.server_key)
    assert [key_upkeep.run_once(store, sealer, now) for now in (due - 1.0, due + 1.0, due + 2.0)] == [0, 1, 0]
    assert _status(kms, key)["NextRotationDate"].timestamp() == pytest.approx(due + 100 * 86_400, abs=2)
    (rotation,) = kms.list_key_rotations(KeyId=key["KeyId"])["Rotations"]
    assert rotation["RotationType"] == "AUTOMATIC"
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"old"
    made = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"new")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=made)["KeyMaterialId"] == rotation["KeyMaterialId"]


def test_key_that_is_disabled_is_not_rotated(kms: Any, key: dict[str, Any], store: Store):
    kms.enable_key_rotation(KeyId=key["KeyId"])
    due = _status(kms, key)["NextRotationDate"].timestamp()
    kms.disable_key(KeyId=key["KeyId"])
    assert key_upkeep.run_once(store, Sealer(bytes(32)), due + 1.0) == 0
