"""GlueTransform: what every transform class has besides `apply`."""

import inspect
from typing import Any


class GlueTransform:
    """A transform as a class: `Name.apply(frame=..., ...)`."""

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run the transform."""
        return cls()(*args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the transform; each class says how."""
        raise NotImplementedError

    @classmethod
    def name(cls) -> str:
        """Name the transform."""
        return cls.__name__

    @classmethod
    def describeArgs(cls) -> list[dict[str, Any]]:
        """Describe the arguments."""
        parameters = list(inspect.signature(cls.__call__).parameters.values())[1:]
        return [
            {
                "name": each.name,
                "type": getattr(each.annotation, "__name__", str(each.annotation)),
                "optional": each.default is not inspect.Parameter.empty,
                "defaultValue": None if each.default is inspect.Parameter.empty else each.default,
            }
            for each in parameters
            if each.kind is not inspect.Parameter.VAR_KEYWORD
        ]

    @classmethod
    def describeReturn(cls) -> dict[str, Any]:
        """Describe the result."""
        return {"type": "DynamicFrame", "description": inspect.getdoc(cls.__call__) or ""}

    @classmethod
    def describeTransform(cls) -> str:
        """Describe the transform."""
        return inspect.getdoc(cls) or ""

    @classmethod
    def describeErrors(cls) -> list[dict[str, str]]:
        """Describe what may go wrong."""
        return []

    @classmethod
    def describe(cls) -> dict[str, Any]:
        """Describe it all."""
        return {
            "transform": {"name": cls.name(), "args": cls.describeArgs(), "returns": cls.describeReturn()}
        }
