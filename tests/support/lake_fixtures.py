"""A client that creates and changes Iceberg tables in a folder, and looks at their metadata files."""

import json
from pathlib import Path
from typing import Any

FIELDS = [
    {"Id": 1, "Name": "id", "Type": "long", "Required": True, "Doc": "the order"},
    {"Id": 2, "Name": "at", "Type": "timestamptz", "Required": False},
    {
        "Id": 3,
        "Name": "lines",
        "Required": False,
        "Type": {
            "type": "list",
            "element-id": 4,
            "element-required": True,
            "element": {
                "type": "struct",
                "fields": [{"id": 5, "name": "price", "required": False, "type": "decimal(10,2)"}],
            },
        },
    },
]
SCHEMA = {"Fields": FIELDS, "IdentifierFieldIds": [1]}


class Lake:
    """A Glue client with a database `lake` whose tables lie in a folder."""

    def __init__(self, glue: Any, folder: Path) -> None:
        self.glue = glue
        self.folder = folder
        glue.create_database(DatabaseInput={"Name": "lake"})

    def location(self, name: str) -> str:
        return f"file://{self.folder}/{name}/"

    def create(self, name: str = "orders", version: str | None = None, **members: Any) -> None:
        given = {"Location": self.location(name), "Schema": SCHEMA, **members}
        iceberg = {"MetadataOperation": "CREATE", "CreateIcebergTableInput": given}
        if version is not None:
            iceberg["Version"] = version
        self.glue.create_table(DatabaseName="lake", Name=name, OpenTableFormatInput={"IcebergInput": iceberg})

    def update(self, *updates: Any, name: str = "orders", **arguments: Any) -> None:
        needed = {"Schema": SCHEMA, "Location": self.location(name)}
        given = {"Updates": [{**needed, **update} for update in updates]}
        self.glue.update_table(
            DatabaseName="lake",
            Name=name,
            UpdateOpenTableFormatInput={"UpdateIcebergInput": {"UpdateIcebergTableInput": given}},
            **arguments,
        )

    def table(self, name: str = "orders", **arguments: Any) -> Any:
        return self.glue.get_table(DatabaseName="lake", Name=name, **arguments)["Table"]

    def metadata(self, name: str = "orders") -> Any:
        pointer = self.table(name)["Parameters"]["metadata_location"]
        return json.loads(Path(pointer.removeprefix("file://")).read_text())

    def files(self, name: str = "orders") -> list[str]:
        return sorted(path.name[:5] for path in (self.folder / name / "metadata").iterdir())
