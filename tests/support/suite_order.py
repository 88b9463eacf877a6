"""The order of the tests: first what starts large servers, so that few processes do and none waits at the end.

Workers begin at different places of the list and take from the ends of each other's parts: what stands together
stays with one of them.
"""

import pytest

#: These take the one engine that a process has from each other, in the order that pytest finds them in.
_ENGINES = ("packages/runtime/", "tests/awsglue/", "tests/engines/")
#: Fixtures that start something for all tests of a process, the largest first.
_LARGE = ("spark_url", "ledger_server", "live_server", "object_store", "launcher")


def _place(item: pytest.Item) -> int:
    if item.nodeid.startswith(_ENGINES):
        return 0
    if item.get_closest_marker("spark"):
        return 1
    if item.get_closest_marker("slow"):
        return 2
    names = getattr(item, "fixturenames", ())
    return next((3 + place for place, name in enumerate(_LARGE) if name in names), 3 + len(_LARGE))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort; tests of one kind keep their order, which spares fixtures of modules."""
    items.sort(key=_place)
