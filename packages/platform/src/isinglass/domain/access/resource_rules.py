"""The resources that operations touch, as data: what follows from members, and the table of exceptions."""

from dataclasses import dataclass

#: Verbs of operations that change nothing; what is not among them counts as a write.
READING = (
    "Check", "Compare", "Decrypt", "Describe", "Diff", "Encrypt", "Export", "Filter", "Generate", "Get",
    "List", "Preview", "Query", "ReEncrypt", "RunQuery", "Search", "Simulate", "Test",
)  # fmt: skip

_CATALOG = ("catalog",)
_DATABASE = ("catalog", "database/{DatabaseName}")
_TABLE = ("catalog", "database/{DatabaseName}", "table/{DatabaseName}/{TableName}")
_FUNCTION = (*_DATABASE, "userDefinedFunction/{DatabaseName}/{FunctionName}")
_ALL_TABLES = ("catalog", "database/*", "table/*/*")
_RULESETS = ("dataQualityRuleset/*",)
_QUALITY_MODEL = ("dataQualityRuleset/*", "job/*")
_SCHEMA = ("registry/{SchemaId.RegistryName}", "schema/{SchemaId.RegistryName}/{SchemaId.SchemaName}")
_INTEGRATED = ("catalog", "database/*", "connection/*")
_PROPERTY = (*_INTEGRATED, "{ResourceArn}")
_NONE = ("*",)
#: An asset of the business catalogue: the table that it is, or no resource.
ASSET = "asset/"


@dataclass(frozen=True, slots=True)
class MemberRule:
    """Operations that have all these members touch these resources."""

    members: tuple[str, ...]
    templates: tuple[str, ...]


#: By service, the first rule that fits decides; `isinglass` speaks of Glue's resources.
BY_MEMBER: dict[str, tuple[MemberRule, ...]] = {
    "glue": (
        MemberRule(("DatabaseName", "TableName"), _TABLE),
        MemberRule(("DatabaseName", "FunctionName"), _FUNCTION),
        MemberRule(("SchemaId",), _SCHEMA),
        MemberRule(("RegistryId",), ("registry/{RegistryId.RegistryName}",)),
        MemberRule(("TransformId",), ("mlTransform/{TransformId}",)),
        MemberRule(("SessionId",), ("session/{SessionId}",)),
        MemberRule(("IntegrationIdentifier",), ("integration:{IntegrationIdentifier}",)),
        MemberRule(("ConnectionName", "CatalogId"), ("catalog", "connection/{ConnectionName}")),
        MemberRule(("JobName",), ("job/{JobName}",)),
        MemberRule(("jobName",), ("job/{jobName}",)),
        MemberRule(("CrawlerName",), ("crawler/{CrawlerName}",)),
        MemberRule(("BlueprintName",), ("blueprint/{BlueprintName}",)),
    ),
    "iam": (
        MemberRule(("UserName", "Path"), ("user{Path=/}{UserName}",)),
        MemberRule(("RoleName", "Path"), ("role{Path=/}{RoleName}",)),
        MemberRule(("GroupName", "Path"), ("group{Path=/}{GroupName}",)),
        MemberRule(("PolicyName", "Path"), ("policy{Path=/}{PolicyName}",)),
        MemberRule(("GroupName",), ("group/{GroupName}",)),
        MemberRule(("RoleName",), ("role/{RoleName}",)),
        MemberRule(("UserName",), ("user/{UserName=@user}",)),
        MemberRule(("PolicyArn",), ("{PolicyArn}",)),
    ),
    "kms": (MemberRule(("KeyId",), ("key/{KeyId}",)),),
    "logs": (
        MemberRule(
            ("logGroupName", "logStreamName"),
            ("log-group:{logGroupName|logGroupIdentifier}:log-stream:{logStreamName}",),
        ),
        MemberRule(("logGroupName",), ("log-group:{logGroupName|logGroupIdentifier}:log-stream:",)),
    ),
}

#: Resources that operations name by one of NAMES; the operation's noun tells the kind.
NAMED = {
    "Blueprint": "blueprint",
    "Crawlers": "crawler",
    "Crawler": "crawler",
    "DataQualityRuleset": "dataQualityRuleset",
    "DevEndpoint": "devEndpoint",
    "Job": "job",
    "Session": "session",
    "SystemLogsForSession": "session",
    "Trigger": "trigger",
    "UsageProfile": "usageProfile",
    "Workflow": "workflow",
}
NAMES = (
    "Name", "Names", "Id", "CrawlerNames", "DevEndpointNames", "EndpointName", "JobNames", "TriggerNames",
)  # fmt: skip


def _each(names: str, *templates: str, service: str = "glue") -> dict[str, tuple[str, ...]]:
    return {f"{service}:{name}": templates for name in names.split()}


#: What does not follow from members; where AWS lists no resource, `*`.
#: `{Path=/}` is `/` when the request has none, `{UserName=@user}` then the caller's own name.
EXCEPTIONS: dict[str, tuple[str, ...]] = {
    # The Data Catalog
    **_each("GetCatalog DeleteCatalog UpdateCatalog", *_CATALOG),
    **_each("CreateCatalog", "catalog", "catalog/{Name}"),
    **_each("GetCatalogs", "catalog", "catalog/*"),
    **_each("GetCatalogImportStatus ImportCatalogToGlue", *_CATALOG),
    **_each("GetDataCatalogEncryptionSettings PutDataCatalogEncryptionSettings", *_CATALOG),
    **_each("GetDataCatalogExportConfiguration PutDataCatalogExportConfiguration", *_CATALOG),
    **_each("GetResourcePolicy GetResourcePolicies PutResourcePolicy DeleteResourcePolicy", *_CATALOG),
    **_each("CreateDatabase", "catalog", "database/{DatabaseInput.Name}"),
    **_each("GetDatabase", "catalog", "database/{Name}"),
    **_each("UpdateDatabase", "catalog", "database/{Name|DatabaseInput.Name}"),
    **_each(
        "DeleteDatabase", "catalog", "database/{Name}", "table/{Name}/*", "userDefinedFunction/{Name}/*"
    ),
    **_each("GetDatabases", "catalog", "database/*"),
    **_each(
        "CreateTable UpdateTable",
        *_DATABASE,
        "table/{DatabaseName}/{Name|TableInput.Name}",
    ),
    **_each("GetTable DeleteTable GetUnfilteredTableMetadata", *_DATABASE, "table/{DatabaseName}/{Name}"),
    **_each("GetTables", *_DATABASE, "table/{DatabaseName}/*"),
    **_each("BatchDeleteTable", *_DATABASE, "table/{DatabaseName}/{TablesToDelete}"),
    **_each("SearchTables", *_ALL_TABLES),
    **_each(
        "BatchGetTableOptimizer",
        "catalog",
        "database/{Entries.databaseName}",
        "table/{Entries.databaseName}/{Entries.tableName}",
    ),
    **_each(
        "CreateUserDefinedFunction",
        *_DATABASE,
        "userDefinedFunction/{DatabaseName}/{FunctionInput.FunctionName}",
    ),
    **_each(
        "UpdateUserDefinedFunction",
        *_DATABASE,
        "userDefinedFunction/{DatabaseName}/{FunctionName|FunctionInput.FunctionName}",
    ),
    **_each("GetUserDefinedFunctions", *_DATABASE, "userDefinedFunction/{DatabaseName}/*"),
    **_each("GetMaterializedViewRefreshTaskRun", *_CATALOG),
    **_each(
        "GetColumnStatisticsTaskRun GetColumnStatisticsTaskRuns GetColumnStatisticsTaskSettings", *_NONE
    ),
    # The business catalogue
    **_each("GetAsset PutAsset UpdateAsset DeleteAsset", f"{ASSET}{{Identifier}}"),
    **_each("AssociateGlossaryTerms DisassociateGlossaryTerms", f"{ASSET}{{AssetIdentifier}}"),
    **_each("PutAttachment DeleteAttachment", f"{ASSET}{{AssetIdentifier}}"),
    **_each("BatchGetIterableForms ListIterableForms", f"{ASSET}{{AssetIdentifier}}"),
    **_each("SearchAssets", *_ALL_TABLES),
    # Connections
    **_each("CreateConnection", "catalog", "connection/{ConnectionInput.Name}"),
    **_each("GetConnection", "catalog", "connection/{Name}"),
    **_each("UpdateConnection", "catalog", "connection/{Name|ConnectionInput.Name}"),
    **_each("GetConnections", "catalog", "connection/*"),
    **_each("BatchDeleteConnection", "catalog", "connection/{ConnectionNameList}"),
    **_each("TestConnection", "connection/{ConnectionName}"),
    **_each("RegisterConnectionType DescribeConnectionType DeleteConnectionType",
            "connectionType:{ConnectionType}"),
    # Crawlers, jobs, workflows
    **_each("CreateCrawler StartCrawlerSchedule StopCrawlerSchedule UpdateCrawlerSchedule", *_NONE),
    **_each("GetCrawlers GetCrawlerMetrics ListCrawlers", *_NONE),
    **_each("GetJobs ListJobs GetJobBookmark ResetJobBookmark", *_NONE),
    **_each("CreateDevEndpoint", *_NONE),
    **_each("GetMLTransforms ListMLTransforms", "mlTransform/*"),
    **_each("StartBlueprintRun GetBlueprintRun GetBlueprintRuns", "blueprint/{BlueprintName}"),
    **_each("GetDashboardUrl", "session/{ResourceId}"),
    # Data quality
    **_each("CreateDataQualityRuleset", *_NONE),
    **_each("BatchGetDataQualityResult GetDataQualityResult ListDataQualityResults", *_RULESETS),
    **_each("BatchGetDataQualityResultV2 GetDataQualityResultV2 ListDataQualityResultsV2", *_RULESETS),
    **_each("BatchGetDataQualityRulesetEvaluationRun GetDataQualityRulesetEvaluationRun", *_RULESETS),
    **_each("CancelDataQualityRulesetEvaluationRun ListDataQualityRulesetEvaluationRuns", *_RULESETS),
    **_each("GetDataQualityRuleRecommendationRun StartDataQualityRuleRecommendationRun", *_RULESETS),
    **_each("CancelDataQualityRuleRecommendationRun ListDataQualityRuleRecommendationRuns", *_RULESETS),
    **_each("ListDataQualityRulesets PublishDataQualityResultV2", *_RULESETS),
    **_each("StartDataQualityRulesetEvaluationRun", "dataQualityRuleset/{RulesetNames}"),
    **_each("GetDataQualityModel GetDataQualityModelResult PutDataQualityProfileAnnotation", *_QUALITY_MODEL),
    **_each("BatchPutDataQualityStatisticAnnotation", *_QUALITY_MODEL),
    **_each("ListDataQualityStatistics ListDataQualityStatisticAnnotations", *_QUALITY_MODEL),
    # Schemas
    **_each("CreateRegistry", "registry/{RegistryName}"),
    **_each(
        "CreateSchema",
        "registry/{RegistryId.RegistryName}",
        "schema/{RegistryId.RegistryName}/{SchemaName}",
    ),
    # Integrations
    **_each("CreateIntegration", *_INTEGRATED, "integration:{IntegrationName}"),
    **_each("DescribeInboundIntegrations", *_NONE),
    **_each("CreateIntegrationResourceProperty GetIntegrationResourceProperty", *_PROPERTY),
    **_each("UpdateIntegrationResourceProperty DeleteIntegrationResourceProperty", *_PROPERTY),
    **_each("ListIntegrationResourceProperties", *_INTEGRATED, "integrationresourceproperty/*"),
    **_each("CreateIntegrationTableProperties GetIntegrationTableProperties", *_INTEGRATED),
    **_each("UpdateIntegrationTableProperties DeleteIntegrationTableProperties", *_INTEGRATED),
    **_each("ListIntegrationTableProperties", *_INTEGRATED),
    # Tags
    **_each("GetTags TagResource UntagResource", "{ResourceArn}"),
    # Our own: who previews or queries reads with keys of their own
    **_each("PreviewCrawl RunQuery", *_NONE, service="isinglass"),
    **_each("ListDatabaseHistory", "catalog", "database/{Name}", service="isinglass"),
    **_each("ListRegisteredConnectionTypes", "connectionType:*", service="isinglass"),
    **_each("ListDeleted", *_DATABASE, "table/{DatabaseName}/*", service="isinglass"),
    **_each("RestoreTable", *_DATABASE, "table/{DatabaseName}/{TableName|NewName}", service="isinglass"),
    **_each(
        "RestoreDatabase", "catalog", "database/{Name|NewName}", "table/{Name|NewName}/*", service="isinglass"
    ),
    # Keys: an alias stands for its key
    **_each("CreateKey GenerateRandom ListAliases ListKeys", *_NONE, service="kms"),
    **_each("CreateAlias UpdateAlias", "{AliasName}", "key/{TargetKeyId}", service="kms"),
    **_each("DeleteAlias", "{AliasName}", service="kms"),
    **_each("ReEncrypt", "key/{SourceKeyId}", "key/{DestinationKeyId}", service="kms"),
    # IAM
    **_each("GetAccessKeyLastUsed", "user/*", service="iam"),
    **_each("SimulatePrincipalPolicy", "{PolicySourceArn}", service="iam"),
    **_each("AddUserToGroup RemoveUserFromGroup", "group/{GroupName}", service="iam"),
    **_each("UpdateUser", "user/{UserName|NewUserName}", service="iam"),
    **_each("UpdateGroup", "group/{GroupName|NewGroupName}", service="iam"),
    **_each("AssumeRole", "{RoleArn}", service="sts"),
}  # fmt: skip

_CATALOG_ROLES = (
    "CatalogInput.CatalogProperties.DataLakeAccessProperties.DataTransferRole",
    "CatalogInput.CatalogProperties.IcebergOptimizationProperties.RoleArn",
)

#: The paths of roles that a request stores or uses: whoever sends it needs `iam:PassRole` on them.
PASSED_ROLES: dict[str, tuple[str, ...]] = {
    "CreateCatalog": _CATALOG_ROLES,
    "CreateColumnStatisticsTaskSettings": ("Role",),
    "CreateCrawler": ("Role",),
    "CreateDataQualityEvaluationConfig": ("Role",),
    "CreateDevEndpoint": ("RoleArn",),
    "CreateIntegrationResourceProperty": (
        "SourceProcessingProperties.RoleArn",
        "TargetProcessingProperties.RoleArn",
    ),
    "CreateJob": ("Role",),
    "CreateMLTransform": ("Role",),
    "CreateSession": ("Role",),
    "CreateTableOptimizer": ("TableOptimizerConfiguration.roleArn",),
    "PutDataCatalogEncryptionSettings": (
        "DataCatalogEncryptionSettings.EncryptionAtRest.CatalogEncryptionServiceRole",
    ),
    "RegisterResource": ("RoleArn",),
    "StartBlueprintRun": ("RoleArn",),
    "StartColumnStatisticsTaskRun": ("Role",),
    "StartDataQualityRuleRecommendationRun": ("Role",),
    "StartDataQualityRulesetEvaluationRun": ("Role",),
    "UpdateCatalog": _CATALOG_ROLES,
    "UpdateColumnStatisticsTaskSettings": ("Role",),
    "UpdateCrawler": ("Role",),
    "UpdateDataQualityEvaluationConfig": ("Role",),
    "UpdateIntegrationResourceProperty": (
        "SourceProcessingProperties.RoleArn",
        "TargetProcessingProperties.RoleArn",
    ),
    "UpdateJob": ("JobUpdate.Role",),
    "UpdateMLTransform": ("Role",),
    "UpdateTableOptimizer": ("TableOptimizerConfiguration.roleArn",),
}
