"""Which names are those of secrets: PASSWORD, sfToken, private-key, pwd …"""

import re

#: What the name of a secret has in it, written without anything between its words …
_SECRET = re.compile(
    r"SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|PASSCODE|PWD|KEYTAB|PRIVATEKEY|ACCESSKEY|APIKEY"
    r"|^PASS$|^SIG$|SIGNATURE$|ASSERTION$"
)
#: … unless it ends as the name of something that only points at one.
_POINTER = re.compile(r"(SECRETS?|TOKEN|ACCESSKEY|PRIVATEKEY|APIKEY)(ID|ARN|URL|URI|NAME|ENDPOINT|TYPE)$")


def names_secret(name: str) -> bool:
    """Tell whether what goes by a name is a secret."""
    plain = re.sub(r"[^A-Z0-9]", "", name.upper())
    return _SECRET.search(plain) is not None and _POINTER.search(plain) is None
