"""Ports for servers under test."""

import random
import socket

# Below the ports that systems give to outgoing connections (from 32768 on Linux): one of
# those may be taken by a client between its choice and the start of the server.
FIRST, LAST = 15_000, 32_000


def free_port():
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    for _ in range(200):
        port = random.randint(FIRST, LAST)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no port from {FIRST} to {LAST} is free")


if __name__ == "__main__":
    print(free_port())
