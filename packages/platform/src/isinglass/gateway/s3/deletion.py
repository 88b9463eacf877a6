"""The document of DeleteObjects: read, checked, and written anew.

It is written anew so that no two parsers can disagree on which keys it names.
"""

from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from isinglass.gateway.s3.errors import S3Error
from isinglass.gateway.s3.request import check_key, check_plain, stored_key

MOST_KEYS = 1000
#: Headers that are about the document as the client wrote it.
DIGESTS = ("content-md5", "x-amz-checksum-")


@dataclass(frozen=True, slots=True)
class Deletion:
    """A document in our own words, and the keys it names."""

    document: bytes
    keys: tuple[str, ...]


def rewrite(document: bytes) -> Deletion:
    """Return the same deletions in our own words, or raise what S3 answers."""
    # Declarations of entities, also those that another encoding would hide: S3 takes none.
    if b"<!" in document or b"\0" in document:
        raise _malformed()
    try:
        root = ET.fromstring(document)  # noqa: S314 - without declarations nothing can expand
    except (ET.ParseError, ValueError, LookupError) as error:
        raise _malformed() from error
    objects: list[str] = []
    keys: list[str] = []
    quiet = "false"
    for element in root:
        name = _local(element.tag)
        if name == "Object":
            key, text = _object(element)
            keys.append(key)
            objects.append(text)
        elif name == "Quiet" and (element.text or "").strip() == "true":
            quiet = "true"
    if not objects or len(objects) > MOST_KEYS:
        raise _malformed()
    text = f"<Delete>{''.join(objects)}<Quiet>{quiet}</Quiet></Delete>"
    return Deletion(text.encode(), tuple(keys))


def _object(element: ET.Element) -> tuple[str, str]:
    members = {_local(member.tag): member.text or "" for member in element}
    key, version = members.get("Key", ""), members.get("VersionId", "")
    if not stored_key(key):
        raise _malformed()
    check_key(key)
    check_plain("VersionId", version)
    # Carriage returns would be read as line feeds.
    text = escape(key, {"\r": "&#13;"})
    return (
        key,
        f"<Object><Key>{text}</Key>{f'<VersionId>{escape(version)}</VersionId>' if version else ''}</Object>",
    )


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _malformed() -> S3Error:
    return S3Error("MalformedXML", "The XML you provided was not well-formed.", 400)
