"""Passwords are found in URLs of every form, and nothing else is taken for one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.connection_secrets import put_together, take_apart, without_passwords
from isinglass.domain.secret_urls import has_secret, without_secrets


@pytest.mark.parametrize(
    ("url", "without"),
    [
        ("jdbc:postgresql://u:p@h/db", "jdbc:postgresql://u@h/db"),
        ("mongodb://u:p%40x@h1:1,h2:2/db?x=1", "mongodb://u@h1:1,h2:2/db?x=1"),
        ("mongodb+srv://u:p@ss@h/db", "mongodb+srv://u@h/db"),
        ("mongodb://u:p/w?@h/db", "mongodb://u@h/db"),
        ("amqp://:p@h", "amqp://@h"),
        ("jdbc:postgresql://h/db?user=u&password=p;q#r&ssl=true", "jdbc:postgresql://h/db?user=u&password=&ssl=true"),
        ("jdbc:mysql://h/d?user=u&pwd=x", "jdbc:mysql://h/d?user=u&pwd="),
        ("jdbc:sqlserver://h:1;user=sa;password={a;}}b};encrypt=true", "jdbc:sqlserver://h:1;user=sa;password=;encrypt=true"),
        ("jdbc:db2://h:5/db:user=a;password=b;", "jdbc:db2://h:5/db:user=a;password=;"),
        ("jdbc:oracle:thin:scott/tiger@//h:1521/svc", "jdbc:oracle:thin:scott@//h:1521/svc"),
        ("jdbc:oracle:thin:@(DESCRIPTION=(PASSWORD=x)(A=b))", "jdbc:oracle:thin:@(DESCRIPTION=(PASSWORD=)(A=b))"),
        ("https://h/x#access_token=t", "https://h/x#access_token="),
        ("jdbc:postgresql://h/d?p%61ssword=x&a=b", "jdbc:postgresql://h/d?p%61ssword=&a=b"),
        ("https://h/c?sv=1&sig=x", "https://h/c?sv=1&sig="),
    ],
)  # fmt: skip
def test_password_is_left_out(url: str, without: str) -> None:
    assert (without_secrets(url), has_secret(url), has_secret(without)) == (without, True, False)


@pytest.mark.parametrize(
    "text",
    [
        "jdbc:postgresql://h:5432/db?user=a@b", "jdbc:oracle:thin:@//h:1521/svc", "jdbc:oracle:thin://@h:1521/SID",
        '[["default=snowflake://h/?user=${Username}&password=${Password}&warehouse=w"],"&"]',
        "jdbc:postgresql://[::1]:5432/db", "https://h/x?token_url=a", "h1:9092,h2:9092", "password=x", "",
    ],
)  # fmt: skip
def test_text_without_a_password_stays_as_it_is(text: str) -> None:
    assert without_secrets(text) == text


_PASSWORD = st.text(st.characters(exclude_characters="/?#&\\{", exclude_categories=("Z", "C")), min_size=1)


@settings(max_examples=200)
@given(_PASSWORD.map(lambda text: f"s3cret{text}"))
def test_any_password_is_left_out_and_found_again(password: str) -> None:
    for url in (f"mongodb://u:{password}@h/db", f"jdbc:mysql://h/db?password={password}&a=b"):
        given = {"Name": "c", "ConnectionProperties": {"CONNECTION_URL": url}}
        document, secrets = take_apart(given)
        assert "s3cret" not in str(document)
        assert "s3cret" not in str(without_passwords(given))
        assert put_together(document, secrets, encrypted=False) == given
        assert take_apart(document) == (document, {})


@settings(max_examples=200)
@given(st.text())
def test_leaving_out_twice_leaves_nothing_more_out(text: str) -> None:
    once = without_secrets(f"x://{text}")
    assert without_secrets(once) == once
