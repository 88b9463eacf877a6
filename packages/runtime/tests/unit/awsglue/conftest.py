"""Frames for the tests of the folder, on the embedded engine."""

import pytest

from isinglass_runtime.testing import glue_context, run_glue_script

__all__ = ["glue_context", "run_glue_script"]


@pytest.fixture(scope="session")
def spark(glue_context):
    return glue_context.spark_session


@pytest.fixture
def make(glue_context):
    """Build a frame from rows, a schema in DDL, and the paths of its choices."""
    from awsglue.dynamicframe import DynamicFrame
    from isinglass_runtime.frames.frame import Frame
    from isinglass_runtime.frames.paths import parse_path

    def build(rows, schema, choices=(), name="frame"):
        df = glue_context.spark_session.createDataFrame(rows, schema)
        frame = Frame(df, frozenset(parse_path(path) for path in choices))
        return DynamicFrame(lambda: frame, glue_context, name)

    return build


@pytest.fixture
def records():
    """Give a frame's records as plain values, choices unwrapped."""
    from isinglass_runtime.frames.display import collect_records

    return lambda frame: collect_records(frame.resolved(), 1000)


@pytest.fixture
def tree():
    """Give a frame's schema as printSchema prints it, without the word root."""
    from isinglass_runtime.frames.display import schema_tree

    return lambda frame: schema_tree(frame.schema()).splitlines()[1:]
