"""How soon a stream of the record shows an event, while decisions come at a steady rate. Used by bench-audit-query.py."""

import http.client
import json
import multiprocessing
import re
import socket
import threading
import time
import uuid

RATE = 1000
CONNECTIONS = 25
TRACE = re.compile(rb'"traceId":"([0-9a-f-]{36})"')


def connect(path):
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    return client


def answer(client, buffer):
    """Status and body of one answer; answers to decisions are not chunked."""
    while b"\r\n\r\n" not in buffer:
        buffer += client.recv(65536)
    head, _, rest = buffer.partition(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
    while len(rest) < length:
        rest += client.recv(65536)
    return head.split(b" ", 2)[1], rest[:length], rest[length:]


def watch(path, key, result):
    """In a process of its own, so that it does not wait for the threads that ask. Their clock is the same."""
    stream = http.client.HTTPConnection("gateway.invalid")
    stream.sock = connect(path)
    stream.request("GET", "/v1/events/stream?kind=decision", headers={"Authorization": f"Bearer {key}"})
    response = stream.getresponse()
    result.send(None)
    shown, rest = {}, b""
    while True:
        # What has come so far, once, however many events it is.
        rest += response.read1(1 << 20)
        at = time.perf_counter()
        *lines, rest = rest.split(b"\n")
        for line in lines:
            if found := TRACE.search(line):
                shown[found.group(1)] = at
        if result.poll():
            if result.recv() <= len(shown):
                result.send(shown)
                return


def ask(path, key, request, number, seconds, answered, failures):
    client = connect(path)
    text = json.dumps(request)
    buffer = b""
    begin = time.perf_counter()
    for turn in range(int(seconds * RATE / CONNECTIONS)):
        due = begin + (turn + number / CONNECTIONS) * CONNECTIONS / RATE
        if (wait := due - time.perf_counter()) > 0:
            time.sleep(wait)
        now = int(time.time() * 1000)
        trace = str(uuid.UUID(int=(now << 80) | (7 << 76) | (2 << 62) | (uuid.uuid4().int & ((1 << 62) - 1))))
        body = text.replace("TRACE", trace)
        client.sendall(f"POST /v1/decisions HTTP/1.1\r\nHost: gateway.invalid\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        status, text_of_answer, buffer = answer(client, buffer)
        if status == b"200":
            answered[trace.encode()] = time.perf_counter()
        else:
            failures.append(text_of_answer)
    client.close()


def measure(path, admin, agent, request, seconds=20):
    """Milliseconds from an answer to the event's line in the stream (p50, p99, worst), and decisions per second."""
    answered, failures = {}, []
    result, others = multiprocessing.Pipe()
    watcher = multiprocessing.get_context("fork").Process(target=watch, args=(path, admin, others), daemon=True)
    watcher.start()
    result.recv()
    begin = time.perf_counter()
    clients = [threading.Thread(target=ask, args=(path, agent, request, number, seconds, answered, failures)) for number in range(CONNECTIONS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    rate = len(answered) / (time.perf_counter() - begin)
    deadline = time.perf_counter() + 60
    while not result.poll() and time.perf_counter() < deadline:
        # It looks at this when it has read something; a comment comes every 15 s.
        result.send(len(answered))
        result.poll(1)
    if failures or not result.poll():
        raise SystemExit(f"bench: {len(failures)} decisions failed ({failures[:1]}), or a stream has not shown all {len(answered)} within a minute")
    shown = result.recv()
    # An event is committed before it is answered, so the stream can be first.
    late = sorted(max(0.0, (shown[trace] - at) * 1000) for trace, at in answered.items())
    return late[len(late) // 2], late[int(len(late) * 0.99)], late[-1], rate
