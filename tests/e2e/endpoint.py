"""An endpoint that misbehaves on command: endpoint.py PORT.

On standard input: `ok`, `hang` (takes requests, never answers), `reset` (takes them and resets the
connection), `500`; `dump` prints the times of all requests so far but health checks, as JSON, on
the clock that time.monotonic() has in every process.
"""
import asyncio
import contextlib
import json
import socket
import struct
import sys
import time

BODY = b"e" * 300


class Endpoint:
    def __init__(self):
        self.mode = "ok"
        self.seen = []

    async def serve(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if not head.startswith(b"GET /healthz"):
                    self.seen.append(time.monotonic())
                if self.mode == "hang":
                    await reader.read()  # Until the other side gives up.
                    break
                if self.mode == "reset":
                    once = struct.pack("ii", 1, 0)
                    writer.get_extra_info("socket").setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, once
                    )
                    break
                status = "500 Internal Server Error" if self.mode == "500" else "200 OK"
                answer = f"HTTP/1.1 {status}\r\nContent-Length: {len(BODY)}\r\n\r\n"
                writer.write(answer.encode() + BODY)
                await writer.drain()
        writer.close()

    def obey(self, command):
        if command == "dump":
            print(json.dumps(self.seen), flush=True)
        else:
            self.mode = command
            print("done", flush=True)


async def main(port):
    endpoint = Endpoint()
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader(limit=1 << 16)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    server = await asyncio.start_server(endpoint.serve, "127.0.0.1", port, backlog=1024)
    async with server:
        while line := (await commands.readline()).decode().strip():
            endpoint.obey(line)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
