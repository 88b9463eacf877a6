"""The Identity Center configuration, and the import of an older catalog that never was."""

from typing import Any

from api_fixtures import ROOT_ACCOUNT

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

INSTANCE = "arn:aws:sso:::instance/ssoins-1234567890abcdef"


def test_configuration_is_kept_shown_changed_and_deleted(glue: Any, api: Any, error_of: Any) -> None:
    application = glue.create_glue_identity_center_configuration(InstanceArn=INSTANCE, Scopes=["a"])[
        "ApplicationArn"
    ]
    assert application.startswith(f"arn:aws:sso::{ROOT_ACCOUNT}:application/ssoins-1234567890abcdef/apl-")
    code, _ = error_of(glue.create_glue_identity_center_configuration, InstanceArn=INSTANCE)
    assert code == "AlreadyExistsException"
    glue.update_glue_identity_center_configuration(UserBackgroundSessionsEnabled=True)
    answer = glue.get_glue_identity_center_configuration()
    del answer["ResponseMetadata"]
    assert answer == {
        "ApplicationArn": application,
        "InstanceArn": INSTANCE,
        "Scopes": ["a"],
        "UserBackgroundSessionsEnabled": True,
    }
    stranger = api.client("glue", "210987654321")
    assert error_of(stranger.get_glue_identity_center_configuration)[0] == "EntityNotFoundException"
    glue.delete_glue_identity_center_configuration()
    for operation in (
        glue.get_glue_identity_center_configuration,
        glue.delete_glue_identity_center_configuration,
        glue.update_glue_identity_center_configuration,
    ):
        assert error_of(operation)[0] == "EntityNotFoundException"


def test_import_of_the_catalog_is_complete_from_the_start(glue: Any) -> None:
    glue.import_catalog_to_glue()
    assert glue.get_catalog_import_status()["ImportStatus"] == {"ImportCompleted": True}
