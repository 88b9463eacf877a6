"""Fixtures for every suite; the modules live in tests/support."""

pytest_plugins = [
    "store_fixtures",
    "api_fixtures",
    "connection_fixtures",
    "job_fixtures",
    "crawl_fixtures",
    "server_fixtures",
    "spark_server",
]
