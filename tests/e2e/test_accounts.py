"""Two accounts on one server: no operation of one sees, changes or ends anything of the other."""

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from identity_cases import IDENTITY_CASES, make_identities, read_identities
from key_cases import KEY_CASES, make_key, read_keys
from permission_cases import PERMISSION_CASES, make_permissions, read_permissions
from server_fixtures import LiveServer, run_cli, start_server, stop_server, wait_for

from isinglass.cli.client import Client
from isinglass.cli.errors import CliError
from isinglass.cli.profiles import Profile
from isinglass.operations import registry
from isinglass_runtime import confinement

#: Stands in everything that the owner keeps, and in no name that the stranger has to say.
SECRET = "5ecret"
STRANGER = "444455556666"

DATABASE, TABLE, JOB, CRAWLER = "ledger", "entries", "booking", "ledger-raw"
COLUMN, FUNCTION, INDEX = "amount", "rounded", "by_day"
CONNECTION, SECURITY, USAGE = "ledger-db", "sealed", "thrifty"
#: What a table and a database are called that were deleted.
GONE = "given_up"
TABLE_OF = {"DatabaseName": DATABASE, "TableName": TABLE}
TABLE_INPUT = {
    "Name": TABLE,
    "Description": f"of the {SECRET}",
    "PartitionKeys": [{"Name": "day", "Type": "string"}],
    "StorageDescriptor": {
        "Columns": [{"Name": f"c_{SECRET}", "Type": "int"}, {"Name": COLUMN, "Type": "int"}],
        "Location": "s3://nowhere/t/",
    },
}
PARTITION = {"Values": ["1"], "StorageDescriptor": {"Location": f"s3://nowhere/{SECRET}/"}}
STATISTICS = {
    "ColumnName": COLUMN,
    "ColumnType": "int",
    "AnalyzedTime": 0,
    "StatisticsData": {
        "Type": "LONG",
        "LongColumnStatisticsData": {"NumberOfNulls": 0, "NumberOfDistinctValues": 7},
    },
}
COMMAND = {"Name": "pythonshell", "ScriptLocation": "s3://nowhere/x.py"}
TARGETS = {"S3Targets": [{"Path": "s3://nowhere/x/"}]}
CONNECTION_INPUT = {
    "Name": CONNECTION,
    "ConnectionType": "JDBC",
    "ConnectionProperties": {
        "JDBC_CONNECTION_URL": "jdbc:postgresql://nowhere/x",
        "USERNAME": "u",
        "PASSWORD": "p",
    },
}
#: A type of connections of the owner's, of the same name as one that the stranger makes.
SERVICE = {
    "ConnectionType": "ledgers",
    "IntegrationType": "REST",
    "ConnectionProperties": {"Url": {"Name": "URL", "Required": True, "PropertyType": "USER_INPUT"}},
    "ConnectorAuthenticationConfiguration": {"AuthenticationTypes": ["BASIC"]},
    "RestConfiguration": {
        "EntityConfigurations": {
            "entries": {
                "SourceConfiguration": {
                    "RequestPath": "/entries",
                    "ResponseConfiguration": {"ResultPath": "$"},
                }
            }
        }
    },
}
ENCRYPTION = {"EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"}}
CONFIGURATION = {"JobConfiguration": {"timeout": {"MaxValue": "60"}}}
#: An asset that the owner described, and the name of its form and asset types.
ASSET, KIND = f"arn:aws:glue:us-east-1:{{owner}}:table/{DATABASE}/{TABLE}", "Note"
#: Lets an account in that there is not; the stranger stays outside.
POLICY = json.dumps({
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow", "Principal": {"AWS": "333344445555"}, "Action": "glue:GetTable", "Resource": "*",
    },
})  # fmt: skip
OWNER_ARN = "arn:aws:glue:us-east-1:{owner}:job/booking"

#: Requests of many kinds, aimed at what the owner has; a new kind of thing gets its own here.
CASES: dict[str, dict[str, Any]] = {
    "AssociateGlossaryTerms": {"AssetIdentifier": ASSET, "GlossaryTermIdentifiers": ["{term}"]},
    "BatchCreatePartition": {**TABLE_OF, "PartitionInputList": [{"Values": ["2"]}]},
    "BatchDeleteConnection": {"ConnectionNameList": [CONNECTION]},
    "BatchDeletePartition": {**TABLE_OF, "PartitionsToDelete": [{"Values": ["1"]}]},
    "BatchDeleteTable": {"DatabaseName": DATABASE, "TablesToDelete": [TABLE]},
    "BatchDeleteTableVersion": {**TABLE_OF, "VersionIds": ["0"]},
    "BatchGetCrawlers": {"CrawlerNames": [CRAWLER]},
    "BatchGetIterableForms": {
        "AssetIdentifier": ASSET,
        "IterableFormName": "columns",
        "ItemIdentifiers": [COLUMN],
    },
    "BatchGetJobs": {"JobNames": [JOB]},
    "BatchGetPartition": {**TABLE_OF, "PartitionsToGet": [{"Values": ["1"]}]},
    "BatchStopJobRun": {"JobName": JOB, "JobRunIds": ["{run}"]},
    "BatchUpdatePartition": {
        **TABLE_OF,
        "Entries": [{"PartitionValueList": ["1"], "PartitionInput": {"Values": ["1"]}}],
    },
    "CreateCatalog": {"Name": "other", "CatalogInput": {}},
    "CreateColumnStatisticsTaskSettings": {**TABLE_OF, "Role": "r"},
    "CreateConnection": {"ConnectionInput": {**CONNECTION_INPUT, "Name": "other"}},
    "CreateCrawler": {"Name": "other", "Role": "r", "DatabaseName": DATABASE, "Targets": TARGETS},
    "CreateDatabase": {"DatabaseInput": {"Name": "other"}},
    "CreateGlueIdentityCenterConfiguration": {"InstanceArn": "arn:aws:sso:::instance/other"},
    "CreateGlossary": {"Name": "other"},
    "CreateGlossaryTerm": {"GlossaryIdentifier": "{glossary}", "Name": "other"},
    "CreateJob": {"Name": "other", "Role": "r", "Command": COMMAND},
    "CreatePartition": {**TABLE_OF, "PartitionInput": {"Values": ["3"]}},
    "CreatePartitionIndex": {**TABLE_OF, "PartitionIndex": {"IndexName": "more", "Keys": ["day"]}},
    "CreateSecurityConfiguration": {"Name": "other", "EncryptionConfiguration": {}},
    "CreateTable": {"DatabaseName": DATABASE, "TableInput": {"Name": "new"}},
    "CreateUsageProfile": {"Name": "other", "Configuration": CONFIGURATION},
    "CreateUserDefinedFunction": {"DatabaseName": DATABASE, "FunctionInput": {"FunctionName": "new"}},
    "DeleteAsset": {"Identifier": ASSET},
    "DeleteAssetType": {"Identifier": KIND},
    "DeleteAttachment": {"AssetIdentifier": ASSET, "AttachmentName": "note"},
    "DeleteCatalog": {"CatalogId": "{owner}:ledgers"},
    "DeleteColumnStatisticsForPartition": {**TABLE_OF, "PartitionValues": ["1"], "ColumnName": COLUMN},
    "DeleteColumnStatisticsForTable": {**TABLE_OF, "ColumnName": COLUMN},
    "DeleteColumnStatisticsTaskSettings": TABLE_OF,
    "DeleteConnection": {"ConnectionName": CONNECTION},
    "DeleteConnectionType": {"ConnectionType": "ledgers"},
    "DeleteCrawler": {"Name": CRAWLER},
    "DeleteDatabase": {"Name": DATABASE},
    "DeleteFormType": {"Identifier": KIND},
    "DeleteGlossary": {"Identifier": "{glossary}"},
    "DeleteGlossaryTerm": {"Identifier": "{term}"},
    "DeleteGlueIdentityCenterConfiguration": {},
    "DeleteJob": {"JobName": JOB},
    "DeletePartition": {**TABLE_OF, "PartitionValues": ["1"]},
    "DeletePartitionIndex": {**TABLE_OF, "IndexName": INDEX},
    "DeleteResourcePolicy": {},
    "DeleteSecurityConfiguration": {"Name": SECURITY},
    "DeleteTable": {"DatabaseName": DATABASE, "Name": TABLE},
    "DeleteTableVersion": {**TABLE_OF, "VersionId": "0"},
    "DeleteUsageProfile": {"Name": USAGE},
    "DeleteUserDefinedFunction": {"DatabaseName": DATABASE, "FunctionName": FUNCTION},
    "DescribeConnectionType": {"ConnectionType": "ledgers"},
    "DescribeEntity": {"ConnectionName": CONNECTION, "EntityName": "public.entries"},
    "DisassociateGlossaryTerms": {"AssetIdentifier": ASSET, "GlossaryTermIdentifiers": ["{term}"]},
    "GetAsset": {"Identifier": ASSET},
    "GetAssetType": {"Identifier": KIND},
    "GetCatalog": {"CatalogId": "{owner}:ledgers"},
    "GetCatalogImportStatus": {"CatalogId": "{owner}"},
    "GetCatalogs": {"ParentCatalogId": "{owner}"},
    "GetColumnStatisticsForPartition": {**TABLE_OF, "PartitionValues": ["1"], "ColumnNames": [COLUMN]},
    "GetColumnStatisticsForTable": {**TABLE_OF, "ColumnNames": [COLUMN]},
    "GetColumnStatisticsTaskRun": {"ColumnStatisticsTaskRunId": "{statistics}"},
    "GetColumnStatisticsTaskRuns": TABLE_OF,
    "GetColumnStatisticsTaskSettings": TABLE_OF,
    "GetConnection": {"Name": CONNECTION},
    "GetConnections": {},
    "GetCrawler": {"Name": CRAWLER},
    "GetCrawlerMetrics": {"CrawlerNameList": [CRAWLER]},
    "GetCrawlers": {},
    "GetDataCatalogEncryptionSettings": {"CatalogId": "{owner}"},
    "GetDataCatalogExportConfiguration": {},
    "GetDatabase": {"Name": DATABASE},
    "GetDatabases": {},
    "GetEntityRecords": {"ConnectionName": CONNECTION, "EntityName": "public.entries", "Limit": 1},
    "GetFormType": {"Identifier": KIND},
    "GetGlossary": {"Identifier": "{glossary}"},
    "GetGlossaryTerm": {"Identifier": "{term}"},
    "GetGlueIdentityCenterConfiguration": {},
    "GetJob": {"JobName": JOB},
    "GetJobRun": {"JobName": JOB, "RunId": "{run}"},
    "GetJobRuns": {"JobName": JOB},
    "GetJobs": {},
    "GetPartition": {**TABLE_OF, "PartitionValues": ["1"]},
    "GetPartitionIndexes": TABLE_OF,
    "GetPartitions": TABLE_OF,
    "GetResourcePolicies": {},
    "GetResourcePolicy": {},
    "GetSecurityConfiguration": {"Name": SECURITY},
    "GetSecurityConfigurations": {},
    "GetTable": {"DatabaseName": DATABASE, "Name": TABLE},
    "GetTables": {"DatabaseName": DATABASE},
    "GetTableVersion": TABLE_OF,
    "GetTableVersions": TABLE_OF,
    "GetUsageProfile": {"Name": USAGE},
    "GetUserDefinedFunction": {"DatabaseName": DATABASE, "FunctionName": FUNCTION},
    "GetUserDefinedFunctions": {"Pattern": ".*"},
    "GetTags": {"ResourceArn": OWNER_ARN},
    "ImportCatalogToGlue": {"CatalogId": "{owner}"},
    "ListAssetTypes": {},
    "ListColumnStatisticsTaskRuns": {},
    "ListConnectionTypes": {},
    "ListCrawlers": {},
    "ListCrawls": {"CrawlerName": CRAWLER},
    "ListFormTypes": {},
    "ListEntities": {"ConnectionName": CONNECTION},
    "ListGlossaries": {},
    "ListGlossaryTerms": {"GlossaryIdentifier": "{glossary}"},
    "ListIterableForms": {"AssetIdentifier": ASSET, "IterableFormName": "columns"},
    "ListJobs": {},
    "ListUsageProfiles": {},
    "PutAsset": {"AssetTypeId": "GlueTable", "Identifier": ASSET, "Name": "other", "Forms": {}},
    "PutAssetType": {"Name": KIND, "Forms": {"note": {"FormTypeIdentifier": "GlueColumn"}}},
    "PutAttachment": {
        "AssetIdentifier": ASSET,
        "AttachmentName": "note",
        "FormTypeId": "GlueColumn",
        "Content": '{"name": "x", "partitionKey": false}',
    },
    "PutDataCatalogExportConfiguration": {"ExportSetting": "ENABLED"},
    "PutDataCatalogEncryptionSettings": {"CatalogId": "{owner}", "DataCatalogEncryptionSettings": ENCRYPTION},
    "PutFormType": {"Name": KIND, "Schema": f"structure {KIND} {{}}"},
    "SearchAssets": {"SearchText": SECRET},
    "PutResourcePolicy": {"PolicyInJson": POLICY},
    "RegisterConnectionType": SERVICE,
    "SearchTables": {"SearchText": SECRET},
    "StartColumnStatisticsTaskRun": {**TABLE_OF, "Role": "r"},
    "StartColumnStatisticsTaskRunSchedule": TABLE_OF,
    "StartCrawler": {"Name": CRAWLER},
    "StartCrawlerSchedule": {"CrawlerName": CRAWLER},
    "StartJobRun": {"JobName": JOB},
    "StopColumnStatisticsTaskRun": TABLE_OF,
    "StopColumnStatisticsTaskRunSchedule": TABLE_OF,
    "StopCrawler": {"Name": CRAWLER},
    "StopCrawlerSchedule": {"CrawlerName": CRAWLER},
    "TagResource": {"ResourceArn": OWNER_ARN, "TagsToAdd": {"a": "b"}},
    "TestConnection": {"ConnectionName": CONNECTION},
    "UntagResource": {"ResourceArn": OWNER_ARN, "TagsToRemove": ["kept"]},
    "UpdateAsset": {"Identifier": ASSET, "Name": "other"},
    "UpdateCatalog": {"CatalogId": "{owner}:ledgers", "CatalogInput": {}},
    "UpdateColumnStatisticsForPartition": {
        **TABLE_OF,
        "PartitionValues": ["1"],
        "ColumnStatisticsList": [STATISTICS],
    },
    "UpdateColumnStatisticsForTable": {**TABLE_OF, "ColumnStatisticsList": [STATISTICS]},
    "UpdateColumnStatisticsTaskSettings": {**TABLE_OF, "Role": "x"},
    "UpdateConnection": {"Name": CONNECTION, "ConnectionInput": CONNECTION_INPUT},
    "UpdateCrawler": {"Name": CRAWLER, "Description": "x"},
    "UpdateCrawlerSchedule": {"CrawlerName": CRAWLER, "Schedule": ""},
    "UpdateDatabase": {"Name": DATABASE, "DatabaseInput": {"Name": DATABASE}},
    "UpdateGlossary": {"Identifier": "{glossary}", "Name": "other"},
    "UpdateGlossaryTerm": {"Identifier": "{term}", "Name": "other"},
    "UpdateGlueIdentityCenterConfiguration": {"UserBackgroundSessionsEnabled": True},
    "UpdateJob": {"JobName": JOB, "JobUpdate": {"Role": "r", "Command": COMMAND}},
    "UpdatePartition": {**TABLE_OF, "PartitionValueList": ["1"], "PartitionInput": {"Values": ["1"]}},
    "UpdateTable": {"DatabaseName": DATABASE, "TableInput": {"Name": TABLE}},
    "UpdateUsageProfile": {"Name": USAGE, "Configuration": CONFIGURATION},
    "UpdateUserDefinedFunction": {
        "DatabaseName": DATABASE,
        "FunctionName": FUNCTION,
        "FunctionInput": {"ClassName": "x"},
    },
    "isinglass:CreateAccount": {"Name": "x"},
    "isinglass:DiffTableVersions": {**TABLE_OF, "FromVersionId": "0", "ToVersionId": "1"},
    "isinglass:GetRunDetails": {"JobName": JOB, "RunId": "{run}"},
    "isinglass:GetServerStatus": {},
    "isinglass:ListAccounts": {},
    "isinglass:ListAuditEvents": {"Operation": "CreateJob"},
    "isinglass:ListJobRuns": {"RunIdEnd": "{run}"},
    "isinglass:ListDatabaseHistory": {"Name": DATABASE},
    "isinglass:ListDeleted": {},
    "isinglass:ListRegisteredConnectionTypes": {},
    "isinglass:ListTableHistory": TABLE_OF,
    "isinglass:PreviewCrawl": {"Path": "s3://{bucket}/"},
    "isinglass:PurgeDeleted": {"Kind": "ALL"},
    "isinglass:RestoreDatabase": {"Name": GONE},
    "isinglass:RestoreTable": {"DatabaseName": DATABASE, "TableName": GONE},
    "isinglass:RestoreTableVersion": {**TABLE_OF, "VersionId": "0"},
    "isinglass:RunQuery": {"SqlText": f"select * from {DATABASE}.{TABLE}"},
    "logs:DescribeLogGroups": {},
    "logs:DescribeLogStreams": {"logGroupName": "/aws-glue/python-jobs/output"},
    "logs:FilterLogEvents": {"logGroupName": "/aws-glue/python-jobs/output"},
    "logs:GetLogEvents": {"logGroupName": "/aws-glue/python-jobs/output", "logStreamName": "{run}"},
    "sts:GetCallerIdentity": {},
    **IDENTITY_CASES,
    **KEY_CASES,
    **PERMISSION_CASES,
}

#: How a client is told that there is no such thing or that it may not; or an answer that tells nothing.
HARMLESS = {
    "", "AccessDeniedException", "EntityNotFoundException", "QueryFailedException", "ResourceNotFoundException",
    "AccessDenied", "NoSuchEntity", "NotFoundException", "ValidationError",
}  # fmt: skip

#: Operations whose models have no other word for what is not there.
INVALID = {"isinglass:PreviewCrawl", "DescribeConnectionType"}


# Tests are shared out between workers: one of them may leave this module and come back.
@pytest.fixture(scope="session")
def ledger_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Give these tests a server of their own: they compare all that the owner has."""
    server = start_server(tmp_path_factory.mktemp("ledger"), "--ephemeral")
    yield server
    assert stop_server(server) == 0


@pytest.fixture(scope="session")
def owned(ledger_server: LiveServer) -> dict[str, str]:
    """Let the root account have one of everything, the secret in each."""
    glue, s3, account = ledger_server.client("glue"), ledger_server.client("s3"), ledger_server.account
    bucket = "ledger-bucket"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="raw/entries/a.csv", Body=f"id,c_{SECRET}\n1,2\n".encode())
    s3.put_object(Bucket=bucket, Key="job.py", Body=f"print({SECRET!r})".encode())
    glue.create_database(DatabaseInput={"Name": DATABASE, "Description": SECRET})
    glue.create_table(DatabaseName=DATABASE, TableInput=TABLE_INPUT)
    glue.create_table(DatabaseName=DATABASE, TableInput={"Name": GONE, "Description": SECRET})
    glue.delete_table(DatabaseName=DATABASE, Name=GONE)
    glue.create_database(DatabaseInput={"Name": GONE, "Description": SECRET})
    glue.delete_database(Name=GONE)
    glue.create_partition(**TABLE_OF, PartitionInput=PARTITION)
    glue.create_catalog(Name="ledgers", CatalogInput={"Description": SECRET})
    instance = f"arn:aws:sso:::instance/{SECRET}"
    glue.create_glue_identity_center_configuration(InstanceArn=instance)
    glue.update_column_statistics_for_table(**TABLE_OF, ColumnStatisticsList=[STATISTICS])
    function = {"FunctionName": FUNCTION, "ClassName": SECRET, "OwnerName": "o", "OwnerType": "USER"}
    glue.create_user_defined_function(DatabaseName=DATABASE, FunctionInput=function)
    glue.create_partition_index(**TABLE_OF, PartitionIndex={"IndexName": INDEX, "Keys": ["day"]})
    properties = {**CONNECTION_INPUT["ConnectionProperties"], "PASSWORD": SECRET}
    glue.register_connection_type(**SERVICE, Description=SECRET)
    glue.create_connection(
        ConnectionInput={**CONNECTION_INPUT, "Description": SECRET, "ConnectionProperties": properties}
    )
    key = f"arn:aws:kms:us-east-1:{account}:key/{SECRET}"
    s3_encryption = [{"S3EncryptionMode": "DISABLED", "KmsKeyArn": key}]
    glue.create_security_configuration(Name=SECURITY, EncryptionConfiguration={"S3Encryption": s3_encryption})
    at_rest = {"CatalogEncryptionMode": "DISABLED", "SseAwsKmsKeyId": key}
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings={"EncryptionAtRest": at_rest})
    glue.put_resource_policy(PolicyInJson=POLICY.replace('"Effect"', f'"Sid": "s{SECRET}", "Effect"'))
    glue.create_usage_profile(Name=USAGE, Description=SECRET, Configuration=CONFIGURATION)
    command = {"Name": "pythonshell", "ScriptLocation": f"s3://{bucket}/job.py"}
    glue.create_job(Name=JOB, Role="r", Command=command, Description=SECRET, Tags={"kept": SECRET})
    targets = {"S3Targets": [{"Path": f"s3://{bucket}/raw/"}]}
    glue.create_crawler(
        Name=CRAWLER,
        Role="r",
        DatabaseName=DATABASE,
        Targets=targets,
        Description=SECRET,
        TablePrefix=f"{SECRET}_",
        Schedule="cron(0 0 1 1 ? 2199)",
    )
    glue.start_crawler(Name=CRAWLER)
    run = glue.start_job_run(JobName=JOB)["JobRunId"]
    wait_for(lambda: glue.get_job_run(JobName=JOB, RunId=run)["JobRun"]["JobRunState"] == "SUCCEEDED")
    wait_for(lambda: glue.get_crawler(Name=CRAWLER)["Crawler"]["State"] == "READY")
    wait_for(lambda: _statuses(glue.get_partition_indexes(**TABLE_OF)) == ["ACTIVE"])
    wait_for(lambda: glue.search_tables(SearchText=SECRET)["TableList"])
    described = _describe(glue, account)
    role = f"arn:aws:iam::{account}:role/{SECRET}"
    glue.create_column_statistics_task_settings(**TABLE_OF, Role=role, Schedule="cron(0 0 1 1 ? 2199)")
    statistics = glue.start_column_statistics_task_run(**TABLE_OF, Role=role)["ColumnStatisticsTaskRunId"]
    wait_for(lambda: "EndTime" in _statistics_run(glue, statistics))
    key = make_identities(ledger_server.client("iam"), SECRET)
    make_permissions(ledger_server.client("lakeformation"), account, SECRET)
    master = make_key(ledger_server.client("kms"), SECRET)
    return {
        "owner": account,
        "bucket": bucket,
        "run": run,
        "statistics": statistics,
        "key": key,
        "master": master,
        **described,
    }


def _describe(glue: Any, account: str) -> dict[str, str]:
    """Let the owner say something of its table."""
    glue.put_form_type(Name=KIND, Schema=f"structure {KIND} {{ text: String }}")
    glue.put_asset_type(Name=KIND, Forms={"note": {"FormTypeIdentifier": KIND}})
    glossary = glue.create_glossary(Name=SECRET)["Id"]
    term = glue.create_glossary_term(GlossaryIdentifier=glossary, Name=SECRET)["Id"]
    asset = ASSET.format(owner=account)
    glue.put_asset(AssetTypeId=KIND, Identifier=asset, Name=SECRET, Forms={})
    glue.associate_glossary_terms(AssetIdentifier=asset, GlossaryTermIdentifiers=[term])
    content = json.dumps({"text": SECRET})
    glue.put_attachment(AssetIdentifier=asset, AttachmentName="note", FormTypeId=KIND, Content=content)
    return {"glossary": glossary, "term": term}


def _statistics_run(glue: Any, run_id: str) -> Any:
    found = glue.get_column_statistics_task_run(ColumnStatisticsTaskRunId=run_id)
    return found["ColumnStatisticsTaskRun"]


def _statuses(answer: dict[str, Any]) -> list[str]:
    return [index["IndexStatus"] for index in answer["PartitionIndexDescriptorList"]]


def _snapshot(server: LiveServer, owned: dict[str, str]) -> dict[str, Any]:
    """Read all that the owner has."""
    glue, logs = server.client("glue"), server.client("logs")
    ours = _ours(server, server.account)
    answers = {
        "catalogs": glue.get_catalogs(IncludeRoot=True),
        "identity center": glue.get_glue_identity_center_configuration(),
        "database": glue.get_database(Name=DATABASE),
        "tables": glue.get_tables(DatabaseName=DATABASE),
        "versions": glue.get_table_versions(**TABLE_OF),
        "partitions": glue.get_partitions(**TABLE_OF),
        "statistics tasks": glue.get_column_statistics_task_runs(**TABLE_OF),
        "statistics settings": glue.get_column_statistics_task_settings(**TABLE_OF),
        "statistics": glue.get_column_statistics_for_table(**TABLE_OF, ColumnNames=[COLUMN]),
        "function": glue.get_user_defined_function(DatabaseName=DATABASE, FunctionName=FUNCTION),
        "indexes": glue.get_partition_indexes(**TABLE_OF),
        "found": glue.search_tables(SearchText=SECRET),
        "asset": glue.get_asset(Identifier=ASSET.format(**owned)),
        "columns": glue.list_iterable_forms(
            AssetIdentifier=ASSET.format(**owned), IterableFormName="columns"
        ),
        "assets": glue.search_assets(SearchText=SECRET),
        "glossaries": glue.list_glossaries(),
        "terms": glue.list_glossary_terms(GlossaryIdentifier=owned["glossary"]),
        "form type": glue.get_form_type(Identifier=KIND),
        "asset type": glue.get_asset_type(Identifier=KIND),
        "connection": glue.get_connection(Name=CONNECTION),
        "connection type": glue.describe_connection_type(ConnectionType="ledgers"),
        "security": glue.get_security_configuration(Name=SECURITY),
        "encryption": glue.get_data_catalog_encryption_settings(),
        "usage": glue.get_usage_profile(Name=USAGE),
        "policy": glue.get_resource_policy(),
        "job": glue.get_job(JobName=JOB),
        "runs": glue.get_job_runs(JobName=JOB),
        "tags": glue.get_tags(ResourceArn=OWNER_ARN.format(**owned)),
        "crawler": glue.get_crawler(Name=CRAWLER),
        "crawls": glue.list_crawls(CrawlerName=CRAWLER),
        "log": logs.get_log_events(
            logGroupName="/aws-glue/python-jobs/output", logStreamName=owned["run"], startFromHead=True
        ),
    }
    for answer in answers.values():
        del answer["ResponseMetadata"]
    answers["identities"] = read_identities(server.client("iam"), server.account)
    answers["permissions"] = read_permissions(server.client("lakeformation"))
    answers["keys"] = read_keys(server.client("kms"), owned["master"])
    answers["deleted"] = ours.call("isinglass:ListDeleted")
    answers["history"] = ours.call("isinglass:ListTableHistory", TABLE_OF)
    answers["crawler"]["Crawler"].pop("CrawlElapsedTime")
    return answers


def test_cases_are_all_operations_of_the_registry():
    for module in registry.MODULES:
        import_module(module)
    assert sorted(CASES) == sorted(registry.registered())


#: What the last operation left is what the next one finds: reading it once halves the time.
_last: dict[str, Any] = {}


@pytest.mark.parametrize("operation", sorted(CASES))
def test_operation_of_a_stranger_tells_and_changes_nothing(
    ledger_server: LiveServer, owned: dict[str, str], operation: str
):
    before = _last.pop("snapshot", None) or _snapshot(ledger_server, owned)
    assert SECRET in json.dumps(before, default=str)
    text = json.dumps(CASES[operation])
    for name, value in owned.items():
        text = text.replace(f"{{{name}}}", value)
    request = json.loads(text)
    service, _, name = operation.rpartition(":")
    if service == "isinglass":
        answer, refusal = _through_cli(ledger_server, operation, request)
    else:
        answer, refusal = _through_boto3(ledger_server, service or "glue", name, request)
    assert SECRET not in answer
    assert refusal in HARMLESS or (operation in INVALID and refusal == "InvalidInputException")
    after = _last["snapshot"] = _snapshot(ledger_server, owned)
    assert after == before


def _through_boto3(server: LiveServer, service: str, name: str, request: dict[str, Any]) -> tuple[str, str]:
    client = server.client(service, STRANGER)
    try:
        return json.dumps(getattr(client, xform_name(name))(**request), default=str), ""
    except ClientError as error:
        return str(error), error.response["Error"]["Code"]


def _ours(server: LiveServer, account: str) -> Client:
    """Make a client of our own operations."""
    key, secret = server.keys_of(account)
    profile = Profile(
        server.endpoint, server.s3_endpoint, account, "us-east-1", key, secret, "", "test", "test"
    )
    return Client(profile)


def _through_cli(server: LiveServer, operation: str, request: dict[str, Any]) -> tuple[str, str]:
    try:
        return json.dumps(_ours(server, STRANGER).call(operation, request)), ""
    except CliError as error:
        return str(error), error.code


@pytest.mark.skipif(not confinement.available(), reason="this kernel has no Landlock")
def test_job_of_a_stranger_reaches_nothing_of_the_owner(ledger_server: LiveServer, owned: dict[str, str]):
    script = f"""
import boto3, os
from botocore.exceptions import ClientError
for service, call, request in [
    ("s3", "list_objects_v2", {{"Bucket": {owned["bucket"]!r}}}),
    ("glue", "get_table", {{"DatabaseName": {DATABASE!r}, "Name": {TABLE!r}}}),
    ("logs", "get_log_events", {{"logGroupName": "/aws-glue/python-jobs/output", "logStreamName": {owned["run"]!r}}}),
]:
    try:
        print(getattr(boto3.client(service), call)(**request))
    except ClientError as error:
        print(error.response["Error"]["Code"])
data = os.path.dirname(os.path.dirname(os.path.dirname(os.getcwd())))
for path in (f"{{data}}/server.key", f"{{data}}/isinglass.db", f"/proc/{{os.getppid()}}/environ"):
    try:
        print(len(open(path, "rb").read()))
    except OSError as error:
        print(type(error).__name__)
"""
    path = ledger_server.home / "probe.py"
    path.write_text(script)
    key, secret = ledger_server.keys_of(STRANGER)
    done = run_cli(
        ledger_server.home, "run", str(path), "--shell", "--endpoint", ledger_server.endpoint,
        ISINGLASS_ACCESS_KEY_ID=key, ISINGLASS_SECRET_ACCESS_KEY=secret,
    )  # fmt: skip
    assert SECRET not in done.stdout
    refused = ["AccessDenied", "EntityNotFoundException", "ResourceNotFoundException"]
    assert done.stdout.split() == [*refused, *["PermissionError"] * 3]


@pytest.mark.skipif(not confinement.available(), reason="this kernel has no Landlock")
def test_statement_of_a_stranger_reads_no_file_of_the_server(ledger_server: LiveServer, tmp_path):
    (tmp_path / "kept.csv").write_text(f"a\n{SECRET}\n")
    refusal = _through_cli(
        ledger_server, "isinglass:RunQuery", {"SqlText": f"select * from csv.`{tmp_path}/kept.csv`"}
    )
    assert refusal == (f"cannot list {tmp_path}/: permission denied", "QueryFailedException")
