"""Passwords inside URLs: `jdbc:postgresql://u:p@h/db`, `mongodb://u:p@h`, `…?password=p`, `…;password=p`."""

import re
from urllib.parse import unquote

from isinglass.domain.secret_names import names_secret

#: What tells a URL, or a list of them as connectors' templates have, from any other text.
_URL = re.compile(r"://|jdbc:", re.IGNORECASE)
#: `user:password@` before the host, and the same with a password that nobody encoded; no port is one.
_LOGINS = (
    re.compile(r"(://[^\s/?#:@]*:)([^\s/?#]+)(?=@)"),
    re.compile(r"(://[^\s/?#:@]*:)(?!\d+(?:[/?#]|$))(\S+)(?=@)"),
)
#: Oracle's older form, `jdbc:oracle:thin:user/password@host`.
_ORACLE = re.compile(r"(jdbc:oracle:\w+:[^\s/@]*/)([^\s@/]\S*)(?=@)", re.IGNORECASE)
#: `name=` as it stands between the parameters of a URL …
_NAME = re.compile(r"([?&;,(:/#])\s*([\w.\-% ]{1,64}?)\s*=\s*")
#: … and what ends its value, by what stands before it: drivers take all else as part of the value.
_ENDS = {"?": "&", "&": "&", ";": ";", "(": ")"}
_OTHER_ENDS = ";&,"
_BRACED = re.compile(r"\{(?:[^}]|\}\})*\}")
#: What stands for a secret that is filled in elsewhere.
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|\*+")


def without_secrets(text: str) -> str:
    """Leave the passwords out of a URL; any other text stays as it is."""
    if _URL.search(text) is None:
        return text
    for pattern in (*_LOGINS, _ORACLE):
        if pattern.search(text) is not None:
            text = pattern.sub(_user_only, text)
            break
    return _without_parameters(text)


def has_secret(text: str) -> bool:
    """Tell whether a URL has a password in it."""
    return without_secrets(text) != text


def _user_only(found: re.Match[str]) -> str:
    return found[0] if _PLACEHOLDER.fullmatch(found[2]) else found[1][:-1]


def _without_parameters(text: str) -> str:
    """Empty the parameters that are named like secrets; their names stay and tell that there are some."""
    parts: list[str] = []
    position = 0
    while (found := _NAME.search(text, position)) is not None:
        parts.append(text[position : found.end()])
        position = found.end()
        if names_secret(unquote(found[2])):
            end = _end_of_value(text, position, found[1])
            if _PLACEHOLDER.fullmatch(text[position:end]):
                parts.append(text[position:end])
            position = end
    return "".join(parts) + text[position:]


def _end_of_value(text: str, start: int, separator: str) -> int:
    braced = _BRACED.match(text, start)
    if braced is not None:
        return braced.end()
    ends = _ENDS.get(separator, _OTHER_ENDS)
    return min((at for end in ends if (at := text.find(end, start)) >= 0), default=len(text))
