"""Tells what a database cannot keep, for which a request is to blame, from failures of the server."""

import sqlalchemy.exc

#: What PostgreSQL's driver says of a text with the character U+0000; SQLite keeps such a text.
_SAID = "cannot contain NUL"


def is_unstorable(error: BaseException) -> bool:
    """Tell whether a text that the request brought is one that the database neither keeps nor finds."""
    return isinstance(error, sqlalchemy.exc.DataError) and _SAID in str(error.orig)
