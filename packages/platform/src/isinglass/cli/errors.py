"""What goes wrong on the command line: one shape, and an exit code for each kind."""

import json
import re
from dataclasses import dataclass, field

from isinglass.cli.terminal import in_lines

USAGE, NOT_FOUND, DENIED, CONFLICT, INVALID, FAILED_RUN, TIMED_OUT_RUN, STOPPED_RUN = 2, 3, 4, 5, 6, 7, 8, 9
UNREACHABLE, GAVE_UP = 13, 14

#: How AWS says which permission is missing; nothing can be given against an explicit deny.
_MISSING = re.compile(
    r"is not authorized to perform: (\S+) on resource: (.+) because no identity-based policy"
)

#: What lists a catalog's databases and tables.
DATABASES, TABLES = "isinglass db list", "isinglass tables"

#: How the API says that something of a name is not there, and what lists what is.
_ABSENT = (
    (re.compile(r"Database .+ not found\."), DATABASES),
    (re.compile(r"Table .+ not found\."), TABLES),
    (re.compile(r"Catalog .+ not found\."), """isinglass api GetCatalogs '{"Recursive": true}'"""),
    (re.compile(r"The user with name .+ cannot be found\."), "isinglass user list"),
    (re.compile(r"The group with name .+ cannot be found\."), "isinglass group list"),
    (re.compile(r"The role with name .+ cannot be found\."), "isinglass role list"),
    (re.compile(r"Alias .+ is not found\."), "isinglass key list"),
    (re.compile(r"Key '.+' does not exist"), "isinglass key list"),
    (re.compile(r"Invalid keyId '.*'"), "a key's id, its ARN, or alias/NAME: isinglass key list"),
    (re.compile(r"(?:Connection|Entity) .+ not found\."), "isinglass connection list"),
)

#: What an error of keys means that says less than a person needs, as AWS's does.
_NEXT_STEPS = {
    "DisabledException": "isinglass key enable KEY",
    "InvalidCiphertextException": "was it changed, or encrypted with another EncryptionContext?",
}

#: AWS's error codes by what they mean for a script.
_EXIT_CODES = {
    "EntityNotFoundException": NOT_FOUND,
    "NoSuchEntity": NOT_FOUND,
    "NotFoundException": NOT_FOUND,
    "NoSuchBucket": NOT_FOUND,
    "NoSuchKey": NOT_FOUND,
    "ResourceNotFoundException": NOT_FOUND,
    "CrawlerNotRunningException": NOT_FOUND,
    "ColumnStatisticsTaskNotRunningException": NOT_FOUND,
    "AccessDenied": DENIED,
    "AccessDeniedException": DENIED,
    "UnrecognizedClientException": DENIED,
    "InvalidSignatureException": DENIED,
    "MissingAuthenticationTokenException": DENIED,
    "ExpiredTokenException": DENIED,
    "AlreadyExistsException": CONFLICT,
    "EntityAlreadyExists": CONFLICT,
    "DeleteConflict": CONFLICT,
    "LimitExceeded": CONFLICT,
    "LimitExceededException": CONFLICT,
    "IdempotentParameterMismatchException": CONFLICT,
    "ConcurrentModificationException": CONFLICT,
    "ConflictException": CONFLICT,
    "ConcurrentRunsExceededException": CONFLICT,
    "CrawlerRunningException": CONFLICT,
    "ColumnStatisticsTaskRunningException": CONFLICT,
    "ColumnStatisticsTaskStoppingException": CONFLICT,
    "InvalidInputException": INVALID,
    "ValidationException": INVALID,
    "ValidationError": INVALID,
    "InvalidInput": INVALID,
    "MalformedPolicyDocument": INVALID,
    "MalformedPolicyDocumentException": INVALID,
    "InvalidAliasNameException": INVALID,
    "InvalidCiphertextException": INVALID,
    "InvalidParameterException": INVALID,
    "QueryFailedException": INVALID,
}


@dataclass(eq=False)
class CliError(Exception):
    """An error as the terminal shows it: what, where, facts, and what to do next."""

    message: str
    code: str = ""
    where: str = ""
    facts: list[str] = field(default_factory=list)
    hint: str = ""
    exit_code: int = 1
    request_id: str = ""

    def __str__(self) -> str:
        return self.message

    def text(self) -> str:
        """Write the error for a person."""
        lines = [f"error[{self.code}]: {self.message}" if self.code else f"error: {self.message}"]
        if self.where:
            lines.append(f"  --> {self.where}")
        lines += [f"   = {fact}" for fact in self.facts]
        if self.request_id:
            lines.append(f"   = request {self.request_id}")
        if self.hint:
            lines.append(f"help: {self.hint}")
        return in_lines("\n".join(lines))

    def document(self) -> str:
        """Write the error for a program: one line of JSON."""
        error = {"code": self.code or "Error", "message": self.message, "exitCode": self.exit_code}
        if self.hint:
            error["hint"] = self.hint
        if self.request_id:
            error["requestId"] = self.request_id
        return json.dumps({"error": error}, ensure_ascii=False)


def api_error(code: str, message: str, request_id: str) -> CliError:
    """Turn an answer of the API into an error; its code and message stay as they are."""
    # What a query tells may begin with the code of a call that failed in it.
    message = message.removeprefix(f"[{code}] ")
    return CliError(
        message or code,
        code,
        exit_code=_EXIT_CODES.get(code, 1),
        request_id=request_id,
        hint=_next_step(message) or _NEXT_STEPS.get(code, ""),
    )


def _next_step(message: str) -> str:
    """Say what to do next about an answer that tells enough to know it."""
    if missing := _MISSING.search(message):
        statement = {"Effect": "Allow", "Action": missing[1], "Resource": missing[2]}
        return f"ask whoever manages access for {json.dumps(statement)}"
    return next((listing for absent, listing in _ABSENT if absent.fullmatch(message)), "")


def usage(message: str, hint: str = "") -> CliError:
    """Say that the command line itself is wrong; nothing was done."""
    return CliError(message, hint=hint, exit_code=USAGE)
