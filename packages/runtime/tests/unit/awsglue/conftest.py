"""A GlueContext over the embedded engine, one session for all tests of the folder."""

import pytest

from isinglass_runtime.run import RunSettings


@pytest.fixture(scope="session")
def glue_context(tmp_path_factory):
    from isinglass_runtime import run
    from isinglass_runtime.spark_context import install

    install()
    run.use(RunSettings(run_id="", scratch_dir=str(tmp_path_factory.mktemp("scratch"))))
    from awsglue.context import GlueContext

    return GlueContext()


@pytest.fixture(scope="session")
def spark(glue_context):
    return glue_context.spark_session
