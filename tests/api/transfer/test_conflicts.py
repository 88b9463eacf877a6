"""Imports into a catalog that has something already, and of files that are not all right."""

import json

import pytest
from api_fixtures import ROOT_ACCOUNT
from transfer_fixtures import EVERYTHING, Mover, lines, without_header

from isinglass.transfer.importing import entries_of
from isinglass.transfer.records import Record, decode, encode, header
from isinglass.transfer.report import Change, Choices, Problem, Report, Stopped
from isinglass.transfer.secrets import PassphraseSeal

DATABASES = ["sqlite"]

T = {"DatabaseName": "d", "TableName": "t"}
KEYS = {"PartitionKeys": [{"Name": "p", "Type": "string"}]}
COLUMNS = {"StorageDescriptor": {"Columns": [{"Name": "a", "Type": "int"}]}}
COUNTS = {"NumberOfNulls": 0, "NumberOfDistinctValues": 3}


def statistics(distinct):
    data = {"Type": "LONG", "LongColumnStatisticsData": {**COUNTS, "NumberOfDistinctValues": distinct}}
    return {"ColumnType": "int", "AnalyzedTime": 5, "StatisticsData": data}


def catalog(word, distinct=3):
    """Make a catalog whose every thing has a word in it."""
    jdbc = {
        "ConnectionType": "JDBC",
        "ConnectionProperties": {"JDBC_CONNECTION_URL": f"jdbc:postgresql://{word}/x"},
    }
    made = [
        header("1" * 12, "r"),
        Record("Connection", {"Name": "c"}, jdbc),
        Record("Database", {"DatabaseName": "d"}, {"Description": word}, {"Tags": {"word": word}}),
        Record("Function", {"DatabaseName": "d", "FunctionName": "f"}, {"ClassName": word}),
        Record("Table", T, {**KEYS, **COLUMNS, "Description": word}),
        Record("TableStatistics", {**T, "ColumnName": "a"}, statistics(distinct)),
        Record("Partition", {**T, "Values": ["1"]}, {**COLUMNS, "Parameters": {"word": word}}),
        Record("Partition", {**T, "Values": [f"only {word}"]}),
        Record("PartitionStatistics", {**T, "Values": ["1"], "ColumnName": "a"}, statistics(distinct)),
    ]
    return b"".join(encode(record) for record in made)


KINDS = ["Connection", "Database", "Function", "Table", "TableStatistics", "Partition", "PartitionStatistics"]


@pytest.fixture
def mover(api) -> Mover:
    mover = Mover(api)
    mover.put(ROOT_ACCOUNT, catalog("old"))
    return mover


def test_conflicts_skipped_leave_everything_and_a_table_with_its_partitions(mover):
    before = mover.export(ROOT_ACCOUNT)
    report = mover.put(ROOT_ACCOUNT, catalog("new", 4))
    assert report.by_kind() == {
        "Connection": {"skipped": 1}, "Database": {"skipped": 1}, "Function": {"skipped": 1}, "Table": {"skipped": 1},
        "Partition": {"skipped": 2}, "PartitionStatistics": {"skipped": 1},
    }  # fmt: skip
    assert mover.export(ROOT_ACCOUNT) == before


def test_conflicts_replaced_take_what_the_file_says_and_keep_the_rest(mover):
    report = mover.put(ROOT_ACCOUNT, catalog("new", 4), on_conflict="replace")
    assert report.by_kind() == {kind: {"replaced": 1} for kind in KINDS} | {
        "Partition": {"created": 1, "replaced": 1}
    }
    assert Change("Table d.t", "replaced", ['Description: "old" -> "new"']) in report.changes
    kept = encode(Record("Partition", {**T, "Values": ["only old"]}))
    exported = mover.export(ROOT_ACCOUNT)
    assert kept in exported
    assert mover.put(ROOT_ACCOUNT, catalog("new", 4)).by_kind().keys() == set(KINDS)
    old = [str(decode(line)) for line in exported.splitlines() if b'"old"' in line]
    assert old == ["TableVersion d.t 0"]  # its history


@pytest.mark.parametrize("on_conflict", ["skip", "replace"])
def test_dry_run_says_the_same_and_writes_nothing(mover, on_conflict):
    before = mover.export(ROOT_ACCOUNT)
    new = catalog("new", 4) + encode(Record("Table", {**T, "TableName": "u"}, KEYS))
    new += encode(Record("Partition", {**T, "TableName": "u", "Values": ["1"]}))
    told = mover.put(ROOT_ACCOUNT, new, on_conflict=on_conflict, dry_run=True)
    assert mover.export(ROOT_ACCOUNT) == before
    done = mover.put(ROOT_ACCOUNT, new, on_conflict=on_conflict)
    assert told.counts == done.counts
    assert sorted(map(str, told.changes)) == sorted(map(str, done.changes))


def test_conflict_refused_stops_and_says_in_what_it_differs(mover):
    new = encode(Record("Database", {"DatabaseName": "d"}, {"Description": "new"}))
    with pytest.raises(Stopped) as stopped:
        mover.put(ROOT_ACCOUNT, new, on_conflict="fail")
    assert stopped.value.conflict
    expected = 'f:1: Database d: it is there already and differs in Description: "old" -> "new"'
    assert str(stopped.value) == expected


STRAY = encode(Record("PartitionStatistics", {**T, "Values": ["none"], "ColumnName": "a"}, statistics(3)))
BAD = b'{"Kind":"Partition","DatabaseName":"d","TableName":"t","Values":["1","2"]}\n'
REFUSED = [
    (STRAY, Problem("f:1", "PartitionStatistics d.t none a", "EntityNotFoundException: Cannot find partition.")),
    (b"{\n", Problem("f:1", "", "it is not JSON: unexpected end of data: line 2 column 1 (char 2)")),
    (BAD, Problem("f:1", "Partition d.t 1/2", "InvalidInputException: The number of partition keys do not match the number of partition values")),
    (encode(Record("Table", {"DatabaseName": "nope", "TableName": "t"})), Problem("f:1", "Table nope.t", "EntityNotFoundException: Database nope not found.")),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "problem"), REFUSED)
def test_bad_record_stops_or_is_told_of_while_the_rest_goes_on(mover, bad, problem):
    good = encode(Record("Partition", {**T, "Values": ["good"]}))
    with pytest.raises(Stopped) as stopped:
        mover.put(ROOT_ACCOUNT, bad)
    assert stopped.value.problem == problem
    report = mover.put(ROOT_ACCOUNT, bad + good, go_on=True)
    assert report.problems == [problem]
    assert report.counts["Partition", "created"] == 1
    assert good in mover.export(ROOT_ACCOUNT)


def test_partition_that_no_request_may_hold_does_not_take_the_others_with_it(mover):
    long = Record("Partition", {**T, "Values": ["long"]}, {"StorageDescriptor": {"Location": "x" * 3000}})
    good = [Record("Partition", {**T, "Values": [str(number)]}) for number in range(100, 130)]
    text = b"".join(encode(record) for record in [*good[:7], long, *good[7:]])
    report = mover.put(ROOT_ACCOUNT, text, go_on=True)
    assert report.by_kind() == {"Partition": {"created": 30, "failed": 1}}
    [problem] = report.problems
    assert (problem.where, problem.what) == ("f:8", "Partition d.t long")
    assert problem.why.startswith("ValidationException: ")


def test_index_of_other_keys_stays_and_is_told_of(mover):
    two = {"PartitionKeys": [{"Name": "p", "Type": "string"}, {"Name": "q", "Type": "string"}]}

    def indexed(*keys):
        index = [{"IndexName": "i", "Keys": list(keys)}]
        return encode(Record("Table", {**T, "TableName": "u"}, two, {"PartitionIndexes": index}))

    mover.put(ROOT_ACCOUNT, indexed("p"))
    report = mover.put(ROOT_ACCOUNT, indexed("q"), go_on=True)
    assert report.problems == [Problem("f:1", "Table d.u", "index i is there already and has the keys p")]


def test_secrets_travel_sealed_and_only_with_their_passphrase(mover, api):
    glue = api.client("glue")
    properties = {"JDBC_CONNECTION_URL": "jdbc:postgresql://old/x", "USERNAME": "u", "PASSWORD": "hunter2"}
    glue.update_connection(
        Name="c", ConnectionInput={"Name": "c", "ConnectionType": "JDBC", "ConnectionProperties": properties}
    )
    open_text, seal = mover.export(ROOT_ACCOUNT), PassphraseSeal("correct", ROOT_ACCOUNT)
    sealed_text = mover.export(ROOT_ACCOUNT, seal=seal)
    assert b"hunter2" not in open_text + sealed_text

    def password(account_id):
        found = api.client("glue", account_id).get_connection(Name="c")["Connection"]
        return found["ConnectionProperties"].get("PASSWORD")

    mover.put("2" * 12, open_text)
    assert password("2" * 12) is None
    mover.put("3" * 12, sealed_text, seal=seal)
    assert password("3" * 12) == "hunter2"
    # A file without secrets does not take away those that are there.
    replaced = mover.put("3" * 12, open_text.replace(b"//old/", b"//new/"), on_conflict="replace")
    assert replaced.counts["Connection", "replaced"] == 1
    assert password("3" * 12) == "hunter2"
    [change] = mover.put("2" * 12, sealed_text, seal=seal, on_conflict="replace").changes
    assert change == Change(
        "Connection c", "replaced", ['ConnectionProperties.PASSWORD: nothing -> "another secret"']
    )
    assert password("2" * 12) == "hunter2"
    wrong = mover.put("4" * 12, sealed_text, seal=PassphraseSeal("wrong", ROOT_ACCOUNT), go_on=True)
    assert [problem.why for problem in wrong.problems] == [
        "the secrets of connection c were sealed with another passphrase"
    ]


HAND_MADE = {
    "ConnectionType": "JDBC",
    "ConnectionProperties": {
        "JDBC_CONNECTION_URL": "jdbc:postgresql://u:in-a-url@h/x",
        "PASSWORD": "in-the-clear",
    },
}


def test_secrets_in_the_clear_are_taken_and_never_told(mover, api):
    made = encode(Record("Connection", {"Name": "h"}, HAND_MADE))
    mover.put(ROOT_ACCOUNT, made)
    assert mover.put(ROOT_ACCOUNT, made).by_kind() == {"Connection": {"unchanged": 1}}
    other = made.replace(b"in-a-url", b"still-in-a-url").replace(b"in-the-clear", b"still-in-the-clear")
    report = mover.put(ROOT_ACCOUNT, other, on_conflict="replace")
    assert report.changes == [
        Change("Connection h", "replaced", [f'ConnectionProperties.{name}: nothing -> "another secret"'
                                            for name in ("JDBC_CONNECTION_URL", "PASSWORD")])
    ]  # fmt: skip
    found = api.client("glue").get_connection(Name="h")["Connection"]["ConnectionProperties"]
    assert found == {
        "JDBC_CONNECTION_URL": "jdbc:postgresql://u:still-in-a-url@h/x", "PASSWORD": "still-in-the-clear",
    }  # fmt: skip


def test_url_with_a_password_does_not_stay_where_another_url_is_wanted(mover, api):
    mover.put(ROOT_ACCOUNT, encode(Record("Connection", {"Name": "h"}, HAND_MADE)))
    other = {
        "ConnectionType": "JDBC",
        "ConnectionProperties": {"JDBC_CONNECTION_URL": "jdbc:postgresql://u@new/x"},
    }
    mover.put(ROOT_ACCOUNT, encode(Record("Connection", {"Name": "h"}, other)), on_conflict="replace")
    found = api.client("glue").get_connection(Name="h")["Connection"]["ConnectionProperties"]
    assert found == {"JDBC_CONNECTION_URL": "jdbc:postgresql://u@new/x", "PASSWORD": "in-the-clear"}


class Racing:
    """A catalog in which somebody else makes each table just before."""

    def __init__(self, glue):
        self.glue = glue

    def call(self, operation, request):
        if operation == "CreateTable":
            theirs = {**request["TableInput"], "Description": "theirs"}
            self.glue.call(operation, {**request, "TableInput": theirs})
        return self.glue.call(operation, request)


@pytest.mark.parametrize("versions", [0, 2])
def test_table_that_somebody_makes_meanwhile_is_compared(mover, versions):
    names = {**T, "TableName": "raced"}
    made = [
        Record("TableVersion", {**names, "VersionId": str(number)}, {"Description": str(number)})
        for number in range(versions)
    ]
    text = b"".join(encode(record) for record in [*made, Record("Table", names, {"Description": "ours"})])
    report = mover.put(ROOT_ACCOUNT, text, glue=Racing(mover.glue(ROOT_ACCOUNT)))
    assert report.changes == [Change("Table d.raced", "skipped", ['Description: "theirs" -> "ours"'])]


def test_version_without_its_table_is_told(mover):
    stray = Record("TableVersion", {**T, "TableName": "u", "VersionId": "0"}, {})
    report = mover.put(ROOT_ACCOUNT, encode(stray), go_on=True)
    why = "the table that it is a version of does not follow"
    assert report.problems == [Problem("f:1", "TableVersion d.u 0", why)]


def test_tags_that_a_file_does_not_speak_of_stay_and_are_no_difference(mover, api):
    glue = api.client("glue")
    arn = f"arn:aws:glue:us-east-1:{ROOT_ACCOUNT}:database/d"
    glue.tag_resource(ResourceArn=arn, TagsToAdd={"word": "other", "more": "m"})
    database = encode(
        Record("Database", {"DatabaseName": "d"}, {"Description": "old"}, {"Tags": {"word": "new"}})
    )
    [change] = mover.put(ROOT_ACCOUNT, database, on_conflict="replace").changes
    assert change == Change("Database d", "replaced", ['Tags.word: "other" -> "new"'])
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"word": "new", "more": "m"}
    assert mover.put(ROOT_ACCOUNT, database).by_kind() == {"Database": {"unchanged": 1}}


def test_report_tells_programs_everything(mover):
    report = mover.put(ROOT_ACCOUNT, b"{\n" + catalog("old"), go_on=True)
    assert json.loads(json.dumps(report.document())) == {
        "DryRun": False,
        "Counts": {
            "Line": {"failed": 1},
            **{kind: {"unchanged": 1} for kind in KINDS},
            "Partition": {"unchanged": 2},
        },
        "Changes": [],
        "Problems": [{"Where": "f:1", "What": "", "Why": REFUSED[1][1].why}],
    }


def test_lines_are_read_only_as_they_are_needed():
    def endless():
        while True:
            yield from lines(catalog("x"))

    entries = entries_of(endless(), Report(Choices(wanted=EVERYTHING)))
    assert [next(entries).record.kind for _ in range(3)] == ["Catalog", "Connection", "Database"]


def test_empty_catalog_is_a_header(api):
    assert without_header(Mover(api).export("5" * 12)) == b""
