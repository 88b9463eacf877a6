"""The document of DeleteObjects cannot name what the path does not."""

import pytest

from isinglass.gateway.s3.deletion import Deletion, rewrite
from isinglass.gateway.s3.errors import S3Error


def test_document_rewritten_with_its_keys():
    given = b'<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a &amp; b</Key></Object><Quiet>true</Quiet></Delete>'
    document = b"<Delete><Object><Key>a &amp; b</Key></Object><Quiet>true</Quiet></Delete>"
    assert rewrite(given) == Deletion(document, ("a & b",))


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("<Key >../other/k</Key >", "InvalidArgument"),
        ("<Key>&#46;&#46;/other/k</Key>", "InvalidArgument"),
        ("<x:Key xmlns:x='y'>../k</x:Key>", "InvalidArgument"),
        ("<Key>k</Key><VersionId>../v</VersionId>", "InvalidArgument"),
        ("<Key></Key>", "MalformedXML"),
        ("<Key>//</Key>", "MalformedXML"),
        ("<Key><![CDATA[../k]]></Key>", "MalformedXML"),
        ("<Key>k", "MalformedXML"),
    ],
)
def test_keys_that_climb_refused_however_written(key, code):
    with pytest.raises(S3Error) as raised:
        rewrite(f"<Delete><Object>{key}</Object></Delete>".encode())
    assert raised.value.code == code
