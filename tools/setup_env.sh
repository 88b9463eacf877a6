#!/bin/sh
# Make a virtual environment from a lock: setup_env.sh dev|bench|clients|spark. Idempotent; quick when nothing changed.
set -eu
cd "$(dirname "$0")/.."
name=$1
case $name in dev) venv=.venv ;; *) venv=.venv-$name ;; esac
lock=requirements/$name.lock
stamp=$venv/.installed-from
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Isinglass needs Python 3.11 or newer; \"$python\" is $("$python" --version 2>&1). Set PYTHON=/path/to/python3.11." >&2
  exit 1
}
want=$(cat "$lock" packages/*/pyproject.toml tools/setup_env.sh | cksum)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && exit 0
echo "Setting up $venv from $lock" >&2
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check "uv==0.13.9"
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --require-hashes -r "$lock"
if [ "$name" = dev ]; then
  "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation \
    -e packages/connectors -e packages/quality -e packages/runtime -e packages/platform
fi
printf '%s' "$want" > "$stamp"
