"""Usage profiles, as boto3 sees them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

CONFIGURATION = {
    "JobConfiguration": {
        "workerType": {"DefaultValue": "G.1X", "AllowedValues": ["G.1X", "G.2X"]},
        "numberOfWorkers": {"DefaultValue": "5", "MinValue": "1", "MaxValue": "10"},
    }
}
ARN = "arn:aws:glue:eu-west-1:123456789012:usageProfile/small"


def _code(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])


def test_usage_profile_made_changed_listed_and_deleted(glue: Any) -> None:
    made = glue.create_usage_profile(
        Name="small", Description="d", Configuration=CONFIGURATION, Tags={"team": "a"}
    )
    assert made["Name"] == "small"
    assert (
        _code(glue.create_usage_profile, Name="small", Configuration=CONFIGURATION)
        == "AlreadyExistsException"
    )
    found = glue.get_usage_profile(Name="small")
    assert (found["Description"], found["Configuration"]) == ("d", CONFIGURATION)
    assert glue.get_tags(ResourceArn=ARN)["Tags"] == {"team": "a"}
    sessions = {"SessionConfiguration": {"idleTimeout": {"MaxValue": "60"}}}
    glue.update_usage_profile(Name="small", Configuration=sessions)
    changed = glue.get_usage_profile(Name="small")
    assert ("Description" in changed, changed["Configuration"]) == (False, sessions)
    assert (changed["CreatedOn"], changed["LastModifiedOn"] > found["LastModifiedOn"]) == (
        found["CreatedOn"],
        True,
    )
    glue.create_usage_profile(Name="big", Description="e", Configuration=CONFIGURATION)
    pages = glue.get_paginator("list_usage_profiles").paginate(PaginationConfig={"PageSize": 1})
    listed = [profile for page in pages for profile in page["Profiles"]]
    assert [(each["Name"], each.get("Description"), "Configuration" in each) for each in listed] == [
        ("big", "e", False),
        ("small", None, False),
    ]
    for _ in range(2):
        glue.delete_usage_profile(Name="small")
    assert _code(glue.get_usage_profile, Name="small") == "EntityNotFoundException"
    assert _code(glue.get_tags, ResourceArn=ARN) == "EntityNotFoundException"
    assert _code(glue.update_usage_profile, Name="small", Configuration=sessions) == "EntityNotFoundException"


def test_usage_profile_that_nothing_could_satisfy_is_refused(glue: Any) -> None:
    for limits in (
        {"DefaultValue": "G.4X", "AllowedValues": ["G.1X"]},
        {"MinValue": "5", "MaxValue": "1"},
        {"DefaultValue": "11", "MaxValue": "10"},
        {"DefaultValue": "many", "MinValue": "1"},
        {"AllowedValues": ["1"], "MinValue": "1"},
    ):
        configuration = {"JobConfiguration": {"x": limits}}
        code = _code(glue.create_usage_profile, Name="p", Configuration=configuration)
        assert code == "InvalidInputException", limits
    assert _code(glue.create_usage_profile, Name="p", Configuration={}) == "InvalidInputException"
