"""Files of JSON are shared out between the engine's reader and the tolerant one."""

import pytest
from pyspark.sql.types import StructType

from isinglass_connectors.storage.storage import Storage
from isinglass_runtime.io.listing import InputFile, Listing
from isinglass_runtime.io.scan import Scan

CLEAN = b'{"a":1.5}\n'
BROKEN = b'{"a":1.5}\n{"a":\n'
TEXT = b'{"a":1.5}\n{"a":"x"}\n'


@pytest.mark.parametrize(
    ("files", "choices", "dirty"),
    [
        ([CLEAN, CLEAN], {}, set()),
        ([CLEAN, BROKEN, CLEAN, BROKEN], {}, {1, 3}),
        ([CLEAN, BROKEN, TEXT, CLEAN], {"a": ("double", "string")}, {0, 1, 2, 3}),
    ],
)
def test_plan_with_choices_gives_the_engine_clean_files_of_one_type(tmp_path, files, choices, dirty):
    paths = [tmp_path / f"{number}.json" for number in range(len(files))]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    storage = Storage()
    listing = Listing((), tuple(InputFile(storage.stat(str(path))) for path in paths))

    plan = Scan.plan(
        None,
        listing,
        format="json",
        options={},
        columns=StructType().add("a", "double"),
        partition_schema=StructType([]),
        style="dynamic",
        find_choices=True,
    )

    found = {number for number, file in enumerate(listing.files) if file in plan.dirty.files}
    assert (plan.choices, found) == (choices, dirty)
    assert {*plan.dirty.files, *plan.clean.files} == {*listing.files}
