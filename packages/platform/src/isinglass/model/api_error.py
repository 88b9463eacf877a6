"""The error every API operation may raise: what the client sees, and nothing else."""

from typing import Any, ClassVar, Literal


class ApiError(Exception):
    """One error of a service model; `members` are what its shape holds beside the message."""

    code: ClassVar[str]
    status: ClassVar[int]
    fault: ClassVar[Literal["client", "server"]]

    def __init__(self, message: str = "", **members: Any) -> None:
        super().__init__(message)
        self.message = message
        self.members = members
