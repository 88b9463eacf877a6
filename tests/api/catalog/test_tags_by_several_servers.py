"""What one server tags while another deletes it leaves no tags to the next one of its name."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from api_fixtures import REGION, ROOT_ACCOUNT, Api

from isinglass.store.tables.catalog import databases, tags
from isinglass.store.tables.catalogs import catalogs
from isinglass.store.tables.connections import connections
from isinglass.store.tables.crawlers import crawlers
from isinglass.store.tables.jobs import jobs
from isinglass.store.tables.security import usage_profiles

#: SQLite has one writer at a time anyway.
DATABASES = ["postgresql"]
WAITING = sa.text(
    "SELECT count(*) FROM pg_locks WHERE NOT granted "
    "AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
)


def _make(glue: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "named"})
    glue.create_catalog(Name="named", CatalogInput={})
    glue.create_job(Name="named", Role="r", Command={"Name": "glueetl", "ScriptLocation": "s3://a/b.py"})
    glue.create_crawler(
        Name="named", Role="r", DatabaseName="named", Targets={"S3Targets": [{"Path": "s3://a"}]}
    )
    glue.create_connection(
        ConnectionInput={"Name": "named", "ConnectionType": "NETWORK", "ConnectionProperties": {}}
    )
    limits = {"JobConfiguration": {"numberOfWorkers": {"MaxValue": "4"}}}
    glue.create_usage_profile(Name="named", Configuration=limits)


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        ("database", databases),
        ("catalog", catalogs),
        ("connection", connections),
        ("job", jobs),
        ("crawler", crawlers),
        ("usageProfile", usage_profiles),
    ],
)
def test_resource_that_another_server_deletes_cannot_be_tagged(
    api: Api, glue: Any, kind: str, table: sa.Table
) -> None:
    _make(glue)
    arn = f"arn:aws:glue:{REGION}:{ROOT_ACCOUNT}:{kind}/named"
    with ThreadPoolExecutor(1) as beside:
        with api.store.begin() as tx:
            tx.connection.execute(table.delete())
            tagging = beside.submit(glue.tag_resource, ResourceArn=arn, TagsToAdd={"team": "a"})
            while not tagging.done() and not _is_waiting(api):
                pass
        with pytest.raises(glue.exceptions.EntityNotFoundException):
            tagging.result()
    with api.store.read() as tx:
        assert tx.connection.execute(sa.select(tags)).all() == []


def _is_waiting(api: Api) -> bool:
    with api.store.read() as tx:
        return bool(tx.connection.scalar(WAITING))
