import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass_connectors.storage.globs import GlobError, GlobWarning, check, compile_glob, excluded


@pytest.mark.parametrize(
    ("pattern", "matches", "others"),
    [
        ("*.csv", ["a.csv", ".csv"], ["d/a.csv", "a.csvx"]),
        ("*.*", ["a.b"], ["ab", "d/a.b"]),
        ("*.{csv,avro}", ["a.csv", "a.avro"], ["a.json", "a.csv,avro"]),
        ("foo.?", ["foo.a"], ["foo.", "foo.ab", "foo./"]),
        ("myfolder/*", ["myfolder/a"], ["myfolder/a/b", "myfolder"]),
        ("myfolder/*/*", ["myfolder/a/b"], ["myfolder/a", "myfolder/a/b/c"]),
        ("myfolder/**", ["myfolder/a", "myfolder/a/b"], ["myfolder", "other/a"]),
        ("myfolder**", ["myfolder", "myfolder/a/b", "myfolder2/x"], ["a/myfolder"]),
        ("**.log", ["a.log", "a/b.log"], ["a.log/x"]),
        (
            "2015/01/{[!0],0[8-9]}**",
            ["2015/01/10/x", "2015/01/08/x", "2015/01/09"],
            ["2015/01/07/x", "2015/02/10"],
        ),
        ("[a-c-]x", ["ax", "cx", "-x"], ["dx"]),
        ("[-a]x", ["-x", "ax"], ["bx"]),
        ("[!-a]x", ["bx"], ["-x", "ax", "/x"]),
        ("[*?\\]x", ["*x", "?x", "\\x"], ["ax"]),
        ("\\*x", ["*x"], ["ax"]),
        ("*", [".hidden", "a"], ["a/b"]),
    ],
)
def test_glob_matches_what_glue_says(pattern, matches, others):
    assert [p for p in matches if not excluded(p, [pattern])] == []
    assert [p for p in others if excluded(p, [pattern])] == []


@pytest.mark.parametrize("pattern", ["{a", "[a", "{a,{b}}", "a\\", "[b-a]"])
def test_glob_that_cannot_be_read_is_refused(pattern):
    with pytest.raises(GlobError) as caught:
        compile_glob(pattern)
    assert caught.value.pattern == pattern


@pytest.mark.parametrize(
    ("pattern", "suggestion"),
    [("*.log", "**.log"), ("*_backup/", "**_backup/**"), ("**.log", None), ("a/*.log", None), ("**", None)],
)
def test_check_top_level_pattern_suggests_a_deeper_one(pattern, suggestion):
    found = check(pattern)
    assert (found.suggestion if isinstance(found, GlobWarning) else None) == suggestion


@given(st.text(max_size=20), st.text(max_size=20))
@settings(max_examples=200)
def test_glob_any_pattern_compiles_or_is_refused(pattern, path):
    with contextlib.suppress(GlobError):
        excluded(path, [pattern])
