"""Reading and writing files through the GlueContext, and deleting old ones."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest


def text_of(folder, pattern):
    return sorted(path.read_text() for path in folder.rglob(pattern) if path.is_file())


def test_csv_without_header_names_columns_and_keeps_empty_text(glue_context, records, tmp_path):
    (tmp_path / "a.csv").write_text("1;x\n2;\n")

    frame = glue_context.create_dynamic_frame.from_options(
        "s3", {"paths": [str(tmp_path)]}, "csv", {"separator": ";"}
    )

    assert records(frame) == [{"col0": "1", "col1": "x"}, {"col0": "2", "col1": ""}]


def test_json_types_are_found_per_value_and_bad_lines_are_errors(glue_context, records, tree, tmp_path):
    (tmp_path / "a.json").write_text('{"id":1,"v":"x"}\n{"id":3000000000,"v":2.5}\nnot json\n')

    frame = glue_context.create_dynamic_frame.from_options("s3", {"paths": [str(tmp_path)]}, "json")

    assert tree(frame) == [
        *("|-- id: choice", "|    |-- int", "|    |-- long"),
        *("|-- v: choice", "|    |-- string", "|    |-- double"),
    ]
    assert records(frame) == [{"id": 1, "v": "x"}, {"id": 3000000000, "v": 2.5}]
    assert [row.error.input for row in frame.errorsAsDynamicFrame().toDF().collect()] == ["not json"]


def test_exclusions_leave_files_out(glue_context, tmp_path):
    (tmp_path / "a.json").write_text('{"id":1}\n')
    (tmp_path / "b.pdf").write_text('{"id":2}\n')

    frame = glue_context.create_dynamic_frame.from_options(
        "s3", {"paths": [str(tmp_path)], "exclusions": '["**.pdf"]'}, "json"
    )

    assert frame.count() == 1


@pytest.mark.parametrize(
    ("format", "options", "expected"),
    [
        ("csv", {}, ['id,v\n1,x\n2,"a,b"\n']),
        ("csv", {"separator": "|", "quoteChar": -1, "writeHeader": False}, ["1|x\n2|a,b\n"]),
        ("json", {}, ['{"id":1,"v":"x"}\n{"id":2,"v":"a,b"}\n']),
    ],
)
def test_text_is_written_as_the_options_say(glue_context, make, tmp_path, format, options, expected):
    frame = make([(1, "x"), (2, "a,b")], "id int, v string").coalesce(1)

    glue_context.write_dynamic_frame.from_options(frame, "s3", {"path": str(tmp_path)}, format, options)

    assert text_of(tmp_path, f"*.{format}") == expected


def test_choices_are_text_in_csv(glue_context, make, tmp_path):
    frame = make([((1, None),), ((None, "x"),)], "v struct<int:int, string:string>", ["v"]).coalesce(1)

    glue_context.write_dynamic_frame.from_options(frame, "s3", {"path": str(tmp_path)}, "csv")

    assert text_of(tmp_path, "*.csv") == ["v\n1\nx\n"]


def test_writes_append_unless_told_to_overwrite(glue_context, make, tmp_path):
    def write(value, **options):
        frame = make([(value,)], "id int")
        glue_context.write_dynamic_frame.from_options(frame, "s3", {"path": str(tmp_path), **options}, "json")
        return sorted("".join(text_of(tmp_path, "*.json")).split())

    assert write(1) == ['{"id":1}']
    assert write(2) == ['{"id":1}', '{"id":2}']
    assert write(3, mode="overwrite") == ['{"id":3}']


def test_partition_keys_that_do_not_exist_are_refused_before_anything_is_written(
    glue_context, make, tmp_path
):
    with pytest.raises(
        ValueError, match=r"partitionKeys \['nope'\] are not fields of the frame; it has \['id'\]"
    ):
        glue_context.write_dynamic_frame.from_options(
            make([(1,)], "id int"), "s3", {"path": str(tmp_path / "out"), "partitionKeys": ["nope"]}, "json"
        )
    assert not (tmp_path / "out").exists()


def test_purge_s3_path_deletes_what_is_older_than_the_retention(glue_context, tmp_path):
    long_ago = (datetime.now(UTC) - timedelta(days=8)).timestamp()
    for name, moment in (("old.txt", long_ago), ("new.txt", None)):
        (tmp_path / "data").mkdir(exist_ok=True)
        path = tmp_path / "data" / name
        path.write_text(name)
        if moment:
            os.utime(path, (moment, moment))

    glue_context.purge_s3_path(str(tmp_path / "data"), {"manifestFilePath": str(tmp_path / "manifest")})

    assert [path.name for path in (tmp_path / "data").iterdir()] == ["new.txt"]
    assert (tmp_path / "manifest" / "Success.csv").read_text().strip().endswith("old.txt")
    assert (tmp_path / "manifest" / "Failed.csv").read_text() == ""
    with pytest.raises(ValueError, match="retentionPeriod must be a number of hours"):
        glue_context.purge_s3_path(str(tmp_path), {"retentionPeriod": "a week"})


def test_pytest_plugin_lets_people_test_their_scripts(tmp_path):
    (tmp_path / "my_job.py").write_text(
        "import sys\n"
        "from pyspark.context import SparkContext\n"
        "from awsglue.context import GlueContext\n"
        "from awsglue.utils import getResolvedOptions\n"
        "def double(frame):\n    return frame.map(lambda r: {'n': r['n'] * 2})\n"
        "if __name__ == '__main__':\n"
        "    args = getResolvedOptions(sys.argv, ['JOB_NAME', 'day'])\n"
        "    spark = GlueContext(SparkContext.getOrCreate()).spark_session\n"
        "    answer = spark.sql('select 42 as n').collect()[0].n\n"
    )
    (tmp_path / "test_my_job.py").write_text(
        "from my_job import double\n"
        "from awsglue.dynamicframe import DynamicFrame\n"
        "def test_double(glue_context):\n"
        "    df = glue_context.spark_session.createDataFrame([(4,)], 'n int')\n"
        "    assert double(DynamicFrame.fromDF(df, glue_context)).toDF().collect()[0].n == 8\n"
        "def test_script(run_glue_script):\n"
        "    scope = run_glue_script('my_job.py', {'day': 'monday'})\n"
        "    assert (scope['answer'], scope['args']['day']) == (42, 'monday')\n"
    )

    # The plugin is found by its entry point, as it is where people install it.
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)

    last = (done.stdout.strip().splitlines() or [""])[-1]
    assert (done.returncode, last[:8]) == (0, "2 passed"), (done.returncode, done.stdout, done.stderr)
