"""Dumps of Hive metastores with what real ones have: Windows line ends, ACID tables, default partitions."""

import gzip

import pytest
from api_fixtures import REGION
from transfer_fixtures import EVERYTHING, Mover, without_header

from isinglass.transfer.hive.metastore import hive_entries
from isinglass.transfer.importing import import_records
from isinglass.transfer.putting import Target
from isinglass.transfer.records import decode
from isinglass.transfer.report import Choices, Report

DATABASES = ["sqlite"]
LONG = "x" * 300_000
#: Tables of the dump: columns, then rows; `None` is NULL.
TABLES = {
    "DBS": (["DB_ID", "DESC", "DB_LOCATION_URI", "NAME", "CTLG_NAME"], [[1, None, "s3://lake/w", "Büro", "hive"]]),
    "CDS": (["CD_ID"], [[1]]),
    "COLUMNS_V2": (["CD_ID", "COMMENT", "COLUMN_NAME", "TYPE_NAME", "INTEGER_IDX"], [[1, None, "id", "bigint", 0]]),
    "SERDES": (["SERDE_ID", "NAME", "SLIB"], [[1, None, "org.apache.hadoop.hive.ql.io.orc.OrcSerde"]]),
    "SDS": (
        ["SD_ID", "CD_ID", "INPUT_FORMAT", "IS_COMPRESSED", "IS_STOREDASSUBDIRECTORIES", "LOCATION", "NUM_BUCKETS", "OUTPUT_FORMAT", "SERDE_ID"],
        [
            [1, 1, "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat", "f", "f", "s3://lake/w/acid", 8, "o", 1],
            [2, 1, "i", "f", "f", "s3://lake/w/acid/day=__HIVE_DEFAULT_PARTITION__", -1, "o", 1],
            [3, 1, "i", "f", "f", None, -1, "o", 1],
        ],
    ),
    "TBLS": (
        ["TBL_ID", "CREATE_TIME", "DB_ID", "LAST_ACCESS_TIME", "OWNER", "RETENTION", "SD_ID", "TBL_NAME", "TBL_TYPE", "VIEW_EXPANDED_TEXT", "VIEW_ORIGINAL_TEXT"],
        [
            [1, 0, 1, 0, "ann", 0, 1, "acid", "MANAGED_TABLE", None, None],
            [2, 0, 1, 0, "ann", 0, 3, "seen", "VIRTUAL_VIEW", "SELECT\t`id`\nFROM `acid`", "select id\nfrom acid"],
        ],
    ),
    "TABLE_PARAMS": (["TBL_ID", "PARAM_KEY", "PARAM_VALUE"], [[1, "transactional", "true"], [1, "spark.sql.sources.schema", LONG]]),
    "PARTITION_KEYS": (["TBL_ID", "PKEY_COMMENT", "PKEY_NAME", "PKEY_TYPE", "INTEGER_IDX"], [[1, None, "day", "string", 0]]),
    "PARTITIONS": (["PART_ID", "CREATE_TIME", "LAST_ACCESS_TIME", "PART_NAME", "SD_ID", "TBL_ID"], [[1, 0, 0, "day=__HIVE_DEFAULT_PARTITION__", 2, 1]]),
    "PARTITION_KEY_VALS": (["PART_ID", "PART_KEY_VAL", "INTEGER_IDX"], [[1, "__HIVE_DEFAULT_PARTITION__", 0]]),
    "BUCKETING_COLS": (["SD_ID", "BUCKET_COL_NAME", "INTEGER_IDX"], [[1, "id", 0]]),
    "SORT_COLS": (["SD_ID", "COLUMN_NAME", "ORDER", "INTEGER_IDX"], [[1, "id", 1, 0]]),
}  # fmt: skip


def copied(value) -> str:
    text = str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    return "\\N" if value is None else text


def dump(end: str) -> bytes:
    """Write what pg_dump would, with the line ends of a system."""
    lines = []
    for table, (columns, rows) in TABLES.items():
        named = ", ".join(f'"{column}"' for column in columns)
        lines.append(f'COPY public."{table}" ({named}) FROM stdin;')
        lines += ["\t".join(map(copied, row)) for row in rows]
        lines += ["\\.", ""]
    return end.join(lines).encode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_awkward_dump_is_read_whole_with_any_line_ends(api, tmp_path, end):
    path = tmp_path / "dump.sql.gz"
    path.write_bytes(gzip.compress(dump(end)))
    mover, account, notes = Mover(api), "600000000001", list[str]()
    report = Report(Choices(wanted=EVERYTHING))
    entries = hive_entries(str(path), "hive", notes.append)
    import_records(Target(mover.glue(account), account, REGION, report), entries)
    assert (report.failures, notes) == (0, ["1 tables are transactional: jobs here do not read such files"])
    exported = mover.export(account)
    made = {str(found): found.input for found in map(decode, without_header(exported).splitlines())}
    acid = made["Table büro.acid"]
    assert acid["Parameters"] == {"transactional": "true", "spark.sql.sources.schema": LONG}
    descriptor = acid["StorageDescriptor"]
    assert (descriptor["NumberOfBuckets"], descriptor["BucketColumns"]) == (8, ["id"])
    assert descriptor["SortColumns"] == [{"Column": "id", "SortOrder": 1}]
    view = made["Table büro.seen"]
    assert (view["TableType"], view["ViewOriginalText"]) == ("VIRTUAL_VIEW", "select id\nfrom acid")
    assert view["ViewExpandedText"] == "SELECT\t`id`\nFROM `acid`"
    partition = made["Partition büro.acid __HIVE_DEFAULT_PARTITION__"]
    assert partition["StorageDescriptor"]["Location"].endswith("day=__HIVE_DEFAULT_PARTITION__")


def test_catalog_file_with_windows_line_ends_and_lines_twice_is_the_same_catalog(api):
    mover, first, second = Mover(api), "600000000002", "600000000003"
    text = "".join(
        f"{line}\n"
        for line in [
            '{"Kind":"Catalog","Format":"isinglass-catalog","FormatVersion":1,"CatalogId":"111111111111","Region":"r"}',
            '{"Kind":"Database","DatabaseName":"d"}',
            '{"Kind":"Table","DatabaseName":"d","TableName":"t","Input":{"PartitionKeys":[{"Name":"p","Type":"string"}]}}',
            '{"Kind":"Partition","DatabaseName":"d","TableName":"t","Values":["1"]}',
            '{"Kind":"Partition","DatabaseName":"d","TableName":"t","Values":["2"]}',
        ]
    ).encode()
    assert mover.put(first, text).failures == 0
    twice = b"".join(line * 2 for line in text.replace(b"\n", b"\r\n").splitlines(keepends=True))
    report = mover.put(second, twice)
    assert report.by_kind() == {
        "Database": {"created": 1, "unchanged": 1}, "Table": {"created": 1}, "Partition": {"created": 2, "unchanged": 2},
    }  # fmt: skip
    assert without_header(mover.export(first)) == without_header(mover.export(second))


def test_table_of_nearly_ten_megabytes_moves(api):
    mover, account = Mover(api), "600000000004"
    parameters = {f"p{n}": "é" + "x" * 500_000 for n in range(18)}
    glue = api.client("glue", account)
    glue.create_database(DatabaseInput={"Name": "d"})
    glue.create_table(DatabaseName="d", TableInput={"Name": "large", "Parameters": parameters})
    exported = mover.export(account)
    assert 8_000_000 < len(exported) < 10_000_000
    assert mover.put("600000000005", exported).failures == 0
    assert without_header(mover.export("600000000005")) == without_header(exported)
