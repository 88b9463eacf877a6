"""Keep a run's process to its own files: Landlock, the sandbox that Linux lets any process put itself into.

Runs of every account execute as the user that runs the server. Without this, a script of one account could
read that user's files: the server's keys, its database, the scratch folders of other accounts' runs.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITIES_VERSION = 0x20080522

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _IOCTL_DEV = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 15
_READ = _EXECUTE | _READ_FILE | _READ_DIR
#: All rights over files that each version of the kernel's interface knows; one it does not know is an error.
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | _IOCTL_DEV
#: Signals and abstract sockets of processes outside, from this version on.
_SCOPES_SINCE, _SCOPES = 6, 0b11

#: What programs need of the system. Not all of /etc: it has keys and hashes of passwords.
SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/proc", "/sys/devices/system",
    "/sys/fs/cgroup", "/etc/alternatives", "/etc/ca-certificates", "/etc/crypto-policies", "/etc/gai.conf",
    "/etc/group", "/etc/host.conf", "/etc/hosts", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
    "/etc/localtime", "/etc/mime.types", "/etc/nsswitch.conf", "/etc/os-release", "/etc/passwd",
    "/etc/pip.conf", "/etc/pki", "/etc/protocols", "/etc/resolv.conf", "/etc/services", "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf", "/etc/timezone", "/etc/uv", "/dev/random", "/dev/urandom",
)  # fmt: skip
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/shm")  # noqa: S108 - semaphores live in shm


def available() -> int:
    """Tell which version of Landlock the kernel has; 0 when it has none."""
    if sys.platform != "linux":
        return 0
    version: int = _libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _CREATE_RULESET_VERSION)
    return max(0, version)


def confine(writable: Iterable[str | Path], readable: Iterable[str | Path] = ()) -> bool:
    """Keep this process and its children to these folders and the system's; False where the kernel cannot.

    Only the calling thread and what it starts are held: call it before there are others. It cannot be undone.
    """
    version = available()
    if not version:
        return False
    rights = max(known for known in _RIGHTS if known <= version)
    handled = _RIGHTS[rights]
    scopes = _SCOPES if version >= _SCOPES_SINCE else 0
    # The third member is unknown to older kernels, which accept the longer structure as long as it is zero.
    attributes = struct.pack("=QQQ", handled, 0, scopes)
    size = len(attributes) if scopes else 8
    ruleset = _checked(_libc().syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0))
    try:
        for path in (*SYSTEM, *_of_python(), *readable):
            _allow(ruleset, path, _READ & handled)
        for path in (*DEVICES, *writable):
            _allow(ruleset, path, handled)
        _checked(_libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        # Where the server runs as root: capabilities see into other processes whatever Landlock says.
        header = struct.pack("=Ii", _CAPABILITIES_VERSION, 0)
        _checked(_libc().capset(header, bytes(24)))
        _checked(_libc().syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return True


def _of_python() -> set[str]:
    """Gather where this interpreter and its packages are, editable ones too."""
    paths = (sys.prefix, sys.base_prefix, sys.executable, *sys.path)
    return {os.path.realpath(path) for path in paths if path}


def _allow(ruleset: int, path: str | Path, rights: int) -> None:
    """Allow what lies beneath a path; one that does not exist needs no right."""
    with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            allowed = rights if Path(path).is_dir() else rights & _OF_FILES
            rule = struct.pack("=Qi", allowed, beneath)
            _checked(_libc().syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0))
        finally:
            os.close(beneath)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result
