"""Views that several engines can read: one definition, and its text in the dialect of each."""

from collections.abc import Iterable, Mapping
from typing import Any

from isinglass.domain.arns import InvalidArn, parse
from isinglass.model.glue.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
    OperationNotSupportedException,
)

VIEW = "VIRTUAL_VIEW"

_NEEDED = ("Dialect", "DialectVersion", "ViewOriginalText")

_Key = tuple[str, str]


def check_view(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a new view's document with its definition checked; other tables pass as they are."""
    given = document.get("ViewDefinition")
    if given is None:
        return dict(document)
    if document.get("TableType") != VIEW:
        raise InvalidInputException(f"A table with a ViewDefinition has the TableType {VIEW}")
    if given.get("IsManaged"):
        raise OperationNotSupportedException(
            "ViewDefinition.IsManaged: materialized views are not supported yet: nothing would refresh them."
        )
    representations = given.get("Representations")
    if not representations:
        raise InvalidInputException("ViewDefinition.Representations must hold one dialect at least")
    if given.get("IsProtected") and not given.get("SubObjects"):
        raise InvalidInputException("A protected view must name the tables that it is made of in SubObjects")
    for arn in given.get("SubObjects", []):
        _check_table(arn)
    return {**document, "ViewDefinition": {**given, "Representations": _checked(representations)}}


def _checked(representations: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found: dict[_Key, dict[str, Any]] = {}
    for each in representations:
        for member in _NEEDED:
            if not each.get(member):
                raise InvalidInputException(f"A representation of a view must have {member}")
        if "ValidationConnection" in each:
            raise OperationNotSupportedException(
                "ValidationConnection is not supported: views are not validated by another engine."
            )
        if _key(each) in found:
            raise InvalidInputException(f"The view has two representations for {' '.join(_key(each))}")
        found[_key(each)] = {"ViewExpandedText": each["ViewOriginalText"], **each, "IsStale": False}
    return list(found.values())


def _check_table(arn: str) -> None:
    try:
        kind = parse(arn).kind
    except InvalidArn as error:
        raise InvalidInputException(f"SubObjects: {error}") from error
    if kind != "table":
        raise InvalidInputException(f"SubObjects: {arn} is not the ARN of a table")


def _key(representation: Mapping[str, Any]) -> _Key:
    return representation["Dialect"], representation.get("DialectVersion", "")


def changed_view(
    name: str, stored: Mapping[str, Any], given: Mapping[str, Any], action: str, *, force: bool
) -> dict[str, Any]:
    """Change the representations of a stored view; the rest of its definition stays.

    Columns and tables that differ from the view's are refused, as they would describe another view; `force`
    takes them over.
    """
    if "ViewDefinition" not in stored:
        raise InvalidInputException(f"Table {name} has no ViewDefinition, so there is no dialect to {action}")
    definition = given.get("ViewDefinition") or {}
    if not definition.get("Representations"):
        raise InvalidInputException(f"ViewUpdateAction {action} needs ViewDefinition.Representations")
    taken = _taken_over(name, stored, given, force=force)
    present = {_key(each): each for each in stored["ViewDefinition"]["Representations"]}
    if action == "DROP":
        for each in definition["Representations"]:
            _drop(name, present, each)
        if not present:
            raise InvalidInputException(f"View {name} would have no dialect left; delete it instead")
    else:
        for each in _checked(definition["Representations"]):
            shown = " ".join(_key(each))
            if action == "ADD" and _key(each) in present:
                raise AlreadyExistsException(f"View {name} has a representation for {shown} already")
            if action == "REPLACE" and _key(each) not in present:
                raise EntityNotFoundException(f"View {name} has no representation for {shown}")
            present[_key(each)] = each
    return {**taken, "ViewDefinition": {**taken["ViewDefinition"], "Representations": list(present.values())}}


def _drop(name: str, present: dict[_Key, Any], given: Mapping[str, Any]) -> None:
    """Take out a dialect, in all its versions where none is named."""
    version = given.get("DialectVersion")
    gone = [key for key in present if key[0] == given.get("Dialect") and version in (None, key[1])]
    if not gone:
        raise EntityNotFoundException(f"View {name} has no representation for {given.get('Dialect')}")
    for key in gone:
        del present[key]


def _taken_over(
    name: str, stored: Mapping[str, Any], given: Mapping[str, Any], *, force: bool
) -> dict[str, Any]:
    taken = dict(stored)
    columns = given.get("StorageDescriptor", {}).get("Columns")
    if columns is not None and columns != stored.get("StorageDescriptor", {}).get("Columns"):
        if not force:
            raise InvalidInputException(f"The columns differ from those of view {name}; Force replaces them")
        taken["StorageDescriptor"] = {**stored.get("StorageDescriptor", {}), "Columns": columns}
    tables = given.get("ViewDefinition", {}).get("SubObjects")
    if tables is not None and tables != stored["ViewDefinition"].get("SubObjects"):
        if not force:
            raise InvalidInputException(
                f"The SubObjects differ from those of view {name}; Force replaces them"
            )
        for arn in tables:
            _check_table(arn)
        taken["ViewDefinition"] = {**stored["ViewDefinition"], "SubObjects": tables}
    return taken
