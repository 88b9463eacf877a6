"""Lists of a catalog that a deleted key has encrypted."""

from api_fixtures import Api
from server_fixtures import run_cli

from isinglass.store.tables.keys import keys

DATABASES = ["sqlite"]


def test_lists_say_which_key_is_deleted_and_have_the_names(api: Api, tmp_path):
    glue, kms = api.client("glue"), api.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    at_rest = {"EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS", "SseAwsKmsKeyId": key}}
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings=at_rest)
    glue.create_database(DatabaseInput={"Name": "lost"})
    glue.create_table(DatabaseName="lost", TableInput={"Name": "t"})
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings={})
    glue.create_database(DatabaseInput={"Name": "open"})
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    with api.store.begin() as tx:
        tx.connection.execute(keys.update().values(deletion_at=1.0))
    assert api.store.vault.sealer is not None
    api.store.vault.sealer.opened.forget()
    made = api.credentials_of("123456789012")
    mine = {
        "ISINGLASS_ACCESS_KEY_ID": made.access_key_id,
        "ISINGLASS_SECRET_ACCESS_KEY": made.secret_access_key,
    }

    def cli(*arguments: str, code: int = 0) -> str:
        done = run_cli(tmp_path, *arguments, "--endpoint", api.url, code=code, **mine)
        return done.stdout if code == 0 else done.stderr

    for listing, advice in ((["db", "list"], "db list -o name"), (["tables", "lost"], "tables -o name")):
        told = cli(*listing, code=1)
        assert f"The key {key.rpartition('/')[2]} does not exist." in told
        assert f"isinglass {advice}" in told
    assert cli("db", "list", "-o", "name") == "lost\nopen\n"
    assert cli("tables", "-o", "name") == "lost.t\n"
