"""`isinglass env`: the variables that point AWS clients here."""

import json
import shlex

import click

from isinglass.cli.session import Session

#: Variables of a token that goes with keys.
TOKENS = ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "ISINGLASS_SESSION_TOKEN")


@click.command("env")
@click.option(
    "--format", "form", type=click.Choice(["sh", "json", "dotenv"]), default="sh", help="How to write them."
)
@click.pass_obj
def command(session: Session, form: str) -> None:
    r"""Print what makes boto3, aws and others use the server.

    \b
    Examples:
      eval "$(isinglass env)" && aws glue get-databases
      isinglass env --format dotenv > .env
    """
    if session.output == "json":
        form = "json"
    values = variables(session)
    if form == "json":
        print(json.dumps(values, indent=2))
        return
    if form == "sh":
        # That of other keys, which the shell may still have, would spoil these.
        gone = [name for name in TOKENS if name not in values]
        if gone:
            print(f"unset {' '.join(gone)}")
    for name, value in values.items():
        print(f"export {name}={shlex.quote(value)}" if form == "sh" else f"{name}={value}")


def variables(session: Session) -> dict[str, str]:
    """Return the variables."""
    profile = session.profile
    services = ("GLUE", "IAM", "KMS", "LAKEFORMATION", "STS", "CLOUDWATCH_LOGS", "LOGS")
    values = {f"AWS_ENDPOINT_URL_{service}": profile.endpoint for service in services}
    values |= {
        "AWS_ENDPOINT_URL_S3": session.client.s3_endpoint(),
        "AWS_ACCESS_KEY_ID": profile.access_key_id,
        "AWS_SECRET_ACCESS_KEY": profile.secret_access_key,
        "AWS_REGION": profile.region,
        "AWS_DEFAULT_REGION": profile.region,
        "ISINGLASS_ENDPOINT": profile.endpoint,
        "ISINGLASS_ACCESS_KEY_ID": profile.access_key_id,
        "ISINGLASS_SECRET_ACCESS_KEY": profile.secret_access_key,
    }
    if profile.session_token:
        values |= dict.fromkeys(("AWS_SESSION_TOKEN", "ISINGLASS_SESSION_TOKEN"), profile.session_token)
    return values
