"""Make our code known to the engine's Python workers: data sources registered, and on Spark the packages sent
along.
"""

import tempfile
import zipfile
from pathlib import Path
from typing import Any

from isinglass_runtime.engine.active import ENGINE

#: What workers import; pure Python, whose own dependencies the cluster has to have.
_PACKAGES = ("isinglass_connectors", "isinglass_runtime", "awsglue")


def prepare(spark: Any) -> None:
    """Do it once per session; the embedded engine's workers are this process and need only the
    registration.
    """
    from isinglass_runtime.io.tolerant import ErrorsDataSource, RowsDataSource

    if ENGINE.prepared:
        return
    if not ENGINE.embedded:
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder) / "isinglass_worker.zip"
            _zip_packages(archive)
            spark.addArtifacts(str(archive), pyfile=True)
    spark.dataSource.register(RowsDataSource)
    spark.dataSource.register(ErrorsDataSource)
    ENGINE.prepared = True


def _zip_packages(archive: Path) -> None:
    import importlib

    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for package in _PACKAGES:
            module = importlib.import_module(package)
            assert module.__file__ is not None, "our packages are regular ones"
            root = Path(module.__file__).parent
            for path in sorted(root.rglob("*.py")):
                target.write(path, str(Path(package) / path.relative_to(root)))
