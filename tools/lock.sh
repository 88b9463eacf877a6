#!/bin/sh
# Re-resolve the locks of requirements/: exact versions and hashes, no registry's address (docs/decisions/0001).
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
compile() { "$uv" pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header "$@"; }
own="--no-emit-package isinglass --no-emit-package isinglass-runtime --no-emit-package isinglass-quality --no-emit-package isinglass-connectors"
# shellcheck disable=SC2086
compile $own --all-extras --group dev packages/*/pyproject.toml -o requirements/dev.lock
compile --group bench -o requirements/bench.lock
compile --group spark -o requirements/spark.lock
compile --group clients -o requirements/clients.lock
