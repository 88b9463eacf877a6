"""What operations touch, and that nothing which gives a role away is forgotten."""

from collections.abc import Iterator
from typing import Any

import pytest

from isinglass.domain.access import resource_rules
from isinglass.domain.access.resources import Permission, permission_of, role_arn
from isinglass.model.schema import SERVICES, ServiceModel, load

ACCOUNT, OTHER, REGION = "123456789012", "210987654321", "eu-west-1"
GLUE = f"arn:aws:glue:{REGION}:{ACCOUNT}:"
IAM = f"arn:aws:iam::{ACCOUNT}:"
MODELS = {service: load(service) for service in SERVICES}


def _permission(service: str, operation: str) -> Permission:
    model = MODELS[service]
    shape = model.operations[operation].input
    return permission_of(service, operation, model.shapes[shape]["members"] if shape else ())


@pytest.mark.parametrize(
    ("operation", "document", "touched"),
    [
        ("GetTable", {"DatabaseName": "D", "Name": "T"}, ["catalog", "database/d", "table/d/t"]),
        ("GetPartitions", {"DatabaseName": "d", "TableName": "t"}, ["catalog", "database/d", "table/d/t"]),
        (
            "BatchDeleteTable",
            {"DatabaseName": "d", "TablesToDelete": ["a", "b"]},
            ["catalog", "database/d", "table/d/a", "table/d/b"],
        ),
        (
            "UpdateTable",
            {"DatabaseName": "d", "Name": "old", "TableInput": {"Name": "new"}},
            ["catalog", "database/d", "table/d/old", "table/d/new"],
        ),
        (
            "DeleteDatabase",
            {"Name": "d"},
            ["catalog", "database/d", "table/d/*", "userDefinedFunction/d/*"],
        ),
        ("CreateCatalog", {"Name": "Sales/EMEA"}, ["catalog", "catalog/sales/emea"]),
        ("GetJob", {"JobName": "nightly/Load"}, ["job/nightly/Load"]),
        ("CreateJob", {"Name": "n"}, ["job/n"]),
        ("BatchGetJobs", {"JobNames": ["a", "b", "a"]}, ["job/a", "job/b"]),
        ("BatchGetJobs", {"JobNames": []}, ["job/*"]),
        ("BatchGetCrawlers", {"CrawlerNames": ["c"]}, ["crawler/c"]),
        ("GetConnection", {"Name": "c"}, ["catalog", "connection/c"]),
        ("CreateConnection", {"ConnectionInput": {"Name": "c"}}, ["catalog", "connection/c"]),
        (
            "CreateUserDefinedFunction",
            {"DatabaseName": "d", "FunctionInput": {"FunctionName": "f"}},
            ["catalog", "database/d", "userDefinedFunction/d/f"],
        ),
        ("StartTrigger", {"Name": "t"}, ["trigger/t"]),
        ("GetUsageProfile", {"Name": "u"}, ["usageProfile/u"]),
        (
            "RegisterSchemaVersion",
            {"SchemaId": {"RegistryName": "r", "SchemaName": "s"}},
            ["registry/r", "schema/r/s"],
        ),
    ],
)
def test_resources_of_a_request_are_those_of_the_reference(
    operation: str, document: dict[str, Any], touched: list[str]
):
    found = _permission("glue", operation).resources(document, ACCOUNT, REGION)
    assert found == [GLUE + resource for resource in touched]


@pytest.mark.parametrize(
    ("operation", "document", "touched"),
    [
        (
            "GetAsset",
            {"Identifier": f"arn:aws-cn:glue:us-east-1:{ACCOUNT}:table/HR/Pay*41"},
            [GLUE + "catalog", GLUE + "database/hr", GLUE + "table/hr/paya"],
        ),
        (
            "PutAttachment",
            {"AssetIdentifier": f"arn:aws:glue:{REGION}:{ACCOUNT}:table/sales/emea/hr/pay"},
            [GLUE + each for each in ("catalog", "catalog/sales/emea", "database/sales/emea/hr",
                                      "table/sales/emea/hr/pay")],
        ),
        ("GetAsset", {"Identifier": "dashboards:revenue"}, ["*"]),
        ("SearchAssets", {}, [GLUE + "catalog", GLUE + "database/*", GLUE + "table/*/*"]),
        ("GetTags", {"ResourceArn": f"arn:aws-cn:glue::{ACCOUNT}:database/HR"}, [GLUE + "database/hr"]),
        ("GetTags", {"ResourceArn": "arn:aws:s3:::b"}, ["arn:aws:s3:::b"]),
    ],
)  # fmt: skip
def test_resource_given_by_its_arn_is_the_one_that_it_names(
    operation: str, document: dict[str, Any], touched: list[str]
):
    assert _permission("glue", operation).resources(document, ACCOUNT, REGION) == touched


@pytest.mark.parametrize(
    ("catalog", "own"),
    [(None, True), (ACCOUNT, True), (f"{ACCOUNT}:sales", True), ("sales", True), (OTHER, False)],
)
def test_catalog_nested_in_the_own_one_is_own(catalog: str | None, own: bool):
    document = {"DatabaseName": "d", "Name": "t", "CatalogId": catalog}
    assert _permission("glue", "GetTable").is_own(document, ACCOUNT) is own


def test_resources_of_a_nested_catalog_have_its_name_before_theirs():
    document = {"CatalogId": f"{ACCOUNT}:sales/emea", "DatabaseName": "d", "Name": "t"}
    assert _permission("glue", "GetTable").resources(document, ACCOUNT, REGION) == [
        f"{GLUE}catalog",
        f"{GLUE}catalog/sales/emea",
        f"{GLUE}database/sales/emea/d",
        f"{GLUE}table/sales/emea/d/t",
    ]


def test_resources_of_another_account_are_written_with_it():
    permission = _permission("glue", "GetDatabase")
    document = {"CatalogId": OTHER, "Name": "d"}
    assert permission.owner(document, ACCOUNT) == OTHER
    assert permission.resources(document, ACCOUNT, REGION) == [
        f"arn:aws:glue:{REGION}:{OTHER}:catalog",
        f"arn:aws:glue:{REGION}:{OTHER}:database/d",
    ]


@pytest.mark.parametrize(
    ("service", "operation", "document", "user", "touched"),
    [
        ("glue", "GetTags", {"ResourceArn": f"{GLUE}job/n"}, None, f"{GLUE}job/n"),
        ("glue", "CreateCrawler", {"Name": "c"}, None, "*"),
        ("iam", "CreateUser", {"UserName": "ana", "Path": "/team/"}, None, f"{IAM}user/team/ana"),
        ("iam", "CreateUser", {"UserName": "ana"}, None, f"{IAM}user/ana"),
        ("iam", "CreateAccessKey", {}, "ana", f"{IAM}user/ana"),
        ("iam", "DeletePolicy", {"PolicyArn": f"{IAM}policy/p"}, None, f"{IAM}policy/p"),
        ("sts", "AssumeRole", {"RoleArn": f"{IAM}role/r"}, None, f"{IAM}role/r"),
        ("sts", "GetCallerIdentity", {}, None, "*"),
        ("lakeformation", "GrantPermissions", {}, None, "*"),
        ("isinglass", "GetRunDetails", {"JobName": "j"}, None, f"{GLUE}job/j"),
        (
            "logs",
            "GetLogEvents",
            {"logGroupName": "/g", "logStreamName": "s"},
            None,
            f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/g:log-stream:s",
        ),
    ],
)
def test_resources_of_other_services_are_in_their_words(
    service: str, operation: str, document: dict[str, Any], user: str | None, touched: str
):
    assert _permission(service, operation).resources(document, ACCOUNT, REGION, user) == [touched]


@pytest.mark.parametrize(
    ("operation", "document", "roles"),
    [
        ("CreateJob", {"Role": "etl"}, [f"{IAM}role/etl"]),
        ("CreateJob", {"Role": "service-role/etl"}, [f"{IAM}role/service-role/etl"]),
        ("UpdateJob", {"JobUpdate": {"Role": f"{IAM}role/etl"}}, [f"{IAM}role/etl"]),
        ("UpdateJob", {"JobUpdate": {}}, []),
        ("StartJobRun", {"JobName": "j"}, []),
    ],
)
def test_roles_that_a_request_stores_are_passed(operation: str, document: dict[str, Any], roles: list[str]):
    assert _permission("glue", operation).passed_roles(document, ACCOUNT) == roles


def test_role_given_by_its_name_becomes_an_arn():
    assert role_arn("/service-role/etl", ACCOUNT) == f"{IAM}role/service-role/etl"


def test_every_operation_of_every_service_has_resources():
    for service, model in MODELS.items():
        for operation in model.operations:
            found = _permission(service, operation).resources({}, ACCOUNT, REGION)
            assert found
            assert all(text == "*" or text.startswith("arn:aws:") for text in found)


def test_every_exception_is_about_an_operation_there_is():
    known = {f"{service}:{operation}" for service, model in MODELS.items() for operation in model.operations}
    assert set(resource_rules.EXCEPTIONS) <= known
    assert {name.partition(":")[2] for name in known} >= set(resource_rules.PASSED_ROLES)


def test_every_field_of_a_template_is_a_member_of_its_request():
    for service, model in MODELS.items():
        for operation in model.operations.values():
            permission = _permission(service, operation.name)
            paths = set(_fields(permission.templates)) | set(permission.passes)
            known = set(_paths(model, operation.input))
            assert {path for path in paths if path.partition("|")[0] not in known} == set(), operation.name


def test_every_role_that_a_request_can_have_is_passed():
    """A new member that takes a role must not slip past iam:PassRole."""
    found = {
        (operation.name, path)
        for service in ("glue", "isinglass", "lakeformation")
        for operation in MODELS[service].operations.values()
        for path in _paths(MODELS[service], operation.input)
        if path.lower().endswith(("role", "rolearn")) and path != "UseServiceLinkedRole"
    }
    passed = {(name, path) for name, paths in resource_rules.PASSED_ROLES.items() for path in paths}
    assert found == passed


def _fields(templates: tuple[str, ...]) -> Iterator[str]:
    for template in templates:
        for part in template.split("{")[1:]:
            yield from part.partition("}")[0].partition("=")[0].split("|")


def _paths(model: ServiceModel, shape: str | None, depth: int = 4) -> Iterator[str]:
    found = model.shapes[shape] if shape else {}
    if found.get("type") == "list" and depth:
        yield from _paths(model, found["member"], depth)
    for name, member in found.get("members", {}).items():
        yield name
        if depth:
            yield from (f"{name}.{path}" for path in _paths(model, member, depth - 1))
