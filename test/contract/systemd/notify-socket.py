#!/usr/bin/python3
"""Stands in for systemd's end of NOTIFY_SOCKET: prints each message as a line of JSON, and closes the descriptors that
come with it, which is how systemd answers a barrier. Ends with its standard input."""

import json
import os
import socket
import sys
import threading


def serve(path: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(path)
        print(json.dumps({"listening": path}), flush=True)
        while True:
            text, descriptors, _, _ = socket.recv_fds(end, 4096, 8)
            print(json.dumps(text.decode().splitlines()), flush=True)
            for descriptor in descriptors:
                os.close(descriptor)


threading.Thread(target=serve, args=(sys.argv[1],), daemon=True).start()
sys.stdin.read()
