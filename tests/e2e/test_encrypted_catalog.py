"""An encrypted catalog on a whole server: its kept export, and what is on its disk."""

import gzip
import json
import uuid
from pathlib import Path

import pytest
from server_fixtures import LiveServer, start_server, stop_server, wait_for

EXPORT = "data-catalog-export/catalog.jsonl.gz"


def _described(name: str, text: str) -> dict[str, object]:
    columns = [{"Name": "c", "Type": "int", "Comment": text}]
    return {"Name": name, "Description": text, "StorageDescriptor": {"Columns": columns}}


def test_nothing_of_an_encrypted_catalog_is_in_the_clear_on_the_disk(tmp_path: Path):
    server = start_server(tmp_path)
    secret = f"zq{uuid.uuid4().hex}"
    try:
        _encrypt_and_export(server, secret)
    finally:
        server.kill()
    files = [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_symlink()]
    assert any(path.suffix == ".db" for path in files)
    assert not [path for path in files if secret.encode() in path.read_bytes()]
    again = start_server(tmp_path)
    try:
        table = again.client("glue").get_table(DatabaseName="d", Name="t")["Table"]
        assert table["Description"] == f"{secret} again"
    finally:
        assert stop_server(again) == 0


def _encrypt_and_export(server: LiveServer, secret: str) -> None:
    glue, s3 = server.client("glue"), server.client("s3")
    key = server.client("kms").create_key()["KeyMetadata"]["Arn"]
    at_rest = {"EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS", "SseAwsKmsKeyId": key}}
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings=at_rest)
    glue.create_database(DatabaseInput={"Name": "d", "Description": secret})
    glue.create_table(DatabaseName="d", TableInput=_described("t", secret))
    glue.update_table(DatabaseName="d", TableInput=_described("t", f"{secret} again"))
    with pytest.raises(glue.exceptions.EntityNotFoundException):  # what fails is not in the audit log either
        glue.create_table(DatabaseName="missing", TableInput=_described("t", secret))
    keyed = {"EncryptionConfiguration": {"SseAlgorithm": "aws:kms", "KmsKeyArn": key}}
    for encryption, algorithm in (({}, "AES256"), (keyed, "aws:kms")):
        glue.put_data_catalog_export_configuration(ExportSetting="ENABLED", **encryption)
        wait_for(lambda: glue.get_data_catalog_export_configuration()["Status"] == "ENABLED", 60)
        found = s3.get_object(Bucket=f"isinglass-{server.account}", Key=EXPORT)
        assert found["ServerSideEncryption"] == algorithm
        lines = [json.loads(line) for line in gzip.decompress(found["Body"].read()).splitlines()]
        assert secret in str(lines)
    assert [table["Name"] for table in glue.search_tables(SearchText=secret)["TableList"]] == ["t"]
