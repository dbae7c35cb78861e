"""Verifies a proof file of Guard with the public key of its log, and nothing of Guard's own code.

Written from RFC 9162 section 2.1 (the tree of RFC 6962), C2SP signed-note, tlog-checkpoint and tlog-proof, RFC 8785, and the
table "For other programs" of docs/audit.md. Signatures are verified by openssl.
  independent.py PROOF KEY        KEY: a file with the line of `guard audit key`
Prints the event's id and kind; ends with 1 and the reason where the proof does not hold.
"""

import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile


def refuse(reason):
    raise SystemExit(f"refused: {reason}")


def sha256(data):
    return hashlib.sha256(data).digest()


def inclusion(index, size, leaf, path):
    """RFC 9162, 2.1.3.2: the root that the path leads to."""
    if index >= size:
        refuse("the index is not in the tree")
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            refuse("the path is too long")
        if fn & 1 or fn == sn:
            r = sha256(b"\x01" + p + r)
            while fn & 1 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha256(b"\x01" + r + p)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        refuse("the path is too short")
    return r


def is_signed(note, key):
    name, key_id, rest = key.split("+", 2)
    material = base64.b64decode(rest, validate=True)
    # Type 0x02: the id is of the key in SPKI form alone.
    if material[0] != 2 or sha256(material[1:])[:4].hex() != key_id:
        refuse("the key is not what its id says")
    text, _, signatures = note.rpartition("\n\n")
    for line in signatures.splitlines():
        dash, signer, value = line.split(" ")
        signature = base64.b64decode(value, validate=True)
        if dash != "\u2014" or signer != name or signature[:4].hex() != key_id:
            continue
        with tempfile.TemporaryDirectory() as folder:
            for file, content in [("key", material[1:]), ("signature", signature[4:]), ("text", (text + "\n").encode())]:
                with open(os.path.join(folder, file), "wb") as out:
                    out.write(content)
            subprocess.run(["openssl", "pkey", "-pubin", "-inform", "DER", "-in", "key", "-out", "pem"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            return subprocess.run(["openssl", "dgst", "-sha256", "-verify", "pem", "-signature", "signature", "text"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    return False


def main():
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        head, _, note = file.read().partition("\n\n")
    with open(sys.argv[2], encoding="utf-8") as file:
        key = file.read().strip()
    first, extra, index, *path = head.split("\n")
    if first != "c2sp.org/tlog-proof@v1" or not extra.startswith("extra ") or not index.startswith("index "):
        refuse("this is no proof file with extra data")
    if not is_signed(note, key):
        refuse("the checkpoint is not signed with the key")
    origin, size, root = note.split("\n")[:3]
    if origin != key.split("+", 1)[0]:
        refuse("the checkpoint is of another log")
    data = base64.b64decode(extra[6:], validate=True)
    # Format 1 is of events without a retention; in format 2 its days stand before the commitment.
    end = {b"\x01": 49, b"\x02": 51}.get(data[:1]) or refuse("the leaf is of no known format")
    leaf, salt, event = data[:end], data[end : end + 32], data[end + 32 :]
    if inclusion(int(index[6:]), int(size), sha256(b"\x00" + leaf), [base64.b64decode(line, validate=True) for line in path]) != base64.b64decode(root, validate=True):
        refuse("the leaf is not under the signed root")
    said = json.loads(event)
    # RFC 8785 for what events hold: names in the order of their UTF-16 units, and whole numbers.
    order = lambda value: {name: order(value[name]) for name in sorted(value, key=lambda name: name.encode("utf-16-be"))} if isinstance(value, dict) else [order(item) for item in value] if isinstance(value, list) else value
    canonical = json.dumps(order(said), ensure_ascii=False, separators=(",", ":")).encode()
    if end == 51 and not 1 <= int.from_bytes(leaf[17:19], "big") <= 36500:
        refuse("the leaf has a retention that there cannot be")
    if leaf[-32:] != sha256(b"guard.audit.event.v1\x00" + salt + canonical) or leaf[1:17].hex() != said["id"].replace("-", ""):
        refuse("the event is not the one that was committed to")
    print(said["id"], said["kind"])


main()
