"""The connection types of databases, brokers, networks and stores of files."""

from isinglass.domain.connection_types.definitions import SECRET, ConnectionType, Property, Reached

_BOOLEANS = ("true", "false")
_BASIC, _OAUTH2, _CUSTOM, _IAM = "BASIC", "OAUTH2", "CUSTOM", "IAM"

_USER = Property("USERNAME", "The user name to log in with.")
_PASSWORD = Property("PASSWORD", "The user's password; it is sealed.", kind=SECRET)
_SECRET_ID = Property("SECRET_ID", "A secret of AWS Secrets Manager that has user name and password.")
_LOGIN = (_USER, _PASSWORD, _SECRET_ID)
_HOST = Property("HOST", "The host's name or address.")
_PORT = Property("PORT", "The port, a number from 1 to 65535.")
_DATABASE = Property("DATABASE", "The database's name.")
_CERTIFICATES = (
    Property("JDBC_ENFORCE_SSL", "Whether the connection must use TLS.", default="false", allowed=_BOOLEANS),
    Property("CUSTOM_JDBC_CERT", "Where a certificate of your own lies, as s3://bucket/key."),
    Property("CUSTOM_JDBC_CERT_STRING", "What the driver needs to use the certificate."),
    Property(
        "SKIP_CUSTOM_JDBC_CERT_VALIDATION",
        "Whether the certificate is taken as it is.",
        default="false",
        allowed=_BOOLEANS,
    ),
)
_DRIVER = (
    Property("JDBC_DRIVER_JAR_URI", "Where a JDBC driver of your own lies, as s3://bucket/key."),
    Property("JDBC_DRIVER_CLASS_NAME", "The driver's class."),
)

#: Logins with a password are tried, and PostgreSQL's tables listed, described and sampled.
_READ = Reached(authentication=(_BASIC,), operations=("READ",))

_KEPT = Reached()

_BASIC_CREDENTIALS = {
    _BASIC: (
        Property("Username", "The user name to log in with.", required=True),
        Property("Password", "The user's password; it is sealed.", required=True, kind=SECRET),
    )
}

_JDBC = ConnectionType(
    "JDBC", "JDBC", "Any",
    "A database at a JDBC URL; PostgreSQL and Redshift are reached.",
    ("Database",),
    (
        Property("JDBC_CONNECTION_URL",
            "The URL, as jdbc:postgresql://host:5432/database; a password in it is sealed."),
        _HOST, _PORT,
        Property("JDBC_ENGINE", "The database's kind: postgresql, redshift, mysql, oracle, sqlserver …"),
        Property("JDBC_ENGINE_VERSION", "The database's version."),
        _DATABASE, *_LOGIN, *_CERTIFICATES, *_DRIVER,
    ),
    one_of=(("JDBC_CONNECTION_URL",), ("HOST", "PORT", "JDBC_ENGINE")),
    authentication=(_BASIC,), credentials=_BASIC_CREDENTIALS, reached=_READ,
)  # fmt: skip

_KAFKA = ConnectionType(
    "KAFKA", "Apache Kafka", "Apache",
    "A Kafka cluster; its brokers can be tried.",
    ("Streaming",),
    (
        Property("KAFKA_BOOTSTRAP_SERVERS", "Brokers as host:port, with commas between.", required=True),
        Property("KAFKA_SSL_ENABLED", "Whether to use TLS.", default="true", allowed=_BOOLEANS),
        Property("KAFKA_CUSTOM_CERT", "Where a certificate of your own lies, as s3://bucket/key."),
        Property("KAFKA_SKIP_CUSTOM_CERT_VALIDATION", "Whether it is taken as it is.", default="false",
            allowed=_BOOLEANS),
        Property("KAFKA_CLIENT_KEYSTORE", "Where the client's key store lies, as s3://bucket/key."),
        Property("KAFKA_CLIENT_KEYSTORE_PASSWORD", "The key store's password; it is sealed.", kind=SECRET),
        Property("KAFKA_CLIENT_KEY_PASSWORD", "The key's password; it is sealed.", kind=SECRET),
        Property(
            "KAFKA_SASL_MECHANISM", "How the client proves who it is.",
            allowed=("SCRAM-SHA-512", "GSSAPI", "AWS_MSK_IAM", "PLAIN"),
        ),
        Property("KAFKA_SASL_PLAIN_USERNAME", "The user name, for PLAIN."),
        Property("KAFKA_SASL_PLAIN_PASSWORD", "The password, for PLAIN; it is sealed.", kind=SECRET),
        Property("KAFKA_SASL_SCRAM_USERNAME", "The user name, for SCRAM-SHA-512."),
        Property("KAFKA_SASL_SCRAM_PASSWORD", "The password, for SCRAM-SHA-512; it is sealed.", kind=SECRET),
        Property("KAFKA_SASL_SCRAM_SECRETS_ARN", "A secret of AWS Secrets Manager, for SCRAM-SHA-512."),
        Property("KAFKA_SASL_GSSAPI_KEYTAB", "The key table, for GSSAPI; it is sealed.", kind=SECRET),
        Property("KAFKA_SASL_GSSAPI_KRB5_CONF", "Where Kerberos' configuration lies, for GSSAPI."),
        Property("KAFKA_SASL_GSSAPI_SERVICE", "The Kerberos service, for GSSAPI."),
        Property("KAFKA_SASL_GSSAPI_PRINCIPAL", "The Kerberos principal, for GSSAPI."),
    ),
    authentication=(_BASIC,),
)  # fmt: skip

_CONNECTOR = (
    Property("CONNECTOR_TYPE", "What the connector is.", allowed=("Spark", "Athena", "Jdbc")),
    Property("CONNECTOR_URL", "Where the connector lies.", required=True),
    Property("CONNECTOR_CLASS_NAME", "The connector's class.", required=True),
    Property("CONNECTION_URL", "What the connector connects to; a password in it is sealed."),
    *_LOGIN,
)


def _mongodb(name: str, display_name: str, vendor: str) -> ConnectionType:
    return ConnectionType(
        name, display_name, vendor, f"Collections of {display_name}.", ("Database",),
        (
            Property("CONNECTION_URL",
                "The URL, as mongodb://host:27017/database; a password in it is sealed."),
            _HOST, _PORT, _DATABASE, *_LOGIN,
            Property("JDBC_ENFORCE_SSL", "Whether the connection must use TLS.", default="false",
                allowed=_BOOLEANS),
        ),
        one_of=(("CONNECTION_URL",), ("HOST",)),
        authentication=(_BASIC,), credentials=_BASIC_CREDENTIALS,
    )  # fmt: skip


def _database(
    name: str, display_name: str, vendor: str, *, reached: Reached = _KEPT, required: bool = True
) -> ConnectionType:
    """Describe a database that is found by host and port."""
    properties = (
        Property(_HOST.name, _HOST.description, required=required),
        _PORT, _DATABASE, *_LOGIN, *_CERTIFICATES, *_DRIVER,
    )  # fmt: skip
    return ConnectionType(
        name, display_name, vendor, f"Tables of {display_name}.", ("Database",), properties,
        authentication=(_BASIC,), credentials=_BASIC_CREDENTIALS, is_open=True, reached=reached,
    )  # fmt: skip


def _cloud(
    name: str, display_name: str, vendor: str, description: str, category: str, *authentication: str
) -> ConnectionType:
    """Describe a store that is found by what its vendor calls it: endpoint, account, project …"""
    properties = (
        Property("ENDPOINT", "Where the service answers."),
        Property("ENDPOINT_TYPE", "How the endpoint is reached."),
        Property("REGION", "The vendor's region."),
        Property("ROLE_ARN", "The role that reads it."),
        _DATABASE,
        _SECRET_ID,
    )
    return ConnectionType(
        name, display_name, vendor, description, (category,), properties,
        authentication=authentication, is_open=True,
    )  # fmt: skip


SYSTEMS = (
    _JDBC,
    _KAFKA,
    ConnectionType(
        "NETWORK", "Network", "Any",
        "A network to read from; HOST and PORT can be tried.",
        ("Network",), (_HOST, _PORT),
    ),
    ConnectionType(
        "CUSTOM", "Custom connector", "Any", "A connector of your own.", ("Custom",), _CONNECTOR,
        is_open=True,
    ),
    ConnectionType(
        "MARKETPLACE", "Marketplace connector", "Any", "A connector that somebody sells.", ("Custom",),
        _CONNECTOR, is_open=True,
    ),
    ConnectionType(
        "SFTP", "SFTP", "Any", "Files of an SFTP server; Glue itself lists the type and does not use it.",
        ("File",), (_HOST, _PORT, *_LOGIN), authentication=(_BASIC,), is_open=True,
    ),
    ConnectionType(
        "VIEW_VALIDATION_REDSHIFT", "Amazon Redshift views", "AWS",
        "A Redshift that checks views in its dialect.",
        ("View",),
        (_DATABASE, Property("CLUSTER_IDENTIFIER", "The cluster."), Property("WORKGROUP_NAME",
        "The workgroup."),
         _SECRET_ID, Property("REGION", "Its region.")),
    ),
    ConnectionType(
        "VIEW_VALIDATION_ATHENA", "Amazon Athena views", "AWS", "An Athena that checks views in its dialect.",
        ("View",),
        (Property("WORKGROUP_NAME", "The workgroup."), _DATABASE, Property("REGION", "Its region.")),
    ),
    _mongodb("MONGODB", "MongoDB", "MongoDB"),
    _mongodb("DOCUMENTDB", "Amazon DocumentDB", "AWS"),
    _database("POSTGRESQL", "PostgreSQL", "PostgreSQL", reached=_READ),
    _database("MYSQL", "MySQL", "Oracle"),
    _database("ORACLE", "Oracle Database", "Oracle"),
    _database("SQLSERVER", "Microsoft SQL Server", "Microsoft"),
    _database("AZURESQL", "Azure SQL", "Microsoft"),
    _database("SYNAPSE", "Azure Synapse Analytics", "Microsoft"),
    _database("DB2", "IBM Db2", "IBM"),
    _database("DB2AS400", "IBM Db2 for i (AS/400)", "IBM"),
    _database("SAPHANA", "SAP HANA", "SAP"),
    _database("TERADATA", "Teradata Vantage", "Teradata"),
    _database("VERTICA", "Vertica", "OpenText"),
    _database("CLOUDERAHIVE", "Cloudera Hive", "Cloudera"),
    _database("CLOUDERAIMPALA", "Cloudera Impala", "Cloudera"),
    _database("HBASE", "Apache HBase", "Apache"),
    _cloud("TERADATANOS", "Teradata NOS", "Teradata", "Object storage that Teradata reads.", "File", _BASIC,
        _IAM),
    _cloud("OPENSEARCH", "Amazon OpenSearch Service", "AWS", "Indexes of OpenSearch.", "Search", _BASIC),
    _cloud("AZURECOSMOS", "Azure Cosmos DB", "Microsoft", "Containers of Cosmos DB.", "Database", _CUSTOM),
    _cloud("BIGQUERY", "Google BigQuery", "Google", "Tables of BigQuery.", "Data warehouse", _CUSTOM,
        _OAUTH2),
    _cloud("DYNAMODB", "Amazon DynamoDB", "AWS", "Tables of DynamoDB.", "Database", _IAM),
    _cloud("TIMESTREAM", "Amazon Timestream", "AWS", "Series of Timestream.", "Database", _IAM),
    _cloud("CLOUDWATCH", "Amazon CloudWatch Logs", "AWS", "Log groups and streams.", "Monitoring", _IAM),
    _cloud("CLOUDWATCHMETRICS", "Amazon CloudWatch metrics", "AWS", "Metrics and samples.", "Monitoring",
        _IAM),
    _cloud("CMDB", "AWS inventory (CMDB)", "AWS", "What an AWS account has, as tables.", "Monitoring", _IAM),
    _cloud("DATALAKEGEN2", "Azure Data Lake Storage Gen2", "Microsoft", "Files of Azure.", "File", _CUSTOM,
        _OAUTH2),
    _cloud("GOOGLECLOUDSTORAGE", "Google Cloud Storage", "Google", "Files of Google Cloud.", "File", _CUSTOM),
    _cloud("TPCDS", "TPC-DS", "TPC", "The tables of the TPC-DS benchmark, made up as they are read.",
        "Sample"),
)  # fmt: skip
