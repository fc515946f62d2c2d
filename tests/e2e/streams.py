"""An origin with WebSockets (/socket) and event streams (/events): streams.py PORT."""
import asyncio
import base64
import contextlib
import hashlib
import sys

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # Source: RFC 6455 §1.3.
PLAIN = b"p" * 600


async def serve_origin(reader, writer):
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            fields = dict(
                line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line
            )
            await reader.readexactly(int(fields.get("content-length", 0)))
            target = head.split()[1]
            if target.startswith("/socket"):
                key = next(
                    line.split(":", 1)[1].strip()
                    for line in head.split("\r\n")
                    if line.lower().startswith("sec-websocket-key:")
                )
                return await serve_socket(reader, writer, key.encode())
            if target.startswith("/events"):
                return await serve_events(writer)
            answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(PLAIN)}\r\n\r\n".encode()
            writer.write(answer + PLAIN)
            await writer.drain()
    writer.close()


async def serve_socket(reader, writer, key):
    """Sends back what it is sent, a text frame for a text frame."""
    accept = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
    writer.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
    )
    while True:
        text = await read_frame(reader)
        writer.write(bytes([0x81, len(text)]) + text)


async def serve_events(writer):
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    for number in range(100000):
        event = f"id: {number}\ndata: tick\n\n".encode()
        writer.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
        await writer.drain()
        await asyncio.sleep(1)


async def read_frame(reader):
    """The payload of one short frame, unmasked."""
    first, second = await reader.readexactly(2)
    if first != 0x81 or second & 0x7F > 125:
        raise ConnectionError("not a short text frame")
    mask = await reader.readexactly(4) if second & 0x80 else bytes(4)
    payload = await reader.readexactly(second & 0x7F)
    return bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


async def origin(port):
    server = await asyncio.start_server(serve_origin, "127.0.0.1", port, backlog=2048)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(origin(int(sys.argv[1])))
