"""What the members of records are made of where an import takes them apart; the server judges the rest."""

from collections.abc import Iterator, Mapping
from typing import Any

#: A form is `str`; `[form]`, a list of such; `(form, form)`, a list of exactly those; `{"*": form}`, an
#: object of such; or `{name: form}`, an object whose members of these names are such, if they are there.
Form = Any

_PROPERTIES = {"*": str}
_SAID = {"Terms": [(str, str)], "Attachments": {"*": {}}}

#: Of the members that name a record or stand beside its Input.
MEMBERS: Mapping[str, Form] = {
    "Values": [str],
    "Resource": {"*": {}},
    "Tags": _PROPERTIES,
    "PartitionIndexes": [{"IndexName": str, "Keys": [str]}],
    "SealedSecrets": str,
    "ScheduleState": str,
    **_SAID,
    "Items": {"*": {"*": _SAID}},
}
#: Of the members of an Input, whatever it makes.
INPUT: Mapping[str, Form] = {
    "Parameters": {},
    "StorageDescriptor": {},
    "ViewDefinition": {"Representations": [{}]},
    "ConnectionProperties": _PROPERTIES,
    "SparkProperties": _PROPERTIES,
    "AthenaProperties": _PROPERTIES,
    "PythonProperties": _PROPERTIES,
    "AuthenticationConfiguration": {"OAuth2Properties": {"TokenUrlParametersMap": _PROPERTIES}},
    "Permissions": [str],
    "PermissionsWithGrantOption": [str],
}


def misfit(members: Mapping[str, Any], forms: Mapping[str, Form]) -> str | None:
    """Say which part of some members is not made as it must be: `Tags.team must be a string`.

    A member that is null is not there, as in requests.
    """
    given = {name: value for name, value in members.items() if value is not None and name in forms}
    return next(_misfits(given, forms, ""), None)


def _misfits(value: Any, form: Form, path: str) -> Iterator[str]:
    if form is str:
        if not isinstance(value, str):
            yield f"{path} must be a string"
    elif isinstance(form, Mapping):
        if not isinstance(value, Mapping):
            yield f"{path} must be an object"
            return
        for name, each in value.items():
            if (inner := form.get("*", form.get(name))) is not None:
                yield from _misfits(each, inner, f"{path}.{name}" if path else name)
    elif not isinstance(value, list) or (isinstance(form, tuple) and len(value) != len(form)):
        yield f"{path} must be a list" + (f" of {len(form)}" if isinstance(form, tuple) else "")
    else:
        for number, each in enumerate(value):
            inner = form[number] if isinstance(form, tuple) else form[0]
            yield from _misfits(each, inner, f"{path}[{number}]")
