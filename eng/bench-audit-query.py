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

import bench_audit_tail

GUARD, PSQL, WORK, EVENTS = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
VERIFIES = os.environ.get("BENCH") == "verify"
STORES = os.environ.get("STORES", "sqlite postgres").split()
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
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def request(trace):
    place = {"written": "/home/dev/app", "real": "/home/dev/app"}
    path = "/home/dev/app/src/Billing/Invoices/InvoiceNumbering.cs"
    return {
        "version": 1, "traceId": trace, "hook": {"version": "0.1.0", "analyser": analyser(), "agentName": "dev-box", "installation": str(uuid.uuid4()), "sequence": 1},
        "call": {"client": "claude-code", "event": "PreToolUse", "tool": "Read", "input": {"file_path": path, "offset": 120, "limit": 200}, "toolUseId": "toolu_01ABCDEFGHIJKLMNOPQRSTUV",
                 "sessionId": str(uuid.uuid4()), "cwd": "/home/dev/app", "workspace": place, "homes": [{"written": "/home/dev", "real": "/home/dev"}], "permissionMode": "default"},
        "accesses": [{"action": "read:file", "resource": path, "real": path, "primary": True}]}


def real_event(gateway):
    gateway.ask("POST", "/v1/decisions", gateway.agent, request(id_of(int(time.time() * 1000))))
    return gateway.ask("GET", "/v1/events?kind=decision&limit=1", gateway.admin)["events"][0]


def analyser():
    for line in open("src/Guard.Protocol/Wire.cs"):
        if "AnalyserVersion =" in line:
            return int(line.split("=")[1].strip(" ;\n"))
    raise SystemExit("bench: src/Guard.Protocol/Wire.cs does not say the analyser's version")


def resource_of(number):
    return f"/home/dev/app/src/Billing/Invoices/Part{number}.cs"


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
        resource = resource_of(int(random.expovariate(0.01)))
        event = dict(template, id=id_of(at), resource=resource, time=time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at / 1000)) + f".{at % 1000:03d}Z", agentId=agent_id, agentName=agent_name, sessionId=sessions[agent_id],
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
    return subprocess.run([PSQL, "-h", f"{WORK}/pg", "-U", "guard", "-d", "guard", "-qAt", "-v", "ON_ERROR_STOP=1", "-c", "SET search_path = guard, pg_temp", "-c", sql], input=data, text=True, check=True, stdout=subprocess.PIPE).stdout.strip()


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def share(values, weights):
    """SQL that draws one of some values by their weights, from the column `draw`."""
    total, sum_of, cases = sum(weights), 0, ""
    for value, weight in zip(values[:-1], weights):
        sum_of += weight
        cases += f" WHEN draw < {sum_of / total} THEN {quoted(value)}"
    return f"CASE{cases} ELSE {quoted(values[-1])} END"


def fill_postgres(template, first):
    """The events of rows(), made inside the database: copying ten million of them into it would take an hour."""
    begin = int(time.time() * 1000) - DAYS * 86_400_000
    psql(f"SELECT prepare_months(0, {begin}, 4)")
    marks = {"id": "ID", "time": "TIME", "agentId": "AGENTID", "agentName": "AGENTNAME", "sessionId": "SESSION", "traceId": "TRACE", "toolUseId": "CALL", "tool": "TOOL",
             "action": "ACTION", "effect": "EFFECT", "answer": "EFFECT", "policy": "POLICY", "rule": "RULE", "resource": "RESOURCE"}
    event = {name: value for name, value in template.items() if name != "position"} | {name: f"@{mark}@" for name, mark in marks.items()}
    # ASCII, whole numbers and sorted names: this is the canonical form, too.
    body = quoted(json.dumps(event, separators=(",", ":"), sort_keys=True))
    columns = {"ID": "id::text", "TIME": """to_char(to_timestamp(time / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')""", "AGENTID": "agent_id::text", "AGENTNAME": "agent_name", "SESSION": "session_id",
               "TRACE": "trace_id::text", "CALL": "tool_use_id", "TOOL": "tool", "ACTION": "action", "EFFECT": "effect", "POLICY": "policy", "RULE": "rule", "RESOURCE": "resource"}
    for mark, column in columns.items():
        body = f"replace({body}, '@{mark}@', {column})"
    tools, actions = [tool[0] for tool in TOOLS], {tool[0]: tool[1] for tool in TOOLS}
    rules = " ".join(f"WHEN {i} THEN {quoted(rule)}" for i, (_, rule) in enumerate(RULES[:-1]))
    of_time = lambda: "(lpad(to_hex(time), 12, '0') || '7' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid"
    # Indexes are made faster at once than row by row, and what is made here can be made again.
    indexes = psql("SELECT indexdef FROM pg_indexes WHERE schemaname = 'guard' AND tablename = 'audit_event' AND indexname <> 'audit_event_pkey'").splitlines()
    psql("ALTER SYSTEM SET fsync = off")
    psql("SELECT pg_reload_conf()")
    for name in re.findall(r"INDEX (\S+) ON", "\n".join(indexes)):
        psql(f"DROP INDEX {name}")
    part = 500_000
    for at in range(0, EVENTS, part):
        psql(f"""
            SET synchronous_commit = off; SET work_mem = '64MB';
            CREATE FUNCTION pg_temp.skewed(rate float, most int) RETURNS int LANGUAGE sql VOLATILE AS $$ SELECT least(floor(-ln(1 - random()) / rate)::int, most) $$;
            WITH drawn AS MATERIALIZED (
                SELECT number, {begin}::bigint + (number * {DAYS * 86_400_000 / EVENTS}::float)::bigint AS time, pg_temp.skewed(0.15, {AGENTS - 1}) AS agent, pg_temp.skewed(0.2, {len(RULES) - 2}) AS rule_number,
                    pg_temp.skewed(0.01, 5000) AS part, random() AS draw, random() AS draw_effect, number % {EVENTS // DAYS or 1} = 0 AS rare
                FROM generate_series({at}, {min(at + part, EVENTS) - 1}) AS number
            ), named AS MATERIALIZED (
                SELECT number, time, {of_time()} AS id, {of_time()} AS trace_id, ('018bcfe5-6800-7000-8000-' || lpad(to_hex(agent), 12, '0'))::uuid AS agent_id, 'agent-' || lpad(agent::text, 2, '0') AS agent_name,
                    md5(agent || ' ' || number / 4000)::uuid::text AS session_id, 'toolu_' || substr(md5(random()::text), 1, 24) AS tool_use_id, {share(tools, [tool[2] for tool in TOOLS])} AS tool,
                    {share([effect[0] for effect in EFFECTS], [effect[1] for effect in EFFECTS]).replace("draw ", "draw_effect ")} AS effect, CASE WHEN rare THEN {quoted(RULES[-1][0])} ELSE {quoted(RULES[0][0])} END AS policy,
                    CASE WHEN rare THEN {quoted(RULES[-1][1])} ELSE CASE rule_number {rules} END END AS rule, {quoted(resource_of("#"))} AS resource_form, part
                FROM drawn
            ), spelt AS MATERIALIZED (
                SELECT *, CASE tool {" ".join(f"WHEN {quoted(tool)} THEN {quoted(action)}" for tool, action in actions.items())} END AS action, replace(resource_form, '#', part::text) AS resource,
                    decode(md5(random()::text) || md5(random()::text), 'hex') AS salt FROM named
            ), made AS MATERIALIZED (SELECT *, {body} AS body FROM spelt
            ), leaf AS (
                INSERT INTO audit_leaf (position, id, claim, clock, commitment) OVERRIDING SYSTEM VALUE
                SELECT {first} + number, id, encode(substr(sha256(convert_to('decision ' || agent_id || ' ' || trace_id, 'UTF8')), 1, 16), 'hex')::uuid, time,
                    sha256(convert_to('guard.audit.event.v1', 'UTF8') || decode('00', 'hex') || salt || convert_to(body, 'UTF8')) FROM made ORDER BY number
            )
            INSERT INTO audit_event ({', '.join(COLUMNS)}, resource, answer)
            SELECT {first} + number, id, time, 'decision', {quoted(template["organisation"])}, {quoted(template["owner"])}, agent_id, agent_name, session_id, trace_id, tool_use_id, tool, action, effect, policy, rule, body, salt, resource, effect
            FROM made ORDER BY number""")
        print(f"bench: postgres: {min(at + part, EVENTS):,} events", file=sys.stderr, flush=True)
    for index in indexes:
        # PostgreSQL tells of the parent table alone; the partitions need theirs.
        psql(f"SET maintenance_work_mem = '1GB'; {index.replace(' ON ONLY ', ' ON ')}")
    psql("SELECT setval(pg_get_serial_sequence('guard.audit_leaf', 'position'), (SELECT max(position) FROM audit_leaf))")
    subprocess.run([PSQL, "-h", f"{WORK}/pg", "-U", "guard", "-d", "guard", "-q", "-c", "VACUUM ANALYZE"], check=True)
    psql("ALTER SYSTEM RESET fsync")
    psql("SELECT pg_reload_conf()")
    psql("CHECKPOINT")


def counted(name):
    """Whether the gateway has counted all events for statistics."""
    sql = "SELECT coalesce((SELECT position FROM audit_count_state), 0) = (SELECT max(position) FROM audit_leaf)"
    if name == "postgres":
        return psql(sql) == "t"
    database = sqlite3.connect(f"{WORK}/sqlite/guard.db", timeout=10)
    try:
        return database.execute(sql).fetchone()[0] == 1
    finally:
        database.close()


def settle(name, gateway):
    """Waits until the gateway has taken all events into the log and counted them. It does so as they come, never millions of them beside its requests."""
    begin = time.perf_counter()
    taken_in(gateway)
    print(f"bench: {name}: taken into the log {time.perf_counter() - begin:.0f} s after the start", file=sys.stderr, flush=True)
    while not counted(name):
        time.sleep(0.5)
    print(f"bench: {name}: counted {time.perf_counter() - begin:.0f} s after the start", file=sys.stderr, flush=True)


def statistics(gateway):
    result = {}
    for what, longest in [("stats, 24 hours", 1), ("stats, 7 days", 7), ("stats, 30 days", 30), (f"stats, all {DAYS} days", DAYS + 1)]:
        taken = []
        for turn in range(ROUNDS + 10):
            # Not at a full hour, and another one each time.
            since = time.time() - longest * 86_400 + random.randrange(3600)
            path = "/v1/events/stats?from=" + time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(since))
            begin = time.perf_counter()
            gateway.ask("GET", path, gateway.admin)
            if turn >= 10:
                taken.append((time.perf_counter() - begin) * 1000)
        taken.sort()
        result[what] = [taken[int(len(taken) * share)] for share in (0.5, 0.95, 0.99)]
    return result


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


def taken_in(gateway):
    """Waits until all events are in the log, and returns the seconds that took."""
    begin = time.perf_counter()
    while gateway.ask("GET", "/v1/log", gateway.admin)["size"] < EVENTS:
        time.sleep(0.2)
    return time.perf_counter() - begin


def verify(gateway):
    seconds = taken_in(gateway)
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
    return [("taken into the log after the fill, s", seconds), ("verify, online, s", online), ("highest memory of the command, MiB", online_memory), ("highest memory of the gateway, MiB", served),
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
    try:
        if VERIFIES:
            return verify(gateway)
        settle(name, gateway)
        result = measure(gateway) | statistics(gateway)
        p50, p99, worst, rate = bench_audit_tail.measure(f"{gateway.data}/gateway.sock", gateway.admin, gateway.agent, request("TRACE"))
        print(f"A stream shows an event after its decision's answer, {name}, {rate:.0f} decisions per second: p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst {worst:.1f} ms.\n", flush=True)
        return result
    finally:
        gateway.stop()


FILLS = {
    "sqlite": ([], lambda template, first: fill_sqlite(f"{WORK}/sqlite/guard.db", template, first)),
    "postgres": (["--database", f"Host={WORK}/pg;Database=guard;Username=guard"], fill_postgres),
}
TITLES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
results = {}
loads = [os.getloadavg()[0]]
for store in STORES:
    results[store] = run(store, *FILLS[store])
    loads.append(os.getloadavg()[0])
load = f"Load average when the run began {loads[0]:.1f}, " + "".join(f"after {TITLES[store]} {at:.1f}, " for store, at in zip(STORES, loads[1:])).rstrip(", ") + "."
columns = "| " + " | ".join(TITLES[store] for store in STORES) + " |"
if VERIFIES:
    print(f"Verification of {EVENTS:,} events. {load}\n")
    print(f"| {columns}\n| --- |{' --: |' * len(STORES)}")
    for number, (what, _) in enumerate(results[STORES[0]]):
        print(f"| {what} | " + " | ".join(f"{results[store][number][1]:.1f}" for store in STORES) + " |")
    raise SystemExit(0)

print(f"First page (100 events) of {EVENTS:,} events through the API, and statistics; {ROUNDS} requests each after {WARM} of any kind, ms. {load}\n")
print("| filter |" + "".join(f" {TITLES[store]} p50 | p95 | p99 |" for store in STORES) + "\n| --- |" + " --: |" * 3 * len(STORES))
for name in results[STORES[0]]:
    print(f"| {name} | " + " | ".join(f"{value:.1f}" for store in STORES for value in results[store][name]) + " |")
