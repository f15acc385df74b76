"""Send each argument after the first, HOST:PORT, as a line, and expect the same line back."""

import socket
import sys

host, port = sys.argv[1].rsplit(":", 1)
with socket.create_connection((host, int(port)), timeout=30) as connection:
    stream = connection.makefile("rw", encoding="utf-8", newline="\n")
    for line in sys.argv[2:]:
        print("   client sends   ", line, flush=True)
        stream.write(line + "\n")
        stream.flush()
        answer = stream.readline().rstrip("\n")
        print("   server answers ", answer, flush=True)
        if answer != line:
            sys.exit(f"expected {line!r}, but got {answer!r}")
