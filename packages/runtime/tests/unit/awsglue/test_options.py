"""Connection and format options, as scripts pass them."""

import pytest

from isinglass_runtime.frames.glue_options import FileRequest, UnsupportedConnectionError, file_request


@pytest.mark.parametrize(
    ("connection_type", "connection_options", "format", "format_options", "request_"),
    [
        ("s3", {"paths": ["s3://b/a", "s3://b/b"]}, "csv", {"withHeader": True},
         FileRequest("csv", ("s3://b/a", "s3://b/b"), {"withHeader": True})),
        ("s3", {"path": "s3://b/a", "compression": "gzip"}, "json", {},
         FileRequest("json", ("s3://b/a",), {"compression": "gzip"})),
        ("parquet", {"path": "s3://b/a"}, None, {}, FileRequest("parquet", ("s3://b/a",), {})),
        ("s3", {"path": "s3://b/a"}, "glueparquet", {"compression": "snappy"},
         FileRequest("parquet", ("s3://b/a",), {"compression": "snappy"})),
        ("s3", {"paths": '["s3://b/a"]', "exclusions": '["**.pdf", "tmp/**"]'}, "CSV", {},
         FileRequest("csv", ("s3://b/a",), {}, ("**.pdf", "tmp/**"))),
        ("s3", {"paths": ["s3://b/a"], "exclusions": ["**.pdf"], "groupFiles": "inPartition"}, "json", {},
         FileRequest("json", ("s3://b/a",), {}, ("**.pdf",))),
    ],
)  # fmt: skip
def test_file_request_reads_glue_options(
    connection_type, connection_options, format, format_options, request_
):
    assert file_request(connection_type, connection_options, format, format_options) == request_


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            ("mysql", {}, None, {}),
            UnsupportedConnectionError,
            "'mysql' are not available yet; .*Python driver",
        ),
        (
            ("kafka", {}, None, {}),
            UnsupportedConnectionError,
            "'kafka' are not available yet; read or write files",
        ),
        (("s3", {"path": "x"}, None, {}), ValueError, "parameter format is missing"),
        (("s3", {"recurse": True}, "csv", {}), ValueError, "need 'path' or 'paths'; got only .'recurse'."),
        (("s3", {"path": "x", "exclusions": "**.pdf"}, "csv", {}), ValueError, "JSON list of globs"),
    ],
)
def test_file_request_that_cannot_be_met_says_why(arguments, error, message):
    with pytest.raises(error, match=message):
        file_request(*arguments)


def test_jdbc_writes_name_what_to_use_instead(glue_context, make):
    with pytest.raises(NotImplementedError, match="not available yet; read or write files"):
        glue_context.write_dynamic_frame.from_jdbc_conf(
            make([(1,)], "id int"), "connection", {"dbtable": "t"}
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"table_name": "t"}, "Parameter name_space or database is missing."),
        ({"database": "d"}, "Parameter table_name is missing."),
        ({"database": "d", "name_space": "n", "table_name": "t"}, "both specified"),
    ],
)
def test_from_catalog_with_wrong_names_is_refused(glue_context, arguments, message):
    with pytest.raises(Exception, match=message):
        glue_context.create_dynamic_frame.from_catalog(**arguments)
