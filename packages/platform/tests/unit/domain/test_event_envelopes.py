"""The envelope of events."""

from isinglass.domain.catalog_events import DATABASE_CHANGE, database_event
from isinglass.domain.event_envelopes import envelope


def test_envelope_of_a_catalog_event_has_the_fields_of_eventbridge() -> None:
    event = database_event("eu-west-1", "123456789012", "CreateTable", "sales", ["orders"])
    found = envelope(7, "123456789012", event.kind, event.payload, 1767225600.75)
    assert len(found.pop("id")) == 36
    assert found == {
        "version": "0",
        "detail-type": DATABASE_CHANGE,
        "source": "aws.glue",
        "account": "123456789012",
        "time": "2026-01-01T00:00:00Z",
        "region": "eu-west-1",
        "resources": ["arn:aws:glue:eu-west-1:123456789012:database/sales"],
        "detail": {"databaseName": "sales", "typeOfChange": "CreateTable", "changedTables": ["orders"]},
    }


def test_envelope_of_one_event_has_the_same_id_each_time_and_no_other_has() -> None:
    event = database_event("eu-west-1", "1", "CreateTable", "sales")
    ids = [
        envelope(number, account, event.kind, event.payload, 1.5)["id"]
        for number, account in [(7, "1"), (7, "1"), (8, "1"), (7, "2")]
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
