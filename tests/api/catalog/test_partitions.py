"""Partitions, one at a time and in batches, as boto3 sees them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

MISMATCH = (
    "InvalidInputException",
    "The number of partition keys do not match the number of partition values",
)
TAKEN = ("AlreadyExistsException", "Partition already exists.")
MISSING = ("EntityNotFoundException", "Cannot find partition.")


def _errors(errors: list[Any], member: str = "PartitionValues") -> list[tuple[list[str], str]]:
    return [(error[member], error["ErrorDetail"]["ErrorCode"]) for error in errors]


def test_create_partition_reads_back_with_defaults(catalog: Any) -> None:
    descriptor = {"Columns": [{"Name": "id", "Type": "int"}], "Location": "s3://b/"}
    given = {"Values": ["2024", "São Paulo"], "StorageDescriptor": descriptor, "Parameters": {"k": "v"}}
    catalog.glue.create_partition(**catalog.orders, PartitionInput=given)
    partition = catalog.glue.get_partition(**catalog.orders, PartitionValues=given["Values"])["Partition"]
    partition.pop("CreationTime")
    defaults = {
        "Compressed": False,
        "NumberOfBuckets": 0,
        "SortColumns": [],
        "StoredAsSubDirectories": False,
    }
    assert partition == {
        **given,
        "StorageDescriptor": {**descriptor, **defaults},
        **catalog.orders,
        "CatalogId": "123456789012",
    }


def test_create_partition_twice_already_exists(catalog: Any, error_of: Any) -> None:
    given = {"Values": ["2024", "a"]}
    catalog.glue.create_partition(**catalog.orders, PartitionInput=given)
    assert error_of(catalog.glue.create_partition, **catalog.orders, PartitionInput=given) == TAKEN


def test_operation_with_a_wrong_number_of_values_is_invalid(catalog: Any, error_of: Any) -> None:
    for operation, arguments in [
        ("create_partition", {"PartitionInput": {"Values": ["1"]}}),
        ("get_partition", {"PartitionValues": ["1", "2", "3"]}),
        ("delete_partition", {"PartitionValues": []}),
        ("update_partition", {"PartitionValueList": ["1"], "PartitionInput": {}}),
        ("update_partition", {"PartitionValueList": ["1", "2"], "PartitionInput": {"Values": ["1"]}}),
        ("batch_get_partition", {"PartitionsToGet": [{"Values": ["1"]}]}),
    ]:
        answer = error_of(getattr(catalog.glue, operation), **catalog.orders, **arguments)
        assert answer == MISMATCH, operation


def test_partition_from_before_the_keys_changed_is_found_by_its_values(catalog: Any, error_of: Any) -> None:
    glue, orders, old = catalog.glue, catalog.orders, ["2024", "a"]
    assert catalog.add_partitions(old, ["2024", "b"]) == []
    glue.update_table(
        DatabaseName="sales",
        TableInput={"Name": "orders", "PartitionKeys": [{"Name": "year", "Type": "int"}]},
    )
    assert catalog.add_partitions(["2025"]) == []
    glue.update_partition(**orders, PartitionValueList=old, PartitionInput={"Parameters": {"k": "v"}})
    entry = {"PartitionValueList": ["2024", "b"], "PartitionInput": {"Values": ["2026"]}}
    assert glue.batch_update_partition(**orders, Entries=[entry])["Errors"] == []
    found = glue.get_partition(**orders, PartitionValues=old)["Partition"]
    assert (found["Values"], found["Parameters"]) == (old, {"k": "v"})
    wanted = [{"Values": values} for values in (["2025"], old, ["2023"])]
    answer = glue.batch_get_partition(**orders, PartitionsToGet=wanted)
    assert [each["Values"] for each in answer["Partitions"]] == [["2025"], old]
    for operation, arguments in [
        ("create_partition", {"PartitionInput": {"Values": ["2024", "c"]}}),
        ("get_partition", {"PartitionValues": ["2024", "c"]}),
        ("update_partition", {"PartitionValueList": ["2024", "c"], "PartitionInput": {}}),
        ("update_partition", {"PartitionValueList": old, "PartitionInput": {"Values": ["2024", "c"]}}),
    ]:
        assert error_of(getattr(glue, operation), **orders, **arguments) == MISMATCH, operation
    assert catalog.partitions() == [["2024", "a"], ["2025"], ["2026"]]


def test_operation_on_values_that_no_database_keeps_is_invalid(catalog: Any, error_of: Any) -> None:
    bad = ["1", "a\0"]
    for operation, arguments in [
        ("create_partition", {"PartitionInput": {"Values": bad}}),
        ("get_partition", {"PartitionValues": bad}),
        ("delete_partition", {"PartitionValues": bad}),
        ("update_partition", {"PartitionValueList": bad, "PartitionInput": {}}),
        ("batch_get_partition", {"PartitionsToGet": [{"Values": bad}]}),
    ]:
        code, message = error_of(getattr(catalog.glue, operation), **catalog.orders, **arguments)
        assert (code, message[-6:]) == ("InvalidInputException", "U+0000"), operation


def test_operation_on_a_missing_partition_is_not_found(catalog: Any, error_of: Any) -> None:
    for operation, arguments in [
        ("get_partition", {"PartitionValues": ["1", "2"]}),
        ("delete_partition", {"PartitionValues": ["1", "2"]}),
        ("update_partition", {"PartitionValueList": ["1", "2"], "PartitionInput": {"Values": ["1", "3"]}}),
    ]:
        answer = error_of(getattr(catalog.glue, operation), **catalog.orders, **arguments)
        assert answer == MISSING, operation


def test_batch_create_partition_tells_what_it_could_not_and_creates_the_rest(catalog: Any) -> None:
    catalog.add_partitions(["2024", "a"])
    errors = catalog.add_partitions(["2024", "b"], ["2024"], ["2024", "a"], ["2024", "c"], ["2024", "b"])
    assert _errors(errors) == [
        (["2024"], "InvalidInputException"),
        (["2024", "a"], "AlreadyExistsException"),
        (["2024", "b"], "AlreadyExistsException"),
    ]
    assert catalog.partitions() == [["2024", "a"], ["2024", "b"], ["2024", "c"]]


def test_batch_get_partition_leaves_missing_ones_out_and_keeps_the_order(catalog: Any) -> None:
    catalog.add_partitions(["1", "a"], ["1", "b"])
    wanted = [{"Values": values} for values in (["1", "b"], ["9", "z"], ["1", "a"], ["1", "b"])]
    answer = catalog.glue.batch_get_partition(**catalog.orders, PartitionsToGet=wanted)
    assert [partition["Values"] for partition in answer["Partitions"]] == [["1", "b"], ["1", "a"]]
    assert answer["UnprocessedKeys"] == []


def test_update_partition_replaces_the_definition_and_may_move_it(catalog: Any, error_of: Any) -> None:
    catalog.add_partitions(["1", "a"], ["1", "b"], Parameters={"k": "old"})
    update, values = catalog.glue.update_partition, ["1", "a"]
    update(**catalog.orders, PartitionValueList=values, PartitionInput={"Values": ["2", "a"]})
    assert catalog.partitions() == [["1", "b"], ["2", "a"]]
    moved = catalog.glue.get_partition(**catalog.orders, PartitionValues=["2", "a"])["Partition"]
    assert "Parameters" not in moved
    taken = {"PartitionValueList": ["2", "a"], "PartitionInput": {"Values": ["1", "b"]}}
    assert error_of(update, **catalog.orders, **taken) == TAKEN


def test_batch_update_partition_tells_what_it_could_not(catalog: Any) -> None:
    catalog.add_partitions(["1", "a"], ["1", "b"])
    moves = [(["1", "a"], ["1", "b"]), (["9", "z"], ["9", "y"]), (["1", "b"], ["1", "c"])]
    entries = [{"PartitionValueList": old, "PartitionInput": {"Values": new}} for old, new in moves]
    answer = catalog.glue.batch_update_partition(**catalog.orders, Entries=entries)
    assert _errors(answer["Errors"], "PartitionValueList") == [
        (["1", "a"], "AlreadyExistsException"),
        (["9", "z"], "EntityNotFoundException"),
    ]
    assert catalog.partitions() == [["1", "a"], ["1", "c"]]


def test_batch_delete_partition_tells_what_it_could_not(catalog: Any) -> None:
    catalog.add_partitions(["1", "a"], ["1", "b"])
    entries = [{"Values": values} for values in (["1", "a"], ["1"], ["9", "z"])]
    answer = catalog.glue.batch_delete_partition(**catalog.orders, PartitionsToDelete=entries)
    assert _errors(answer["Errors"]) == [
        (["1"], "InvalidInputException"),
        (["9", "z"], "EntityNotFoundException"),
    ]
    assert catalog.partitions() == [["1", "b"]]


def test_batch_delete_partition_of_more_than_25_is_refused(catalog: Any, error_of: Any) -> None:
    entries = [{"Values": ["1", str(n)]} for n in range(26)]
    code, _ = error_of(catalog.glue.batch_delete_partition, **catalog.orders, PartitionsToDelete=entries)
    assert code in ("InvalidInputException", "ValidationException")


def test_get_partitions_without_the_column_schema_leaves_columns_out(catalog: Any) -> None:
    columns = [{"Name": "id", "Type": "int"}]
    catalog.add_partitions(["1", "a"], StorageDescriptor={"Columns": columns, "Location": "s3://b/"})
    [partition] = catalog.glue.get_partitions(**catalog.orders, ExcludeColumnSchema=True)["Partitions"]
    assert partition["StorageDescriptor"] == {
        "Location": "s3://b/",
        "Compressed": False,
        "NumberOfBuckets": 0,
        "SortColumns": [],
        "StoredAsSubDirectories": False,
    }


def test_segments_split_the_listing_without_overlap(catalog: Any) -> None:
    everything = [["2024", f"c{n:02}"] for n in range(60)]
    catalog.add_partitions(*everything)
    for total in (1, 3, 10):
        found = [
            values
            for number in range(total)
            for values in catalog.partitions(
                Segment={"SegmentNumber": number, "TotalSegments": total},
                Expression="city <> 'c00'",
                PaginationConfig={"PageSize": 7},
            )
        ]
        assert sorted(found) == everything[1:]


def test_segment_beyond_the_total_is_invalid(catalog: Any, error_of: Any) -> None:
    segment = {"SegmentNumber": 2, "TotalSegments": 2}
    code, _ = error_of(catalog.glue.get_partitions, **catalog.orders, Segment=segment)
    assert code == "InvalidInputException"


def test_get_partitions_with_an_expression_lists_those_it_selects(catalog: Any) -> None:
    padded, null = ["02024", "x"], ["2023", "__HIVE_DEFAULT_PARTITION__"]
    oslo, hara = ["2024", "Oslo"], ["2025", "O'Hara"]
    catalog.add_partitions(oslo, padded, hara, null)
    expected = {
        "year = 2024": [padded, oslo],
        "YEAR >= '2024' AND city LIKE 'O%'": [oslo, hara],
        "city IS NULL": [null],
        "NOT city = 'Oslo' AND year < 2025": [padded],
        "city = 'O''Hara'": [hara],
        "  ": [padded, null, oslo, hara],
    }
    assert {text: catalog.partitions(Expression=text) for text in expected} == expected


def test_get_partitions_with_a_bad_expression_or_value_says_which(catalog: Any, error_of: Any) -> None:
    catalog.add_partitions(["old", "x"])
    for expression, code, message in [
        ("year = 'int'", "InvalidInputException", '"int" is not an integer.'),
        (
            "nope = 1",
            "InvalidInputException",
            "Invalid partition expression! nope is no partition key of the table. The partition keys are year, city.",
        ),
        ("year LIKE '2%'", "InvalidInputException", "Integral data type doesn't support operation 'LIKE'"),
        ("year =", "InvalidInputException", "Unsupported expression 'year =': it ends too early"),
        ("year > 1", "InvalidStateException", '"old" is not an integer.'),
    ]:
        answer = error_of(catalog.glue.get_partitions, **catalog.orders, Expression=expression)
        assert answer == (code, message)


def test_values_of_any_text_are_kept_apart(catalog: Any) -> None:
    odd = [
        ["1", "a\x01b"],
        ["1", "a\x02b"],
        ["1", "a"],
        ["1", "x" * 1024],
        ["1", "x" * 1023],
        ["1", "é😀"],
    ]
    assert catalog.add_partitions(*odd) == []
    for values in odd:
        partition = catalog.glue.get_partition(**catalog.orders, PartitionValues=values)["Partition"]
        assert partition["Values"] == values
    assert sorted(catalog.partitions(Expression="city <> 'q'")) == sorted(odd)


def test_concurrent_batches_of_the_same_partitions_create_each_once(catalog: Any) -> None:
    values = [["1", str(n)] for n in range(50)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: catalog.add_partitions(*values), range(4)))
    assert sum(len(errors) for errors in answers) == 150
    assert sorted(catalog.partitions()) == sorted(values)


def test_changes_to_partitions_are_events_in_the_outbox(api: Any, catalog: Any) -> None:
    catalog.add_partitions(["1", "a"], ["1", "b"])
    catalog.add_partitions(["1", "a"])
    catalog.glue.delete_partition(**catalog.orders, PartitionValues=["1", "a"])
    with api.store.read() as tx:
        rows = [row for row in tx.outbox.undelivered(9) if "Table State" in row.kind]
    assert [row.payload["detail"] for row in rows] == [
        {
            "databaseName": "sales",
            "tableName": "orders",
            "typeOfChange": change,
            "changedPartitions": partitions,
        }
        for change, partitions in (("BatchCreatePartition", ["1,a", "1,b"]), ("DeletePartition", ["1,a"]))
    ]
    assert rows[0].payload["resources"] == ["arn:aws:glue:eu-west-1:123456789012:table/sales/orders"]
