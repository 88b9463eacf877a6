"""Fixtures for every suite; the modules live in tests/support."""

import gc
import os
import signal
import sys

pytest_plugins = [
    "suite_order",
    "store_fixtures",
    "api_fixtures",
    "connection_fixtures",
    "job_fixtures",
    "crawl_fixtures",
    "server_fixtures",
    "spark_server",
]

# Hundreds of servers and commands start in processes of their own: none must compile again what it imports.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A shell starts what runs in the background deaf to Ctrl-C, and so would be what tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Let the collector of garbage never look again at thousands of tests and what they imported."""
    gc.freeze()
