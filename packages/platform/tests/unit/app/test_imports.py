"""The server starts without the libraries that only crawls and runs need."""

import subprocess
import sys


def test_server_imports_nothing_that_only_work_needs():
    program = (
        "import sys, isinglass.app.wiring, isinglass.app.standalone\n"
        "heavy = {'pyarrow', 'duckdb', 'pandas', 'numpy', 'boto3', 'botocore', 'alembic', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
