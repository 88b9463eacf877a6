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


@dataclass(frozen=True, slots=True)
class Items:
    """The items of one form in their order, each made when it is looked at: a table may have many columns."""

    ids: list[str]
    names: list[str]
    make: Callable[[int], Item]
    #: Whether ids are found in whatever case they are asked for.
    folds: bool = False

    def between(self, start: int, end: int) -> list[Item]:
        """Make some of the items."""
        return [self.make(number) for number in range(start, min(end, len(self.ids)))]

    def lookup(self) -> Callable[[str], Item | None]:
        """Find items by their ids or, failing that, by their names."""
        by_id = {id_: number for number, id_ in enumerate(self.ids)}
        by_name = {self.names[number]: number for number in reversed(range(len(self.names)))}

        def find(identifier: str) -> Item | None:
            number = by_id.get(identifier, by_name.get(identifier))
            if number is None and self.folds:
                number = by_id.get(identifier.lower())
            return None if number is None else self.make(number)

        return find


def of_table(document: Mapping[str, Any]) -> Items:
    """List the columns of a table."""
    declared, first_key = built_in.declared_columns(document)

    def make(number: int) -> Item:
        column = declared[number]
        return Item(
            column["Name"].lower(),
            column["Name"],
            column.get("Comment"),
            built_in.COLUMN_FORM,
            built_in.COLUMN_FORM_TYPE,
            built_in.written(built_in.column_content(column, is_key=number >= first_key)),
        )

    names = [column["Name"] for column in declared]
    return Items([name.lower() for name in names], names, make, folds=True)


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


def of_list(form_type: str, name: str, elements: Any) -> Items:
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
    return Items([item.id for item in found], [item.name for item in found], found.__getitem__)
