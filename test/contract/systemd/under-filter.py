#!/usr/bin/python3
"""Runs a program under the system call filter of a unit file: under-filter.py UNIT PROGRAM [ARGUMENT...]

systemd itself is not running where the tests run, so its SystemCallFilter= lines are resolved with `systemd-analyze
syscall-filter` and loaded with the library that systemd uses for it. What is not allowed fails with EPERM."""

import ctypes
import os
import subprocess
import sys

ALLOW, EPERM_ELSE = 0x7FFF0000, 0x00050001


def sets() -> dict[str, list[str]]:
    listing = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager"],
                             check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    found: dict[str, list[str]] = {}
    for line in listing.splitlines():
        word = line.strip()
        if line.startswith("@"):
            found[word] = members = []
        elif word and not word.startswith("#"):
            members.append(word)
    return found


def calls(names: list[str], known: dict[str, list[str]]) -> set[str]:
    return set().union(*(calls(known[name], known) if name.startswith("@") else {name} for name in names))


def allowed(unit: str) -> set[str]:
    known, result = sets(), set()
    for line in open(unit, encoding="utf-8"):
        key, _, value = line.strip().partition("=")
        if key == "SystemCallFilter":
            named = calls(value.lstrip("~").split(), known)
            result = result - named if value.startswith("~") else result | named
    return result


def load(names: set[str]) -> None:
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    for function in (library.seccomp_rule_add, library.seccomp_load):
        function.argtypes = [ctypes.c_void_p] + ([ctypes.c_uint32, ctypes.c_int, ctypes.c_uint]
                                                 if function is library.seccomp_rule_add else [])
    rules = library.seccomp_init(EPERM_ELSE)
    for name in names:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0 and library.seccomp_rule_add(rules, ALLOW, number, 0) != 0:
            sys.exit(f"the call {name} could not be allowed")
    if library.seccomp_load(rules) != 0:
        sys.exit("the filter could not be loaded")


permitted = allowed(sys.argv[1])
if "read" not in permitted:
    sys.exit(f"{sys.argv[1]} has no SystemCallFilter= that lets a program read")
load(permitted)
os.execvp(sys.argv[2], sys.argv[2:])
