"""A server killed while keys are rotated: each rotation happened or not, and all that was encrypted opens."""

import threading
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from server_fixtures import start_server, stop_server

pytestmark = pytest.mark.slow

_ENOUGH = 60


def test_killed_server_opens_all_it_encrypted_and_knows_its_rotations(tmp_path: Path) -> None:
    server = start_server(tmp_path, "--data-dir", str(tmp_path / "data"))
    keys = [server.client("kms").create_key()["KeyMetadata"]["KeyId"] for _ in range(3)]
    rotated = dict.fromkeys(keys, 0)
    encrypted: list[tuple[str, bytes, bytes]] = []
    enough = threading.Event()

    def use(key: str) -> None:
        kms = server.client("kms")
        try:
            for number in range(1_000):
                if number % 4 == 3 and rotated[key] < 24:
                    kms.rotate_key_on_demand(KeyId=key)
                    rotated[key] += 1
                text = b"%d" % number
                encrypted.append((key, text, kms.encrypt(KeyId=key, Plaintext=text)["CiphertextBlob"]))
                if len(encrypted) >= _ENOUGH:
                    enough.set()
        except (BotoCoreError, ClientError):
            return

    threads = [threading.Thread(target=use, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    assert enough.wait(60)
    server.kill()
    for thread in threads:
        thread.join()
    again = start_server(tmp_path, "--data-dir", str(tmp_path / "data"))
    kms = again.client("kms")
    opened = [kms.decrypt(CiphertextBlob=blob, KeyId=key)["Plaintext"] for key, _, blob in encrypted]
    assert opened == [text for _, text, _ in encrypted]
    for key in keys:
        material = kms.list_key_rotations(KeyId=key, IncludeKeyMaterial="ALL_KEY_MATERIAL")["Rotations"]
        # One more may have been committed and not been answered.
        assert len(material) - 1 - rotated[key] in {0, 1}
        current = kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"]
        assert [each["KeyMaterialId"] for each in material if each["KeyMaterialState"] == "CURRENT"] == [
            current
        ]
        made = kms.encrypt(KeyId=key, Plaintext=b"new")["CiphertextBlob"]
        assert kms.decrypt(CiphertextBlob=made)["KeyMaterialId"] == current
    assert stop_server(again) == 0
