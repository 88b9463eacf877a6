"""A doubled quote inside a string literal is read as nothing, as Spark did before 4.0: `'it''s'` becomes
`its`.
"""

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.plan import SqlText


def apply(sql: SqlText, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Escape such quotes with a backslash, which both read alike."""
    text = sql.text
    for token in reversed(sql.tokens):
        if token.kind != "string" or token.text[0] in "rR":
            continue
        quote = token.text[0]
        inside = token.text[1:-1].replace(quote * 2, "\\" + quote)
        text = text[: token.start] + quote + inside + quote + text[token.end :]
    if text != sql.text:
        sql.replace(text)


RULE = Rule("doubled_quotes", "0.7.2", ("sql",), apply)
