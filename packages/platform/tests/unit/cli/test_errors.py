"""What the command line makes of the API's errors."""

import pytest

from isinglass.cli.errors import api_error


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("[QueryFailedException] no such file", "error[QueryFailedException]: no such file"),
        (
            "[AccessDeniedException] not yours",
            "error[QueryFailedException]: [AccessDeniedException] not yours",
        ),
        ("There is no column a.", "error[QueryFailedException]: There is no column a."),
        ("", "error[QueryFailedException]: QueryFailedException"),
    ],
)
def test_api_error_says_its_code_once(message: str, said: str) -> None:
    assert api_error("QueryFailedException", message, "").text() == said
