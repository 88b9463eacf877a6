"""The page on connections: its type is registered and read as it stands, its commands are there."""

import boto3
import pytest
from doc_pages import blocks
from rest_service import Answer, Asked, serving
from server_fixtures import ROOT_KEY, ROOT_SECRET, LiveServer

PAGE = "docs/reference/connections.md"


def test_type_of_the_page_is_registered_and_read(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [{"id": number, "name": f"n{number}"} for number in range(3)]

    def answer(asked: Asked) -> Answer:
        start, count = (int(asked.query.get(key, ["0"])[0]) for key in ("after", "count"))
        more = {"next": start + count} if start + count < len(items) else {}
        return 200, {}, {"items": items[start : start + count], **more}

    [text] = [block.text for block in blocks(PAGE) if block.language == "python"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", live_server.endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ROOT_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ROOT_SECRET)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    glue = live_server.client("glue")
    with serving(answer) as service:
        try:
            exec(compile(text.replace("http://localhost:8080", service.url), PAGE, "exec"), {})
            read = live_server.cli(
                "connection", "sample", "corner", "items", "--limit", "2", "-o", "csv"
            ).stdout
            assert read == "id,name\n0,n0\n1,n1\n"
        finally:
            glue.delete_connection(ConnectionName="corner")
            glue.delete_connection_type(ConnectionType="shop")
    assert [asked.path for asked in service.asked] == ["/api/shops/corner/items"] * len(service.asked)
