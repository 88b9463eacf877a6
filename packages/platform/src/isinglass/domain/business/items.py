"""The items of iterable forms: the columns of a table, or the elements of a list in a form's content.

A list of structures that each have a required `name` is iterable. It goes by the names of the form and of the
list, `survey::questions`; its items by their `id` where they have one, otherwise by their names.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from isinglass.domain.business import built_in
from isinglass.domain.smithy.shapes import Schema


@dataclass(frozen=True, slots=True)
class Item:
    """One item, with the form that it carries."""

    id: str
    name: str
    description: str | None
    form: str
    form_type: str
    content: str


def of_table(document: Mapping[str, Any]) -> list[Item]:
    """List the columns of a table."""
    return [
        Item(
            content["name"].lower(),
            content["name"],
            content.get("comment"),
            built_in.COLUMN_FORM,
            built_in.COLUMN_FORM_TYPE,
            built_in.written(content),
        )
        for content in built_in.columns(document)
    ]


def lists_of(schema: Schema, structure: str) -> Iterator[str]:
    """Name the lists of a form type that are iterable."""
    for member in schema[structure].members:
        target = schema[member.target]
        if target.kind != "list":
            continue
        element = schema[target.members[0].target]
        name = element.member("name") if element.kind == "structure" else None
        if name is not None and name.constraints.required and schema[name.target].simple == "String":
            yield member.name


def of_list(form_type: str, name: str, elements: Any) -> list[Item]:
    """List the elements of one list of a content."""
    found: list[Item] = []
    for element in elements if isinstance(elements, list) else ():
        if not isinstance(element, dict) or not isinstance(element.get("name"), str):
            continue  # written under an earlier schema
        description = element.get("description")
        own_id = element.get("id")
        found.append(
            Item(
                own_id if isinstance(own_id, str) and own_id else element["name"],
                element["name"],
                description if isinstance(description, str) else None,
                name,
                form_type,
                built_in.written(element),
            )
        )
    return found


def lookup(items: list[Item]) -> Callable[[str], Item | None]:
    """Find items by their ids or, failing that, by their names; the case of columns does not count."""
    by_name = {item.name: item for item in reversed(items)}
    by_id = {item.id: item for item in items}
    columns = bool(items) and items[0].form == built_in.COLUMN_FORM

    def find(identifier: str) -> Item | None:
        exact = by_id.get(identifier) or by_name.get(identifier)
        return exact if exact or not columns else by_id.get(identifier.lower())

    return find
