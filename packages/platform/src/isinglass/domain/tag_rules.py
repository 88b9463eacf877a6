"""What tags a resource may have."""

from collections.abc import Mapping

from isinglass.model.glue.errors import InvalidInputException

MAX_TAGS = 50
_LONGEST_KEY, _LONGEST_VALUE = 128, 256


def merge_tags(present: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """Add tags to those present, or refuse them all; call it with no present ones for a new resource."""
    for key, value in added.items():
        if not key or len(key) > _LONGEST_KEY:
            raise InvalidInputException(f"Tag key {key[:40]!r} must have 1 to {_LONGEST_KEY} characters")
        if len(value) > _LONGEST_VALUE:
            raise InvalidInputException(
                f"The value of tag {key!r} must have at most {_LONGEST_VALUE} characters"
            )
        if "\0" in key or "\0" in value:
            raise InvalidInputException(f"Tag {key!r} must not contain the character U+0000")
        if key.lower().startswith("aws:"):
            raise InvalidInputException(f"Tag key {key!r} begins with the reserved prefix aws:")
    merged = {**present, **added}
    if len(merged) > MAX_TAGS:
        raise InvalidInputException(
            f"A resource can have at most {MAX_TAGS} tags, this one would have {len(merged)}"
        )
    return merged
