"""Fills a record in SQLite and in PostgreSQL and measures the audit list, or its verification. Called by bench-audit-query.sh and bench-verify.sh."""

import hashlib
import http.client
import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import uuid

GUARD, PSQL, WORK, EVENTS = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
VERIFIES = os.environ.get("BENCH") == "verify"
DAYS = 60
AGENTS = 40
ROUNDS = 100
WARM = 100
TOOLS = [("Read", "read:file", 50), ("Bash", "execute:shell", 30), ("Edit", "write:file", 12), ("WebFetch", "read:web", 5), ("NotebookEdit", "write:file", 1)]
EFFECTS = [("allow", 88), ("ask", 7), ("deny", 5)]
RULES = [("dev-assistant", f"rule-{i}") for i in range(30)] + [("rare", "once-a-day")]
COLUMNS = ["position", "id", "time", "kind", "organisation", "owner", "agent_id", "agent_name", "session_id", "trace_id", "tool_use_id", "tool", "action", "effect", "policy", "rule", "body", "salt"]


def id_of(milliseconds):
    return str(uuid.UUID(int=(milliseconds << 80) | (7 << 76) | (random.getrandbits(12) << 64) | (2 << 62) | random.getrandbits(62)))


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("gateway.invalid")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Gateway:
    """A gateway that runs until it is stopped."""

    def __init__(self, name, options):
        self.data = f"{WORK}/{name}"
        self.key_file = f"{WORK}/{name}.key"
        keys = [] if os.path.exists(self.key_file) else ["--admin-key-file", self.key_file]
        self.process = subprocess.Popen([GUARD, "up", "--data", self.data, "--no-tcp", "--checkpoint-file", f"{WORK}/{name}.checkpoints", "--publish-every", "1s", *keys, *options], stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if line.startswith("Ctrl-C"):
                break
        self.http = Connection(f"{self.data}/gateway.sock")
        self.admin = open(self.key_file).read().strip()
        self.agent = json.load(open(f"{self.data}/hook.json"))["apiKey"]

    def ask(self, method, path, key, body=None):
        self.http.request(method, path, json.dumps(body) if body else None, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
        response = self.http.getresponse()
        text = response.read()
        if response.status != 200:
            raise SystemExit(f"bench: {method} {path}: {response.status} {text[:500]}")
        return json.loads(text)

    def stop(self):
        self.http.close()
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


def real_event(gateway):
    now = int(time.time() * 1000)
    place = {"written": "/home/dev/app", "real": "/home/dev/app"}
    path = "/home/dev/app/src/Billing/Invoices/InvoiceNumbering.cs"
    gateway.ask("POST", "/v1/decisions", gateway.agent, {
        "version": 1, "traceId": id_of(now), "hook": {"version": "0.1.0", "analyser": analyser(), "agentName": "dev-box", "installation": str(uuid.uuid4()), "sequence": 1},
        "call": {"client": "claude-code", "event": "PreToolUse", "tool": "Read", "input": {"file_path": path, "offset": 120, "limit": 200}, "toolUseId": "toolu_01ABCDEFGHIJKLMNOPQRSTUV",
                 "sessionId": str(uuid.uuid4()), "cwd": "/home/dev/app", "workspace": place, "homes": [{"written": "/home/dev", "real": "/home/dev"}], "permissionMode": "default"},
        "accesses": [{"action": "read:file", "resource": path, "real": path, "primary": True}]})
    return gateway.ask("GET", "/v1/events?kind=decision&limit=1", gateway.admin)["events"][0]


def analyser():
    for line in open("src/Guard.Protocol/Wire.cs"):
        if "AnalyserVersion =" in line:
            return int(line.split("=")[1].strip(" ;\n"))
    raise SystemExit("bench: src/Guard.Protocol/Wire.cs does not say the analyser's version")


def rows(template, first):
    random.seed(7)
    agents = [(id_of(1_700_000_000_000), f"agent-{i:02d}") for i in range(AGENTS)]
    sessions = {}
    tools, tool_weights = [tool[:2] for tool in TOOLS], [tool[2] for tool in TOOLS]
    effects, effect_weights = [effect[0] for effect in EFFECTS], [effect[1] for effect in EFFECTS]
    begin = int(time.time() * 1000) - DAYS * 86_400_000
    step = DAYS * 86_400_000 / EVENTS
    for number in range(EVENTS):
        at = begin + int(number * step)
        # A few agents do most of the work.
        agent_id, agent_name = agents[min(int(random.expovariate(0.15)), AGENTS - 1)]
        if agent_id not in sessions or random.random() < 0.01:
            sessions[agent_id] = str(uuid.UUID(int=random.getrandbits(128)))
        tool, action = random.choices(tools, tool_weights)[0]
        effect = random.choices(effects, effect_weights)[0]
        policy, rule = RULES[-1] if number % (EVENTS // DAYS or 1) == 0 else RULES[min(int(random.expovariate(0.2)), len(RULES) - 2)]
        event = dict(template, id=id_of(at), time=time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at / 1000)) + f".{at % 1000:03d}Z", agentId=agent_id, agentName=agent_name, sessionId=sessions[agent_id],
                     traceId=id_of(at), toolUseId=f"toolu_{random.getrandbits(96):024x}", tool=tool, action=action, effect=effect, answer=effect, policy=policy, rule=rule)
        event.pop("position", None)
        # ASCII, whole numbers and sorted names: this is the canonical form, too.
        body = json.dumps(event, separators=(",", ":"), sort_keys=True)
        salt = random.randbytes(32)
        commitment = hashlib.sha256(b"guard.audit.event.v1\0" + salt + body.encode()).digest()
        yield event, commitment, [first + number, event["id"], at, "decision", event["organisation"], event["owner"], agent_id, agent_name, event["sessionId"], event["traceId"], event["toolUseId"], tool, action, effect, policy, rule, body, salt]


def fill_sqlite(path, template, first):
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    for _, commitment, row in rows(template, first):
        database.execute(f"INSERT INTO audit_event ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})", row)
        database.execute("INSERT INTO audit_leaf (position, id, commitment) VALUES (?, ?, ?)", (row[0], row[1], commitment))
    database.commit()
    database.close()


def psql(sql, data=None):
    return subprocess.run([PSQL, "-h", f"{WORK}/pg", "-U", "guard", "-d", "guard", "-qAt", "-v", "ON_ERROR_STOP=1", "-c", f"SET search_path = guard; {sql}"], input=data, text=True, check=True, capture_output=True).stdout.strip()


def copied(value):
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    return "\\N" if value is None else str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def fill_postgres(template, first):
    psql(f"SELECT prepare_months({int(time.time() * 1000) - DAYS * 86_400_000}, 4)")
    with open(f"{WORK}/leaf", "w") as leaf, open(f"{WORK}/event", "w") as body:
        for event, commitment, row in rows(template, first):
            claim = uuid.UUID(bytes=hashlib.sha256(f"decision {event['agentId']} {event['traceId']}".encode()).digest()[:16])
            leaf.write(f"{row[0]}\t{row[1]}\t{claim}\t{row[2]}\t{copied(commitment)}\n")
            body.write("\t".join(copied(value) for value in [*row, event["resource"][:500], event["answer"]]) + "\n")
    for table, columns, file in [("audit_leaf", "position, id, claim, clock, commitment", "leaf"), ("audit_event", f"{', '.join(COLUMNS)}, resource, answer", "event")]:
        with open(f"{WORK}/{file}") as data:
            subprocess.run([PSQL, "-h", f"{WORK}/pg", "-U", "guard", "-d", "guard", "-qAt", "-v", "ON_ERROR_STOP=1", "-c", f"COPY guard.{table} ({columns}) FROM STDIN"], stdin=data, check=True)
        os.remove(f"{WORK}/{file}")
    psql("SELECT setval(pg_get_serial_sequence('guard.audit_leaf', 'position'), (SELECT max(position) FROM audit_leaf))")
    subprocess.run([PSQL, "-h", f"{WORK}/pg", "-U", "guard", "-d", "guard", "-q", "-c", "VACUUM ANALYZE"], check=True)


def measure(gateway):
    events = gateway.ask("GET", "/v1/events?limit=1000&kind=decision&to=" + time.strftime("%Y-%m-%d", time.gmtime(time.time() - 20 * 86_400)), gateway.admin)["events"]
    day = 86_400
    iso = lambda ago: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - ago))
    some = lambda member: (lambda: {member if member not in ("agentName", "sessionId", "traceId", "effect") else {"agentName": "agent", "sessionId": "session", "traceId": "trace", "effect": "decision"}[member]: random.choice(events)[member]})
    filters = {
        "none": lambda: {},
        "agent": some("agentName"),
        "agent, rare": lambda: {"agent": f"agent-{AGENTS - 1:02d}"},
        "agent, unknown": lambda: {"agent": "nobody"},
        "action": some("action"),
        "decision": some("effect"),
        "tool": some("tool"),
        "tool, rare": lambda: {"tool": "NotebookEdit"},
        "session": some("sessionId"),
        "policy": some("policy"),
        "policy, rare": lambda: {"policy": "rare"},
        "rule": some("rule"),
        "trace": some("traceId"),
        "kind, rare": lambda: {"kind": "administration"},
        "from, a day ago": lambda: {"from": iso(day)},
        "from, to: one old day": lambda: (lambda ago: {"from": iso(ago), "to": iso(ago - day)})(random.randint(2, DAYS - 1) * day),
        "agent, decision, old week": lambda: (lambda ago: {"agent": f"agent-{random.randrange(8):02d}", "decision": "deny", "from": iso(ago), "to": iso(ago - 7 * day)})(random.randint(8, DAYS - 1) * day),
        "agent and tool": lambda: {"agent": f"agent-{random.randrange(AGENTS):02d}", "tool": random.choice(TOOLS)[0]},
        "tool and decision": lambda: {"tool": random.choice(TOOLS)[0], "decision": random.choice(EFFECTS)[0]},
        "policy, rule, decision": lambda: {"policy": RULES[0][0], "rule": random.choice(RULES)[1], "decision": "deny"},
        "after (a tail)": lambda: {"after": str(EVENTS - 50)},
    }
    # A program that has just started compiles itself first; a gateway runs for weeks.
    for _ in range(WARM):
        gateway.ask("GET", "/v1/events?" + urllib.parse.urlencode(random.choice(list(filters.values()))()), gateway.admin)
    result = {}
    for name, values in filters.items():
        taken = []
        for _ in range(ROUNDS):
            path = "/v1/events?" + urllib.parse.urlencode(values())
            begin = time.perf_counter()
            gateway.ask("GET", path, gateway.admin)
            taken.append((time.perf_counter() - begin) * 1000)
        taken.sort()
        result[name] = [taken[int(len(taken) * share)] for share in (0.5, 0.95, 0.99)]
    return result


def highest(process):
    """Of a process's resident memory, in MiB."""
    with open(f"/proc/{process}/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) / 1024


def command(*arguments):
    """Runs guard; seconds and MiB that it took at most."""
    begin = time.perf_counter()
    process = subprocess.Popen([GUARD, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    output, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"bench: guard {' '.join(arguments)}: {output}{errors}")
    return time.perf_counter() - begin, usage.ru_maxrss / 1024, output


def verify(gateway):
    begin = time.perf_counter()
    while (size := gateway.ask("GET", "/v1/log", gateway.admin)["size"]) < EVENTS:
        time.sleep(0.2)
    taken_in = time.perf_counter() - begin
    connection = ["--gateway", f"unix:{gateway.data}/gateway.sock", "--admin-key-file", gateway.key_file]
    key = command("audit", "key", *connection)[2].strip()
    checkpoint = ["--key", key, "--checkpoint", f"{gateway.data}.checkpoints"]
    online, online_memory, output = command("audit", "verify", *checkpoint, *connection)
    served = highest(gateway.process.pid)
    export = f"{WORK}/export.jsonl"
    exported, _, _ = command("audit", "export", "--format", "proof", "-o", export, *connection)
    offline, offline_memory, _ = command("audit", "verify", *checkpoint, "--from", export)
    size_of_export = os.path.getsize(export) / 1e9
    os.remove(export)
    print(f"bench: {output.strip()}", file=sys.stderr, flush=True)
    return [("taken into the log after the fill, s", taken_in), ("verify, online, s", online), ("highest memory of the command, MiB", online_memory), ("highest memory of the gateway, MiB", served),
            (f"export of {size_of_export:.1f} GB, s", exported), ("verify, from the export, s", offline), ("highest memory, MiB", offline_memory)]


def run(name, options, fill):
    if not os.path.exists(f"{WORK}/{name}.filled"):
        gateway = Gateway(name, options)
        template = real_event(gateway)
        first = template["position"] + 1
        gateway.stop()
        begin = time.time()
        fill(template, first)
        open(f"{WORK}/{name}.filled", "w").close()
        print(f"bench: {name}: {EVENTS} events of {len(json.dumps(template))} bytes filled in {time.time() - begin:.0f} s", file=sys.stderr, flush=True)
    gateway = Gateway(name, options)
    result = verify(gateway) if VERIFIES else measure(gateway)
    gateway.stop()
    return result


before = os.getloadavg()[0]
sqlite = run("sqlite", [], lambda template, first: fill_sqlite(f"{WORK}/sqlite/guard.db", template, first))
between = os.getloadavg()[0]
postgres = run("postgres", ["--database", f"Host={WORK}/pg;Database=guard;Username=guard"], fill_postgres)
if VERIFIES:
    print(f"Verification of {EVENTS:,} events. Load average when the run began {before:.1f}, between the stores {between:.1f}, at the end {os.getloadavg()[0]:.1f}.\n")
    print("| | SQLite | PostgreSQL |\n| --- | --: | --: |")
    for (what, one), (_, two) in zip(sqlite, postgres):
        print(f"| {what} | {one:.1f} | {two:.1f} |")
    raise SystemExit(0)

print(f"First page (100 events) of {EVENTS:,} events through the API, {ROUNDS} requests each after {WARM} of any kind, ms. Load average when the run began {before:.1f}, between the stores {between:.1f}, at the end {os.getloadavg()[0]:.1f}.\n")
print("| filter | SQLite p50 | p95 | p99 | PostgreSQL p50 | p95 | p99 |\n| --- | --: | --: | --: | --: | --: | --: |")
for name in sqlite:
    print(f"| {name} | " + " | ".join(f"{value:.1f}" for value in [*sqlite[name], *postgres[name]]) + " |")
