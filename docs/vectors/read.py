#!/usr/bin/env python3
"""Reads batches with nothing but Python's own library, after docs/formats.md.

  read.py                            holds the vectors beside it (a Go test runs it)
  read.py FOLDER RECOVERY-CODE       prints what an office's journal says, a batch a line
  read.py EPOCH=HEX... FILE...       the same of segments, bundles or packs, by the keys themselves

It shares no line with the program, so that it is wrong where the page is wrong.
It is slow, and made to be read in twenty years.
"""
import base64
import hashlib
import hmac
import json
import pathlib
import struct
import sys

import hybrid

# --- CBOR in its one form: shortest heads, definite lengths, ascending keys ---


def cbor(b, at=0, depth=8):
    if depth == 0:
        raise ValueError("nested too deep")
    major, info = b[at] >> 5, b[at] & 31
    at += 1
    n = info
    if info >= 24:
        size = {24: 1, 25: 2, 26: 4, 27: 8}[info]
        n = int.from_bytes(b[at:at + size], "big")
        if len(b) < at + size or n < {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}[size]:
            raise ValueError("not the shortest head")
        at += size
    if major == 0:
        return n, at
    if major in (2, 3):
        if at + n > len(b):
            raise ValueError("string is cut")
        v = bytes(b[at:at + n])
        return (v.decode() if major == 3 else v), at + n
    if major == 4:
        v = []
        for _ in range(n):
            item, at = cbor(b, at, depth - 1)
            v.append(item)
        return v, at
    if major == 5:
        v, last = {}, -1
        for _ in range(n):
            key, at = cbor(b, at, 1 + (depth > 1))
            if not isinstance(key, int) or key <= last:
                raise ValueError("keys do not ascend")
            v[key], at = cbor(b, at, depth - 1)
            last = key
        return v, at
    if major == 7 and info in (20, 21, 22):
        return {20: False, 21: True, 22: None}[info], at
    raise ValueError("no such item")


def whole(b):
    v, at = cbor(b)
    if at != len(b):
        raise ValueError("bytes are left over")
    return v


def head(major, n):
    if n < 24:
        return bytes([major << 5 | n])
    size = 1 if n < 1 << 8 else 2 if n < 1 << 16 else 4 if n < 1 << 32 else 8
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[size]]) + n.to_bytes(size, "big")


def octets(b):
    return head(2, len(b)) + b


def without(b, key):
    """A map of up to 23 pairs less one of them."""
    at, out = 1, head(5, (b[0] & 31) - 1)
    while at < len(b):
        k, value = cbor(b, at)
        _, end = cbor(b, value)
        out, at = out + (b"" if k == key else b[at:end]), end
    return out


# --- XChaCha20-Poly1305 (RFC 8439, draft-irtf-cfrg-xchacha) with a commitment ---


def quarter(s, a, b, c, d):
    for x, y, z, r in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[x] = (s[x] + s[y]) & 0xFFFFFFFF
        v = s[z] ^ s[x]
        s[z] = (v << r | v >> 32 - r) & 0xFFFFFFFF


def rounds(s):
    for _ in range(10):
        for i in range(4):
            quarter(s, i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return s


def state(key, tail):
    return list(struct.unpack("<16L", b"expand 32-byte k" + key + tail))


def chacha(key, nonce, counter, text):
    out = bytearray()
    for i in range(0, len(text), 64):
        s = state(key, struct.pack("<L", counter + i // 64) + nonce)
        stream = struct.pack("<16L", *((x + y) & 0xFFFFFFFF for x, y in zip(s, rounds(s[:]))))
        out += bytes(x ^ y for x, y in zip(text[i:i + 64], stream))
    return bytes(out)


def poly1305(key, text):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for i in range(0, len(text), 16):
        total = (total + int.from_bytes(text[i:i + 16] + b"\1", "little")) * r % ((1 << 130) - 5)
    return (total + int.from_bytes(key[16:], "little") & (1 << 128) - 1).to_bytes(16, "little")


def unseal(key, ad, sealed):
    nonce, commitment, text, tag = sealed[:24], sealed[24:56], sealed[56:-16], sealed[-16:]
    both = hashlib.blake2b(b"paradero seal 1" + nonce, key=key, digest_size=64).digest()
    if both[32:] != commitment:
        raise ValueError("sealed with another key")
    s = rounds(state(both[:32], nonce[:16]))
    sub = struct.pack("<8L", *(s[:4] + s[12:]))
    short = bytes(4) + nonce[16:]
    pad = lambda b: b + bytes(-len(b) % 16)
    signed = pad(ad) + pad(text) + struct.pack("<QQ", len(ad), len(text))
    if poly1305(chacha(sub, short, 0, bytes(32)), signed) != tag:
        raise ValueError("sealed value does not open")
    return chacha(sub, short, 1, text)


def unsealed_plainly(key, nonce, sealed):
    """ChaCha20-Poly1305 with empty associated data, as HPKE uses it."""
    text, tag = sealed[:-16], sealed[-16:]
    signed = text + bytes(-len(text) % 16) + struct.pack("<QQ", 0, len(text))
    if poly1305(chacha(key, nonce, 0, bytes(32)), signed) != tag:
        raise ValueError("was not sealed to this key")
    return chacha(key, nonce, 1, text)


def unbox(box, purpose, office, device, more, sealed):
    info = b"paradero box 1" + bytes([len(purpose)]) + purpose + office + device + len(more).to_bytes(2, "big") + more
    return box.open(info, sealed, unsealed_plainly)


# --- Ed25519 (RFC 8032), checking only ---

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, p):
    q = (0, 1, 1, 0)
    while n:
        if n & 1:
            q = add(q, p)
        p, n = add(p, p), n >> 1
    return q


def point(b):
    y = int.from_bytes(b, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - x2) % P or (x == 0 and sign):
        raise ValueError("no point")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed_by(public, message, signature):
    try:
        s = int.from_bytes(signature[32:], "little")
        k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
        left, right = times(s, BASE), add(point(signature[:32]), times(k, point(public)))
    except ValueError:
        return False
    same = (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0
    return same and s < L and len(signature) == 64


# --- Frames and batches ---


def crc32c(b):
    crc = 0xFFFFFFFF
    for x in b:
        crc ^= x
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def device_of(public):
    return hashlib.sha256(b"paradero device " + public).digest()[:16]


class Batch:
    """One frame, read and checked as far as it can be without the device's key."""

    def __init__(self, frame):
        size, crc = struct.unpack(">LL", frame[4:12])
        if frame[:4] != b"PdB1" or size != len(frame) - 12 or crc != crc32c(frame[12:]):
            raise ValueError("no frame")
        self.envelope, self.signature, self.payloads = whole(frame[12:])
        e = self.fields = whole(self.envelope)
        if e[1] != 1:
            raise ValueError("newer version")
        self.office, self.device, self.seq, self.prev, self.deps, self.lamport, self.epoch = (e[k] for k in range(2, 9))
        self.hash = hashlib.sha256(b"paradero batch 1" + self.envelope).digest()
        self.public = e.get(10)
        if len(self.payloads) != len(e[9]) or (self.seq == 1) != (self.public is not None) or (self.seq == 1) != (self.prev == bytes(32)):
            raise ValueError("malformed")

    def verify(self, public):
        return device_of(public) == self.device and signed_by(public, b"paradero batch signature 1" + self.hash, self.signature)

    def open(self, keys, circles={}):
        key = keys[self.epoch]
        body = whole(unseal(key, without(self.envelope, 11), self.fields[11]))
        hashes = body[4]
        writes = lambda list: [(hashes[h], i) for h, i in list]
        changes = []
        for i, stem in enumerate(body[5]):
            change = {"record": stem[1], "kind": stem[2], "op": stem[3], "fields": [], "entries": [], "rights": stem[6],
                      "critical": stem[7], "erases": writes(stem.get(9, [])), "erased": self.payloads[i] == b"", "reason": "", "list": "",
                      "circle": stem.get(10)}
            values = [""] * len(stem[4]), [{}] * len(stem[5])
            of = circles.get(change["circle"]) if change["circle"] else key  # who is not in the circle reads the stem only
            if not change["erased"] and of:
                if hashlib.sha256(self.payloads[i]).digest() != self.fields[9][i] or stem[8] != i:
                    raise ValueError("payload is another")
                ad = head(4, 4) + octets(self.office) + octets(self.device) + head(0, self.seq) + head(0, i)
                payload = whole(unseal(of, ad, self.payloads[i]))
                values, change["reason"], change["list"] = (payload[1], payload[2]), payload[3], payload[4]
            change["fields"] = [(num, writes(pred), text) for (num, pred), text in zip(stem[4], values[0])]
            change["entries"] = list(zip(stem[5], values[1]))
            changes.append(change)
        return {"wall": body[1], "offset": body[2] - 24 * 60, "author": body[3], "changes": changes}


def frames(b):
    """The frames of a journal's segment, of a bundle, or of a folder's pack."""
    if b.startswith((b"paradero bundle 1\n", b"paradero pack 1\n")):
        at = b.index(b"\n") + 1
        at += 4 + int.from_bytes(b[at:at + 4], "big")  # the head
        count = 0
        while size := int.from_bytes(b[at:at + 4], "big"):
            yield Batch(b[at + 4:at + 4 + size])
            at, count = at + 4 + size, count + 1
        if b.startswith(b"paradero pack"):
            if hashlib.sha256(b[:at + 4]).digest() != b[at + 4:]:
                raise ValueError("pack is damaged")
            return
        if int.from_bytes(b[at + 4:at + 12], "big") != count or hashlib.sha256(b[:at + 12]).digest() != b[at + 12:at + 44]:
            raise ValueError("bundle is damaged")
        return
    line = b"paradero journal 1\n"
    if not b.startswith(line):
        raise ValueError("neither journal nor bundle")
    at = len(line)
    while at + 12 <= len(b) and any(b[at:at + 12]):
        size = 12 + int.from_bytes(b[at + 4:at + 8], "big")
        if b[at:at + 4] == b"PdB1":
            yield Batch(b[at:at + size])
        elif b[at:at + 4] != b"PdX1" or crc32c(b[at + 12:at + size]) ^ 0xFFFFFFFF != int.from_bytes(b[at + 8:at + 12], "big"):
            raise ValueError("damaged at %d" % at)
        at += size


# --- The vault, by the recovery code ---

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def hkdf(secret, salt, info):
    once = hmac.digest(salt or bytes(32), secret, "sha256")
    return hmac.digest(once, info + b"\1", "sha256")


def letters(b, n):
    bits = int.from_bytes(b, "big") << -len(b) * 8 % 5
    size = -(-len(b) * 8 // 5)
    return "".join(CROCKFORD[bits >> 5 * (size - 1 - i) & 31] for i in range(size))[:n]


def keyring(vault, code):
    text, _, checksum = vault[:-1].rpartition(b"\n")
    if not text.startswith((b"paradero vault 1\n", b"paradero vault 2\n")) or checksum != b"sha256 " + hashlib.sha256(text).hexdigest().encode():
        raise ValueError("vault is damaged")
    content = json.loads(text[text.index(b"\n") + 1:])
    code = "".join(c for c in code.upper().translate(str.maketrans("OIL", "011")) if c in CROCKFORD)
    bits = 0
    for c in code[:26]:
        bits = bits << 5 | CROCKFORD.index(c)
    secret = (bits >> 2).to_bytes(16, "big")
    if code != letters(secret, 26) + letters(hashlib.sha256(b"paradero recovery " + secret).digest()[:5], 4):
        raise ValueError("code is mistyped")
    for person in content.get("people", [content]):
        for slot in person["slots"]:
            if slot["kind"] != "recovery":
                continue
            key = hkdf(secret, base64.b64decode(slot["salt"]), b"paradero recovery slot")
            try:
                master = unseal(key, b"slot recovery", base64.b64decode(slot["wrapped"]))
            except ValueError:
                continue  # another person's
            if "people" in content and person.get("shared"):
                raise ValueError("the vault of a computer that several share is not read here")
            ring = json.loads(unseal(master, b"keyring", base64.b64decode(person["keys"])))
            return ring.get("grant") or ring
    raise ValueError("no slot for this code")


# --- The vectors ---


def letter(file, line, key):
    """What a request or a welcome holds, and the offer's id."""
    assert file.startswith(line), "the first line"
    end = len(line) + 1
    for _ in range(2):
        _, end = cbor(file, end)
    fields = whole(file[len(line):])
    return whole(unseal(key, file[:end], fields[2])), fields[1]


def check_coming_in(v):
    """How a device comes in. Argon2id is not in Python's library: what it gives is taken from the file."""
    b = {k: bytes.fromhex(x) for k, x in v.items() if isinstance(x, str) and k not in ("says", "code", "words", "picture", "welcome_name")}
    line = b"paradero invitation 1\n"
    typed = v["code"].replace("-", "").replace(" ", "")
    assert typed[12:] == letters(hashlib.sha256(b"paradero told " + typed[:12].encode()).digest(), 3), "code"
    file = b["invitation"]
    end = len(line) + 1
    for _ in range(4):
        _, end = cbor(file, end)
    inside = whole(unseal(b["code_stretched"], file[:end], whole(file[len(line):])[3]))
    offer, signature = whole(inside[1]), inside[2]
    assert inside[1] == b["offer"] and signed_by(offer[5], line + inside[1], signature) and device_of(offer[5]) == offer[4], "offer"
    assert inside[3] == b["answer_seed"] and inside[4] == b["envelope_key"], "invitation"
    assert hkdf(b["identity"], b"", b"paradero invitation " + offer[1].hex().encode()) == inside[4], "envelope key"
    for what, name in v["letter_boxes"].items():
        assert name == what[0] + "-" + hkdf(inside[4], b"", b"paradero box " + what.encode())[:20].hex(), "letter box"
    line = b"paradero request 1\n"
    request, of = letter(b["request"], line, inside[4])
    body = whole(request[3])
    assert of == offer[1] == body[1] and request[1] == inside[1] and request[2] == signature, "request"
    assert signed_by(offer[11], line + request[3], request[4]) and signed_by(body[3], line + request[3], request[5]), "request's signatures"
    compared = hashlib.sha256(b"paradero enrolment 1" + b"".join(octets(x) for x in (inside[1], body[3], body[4], body[5]))).digest()
    digits = "%012d" % (int.from_bytes(b["compared_stretched"][:8], "big") % 10**12)
    assert compared == b["compared"] and v["words"] == " ".join((digits[:4], digits[4:8], digits[8:])), "words"
    assert v["picture"] == "PARADERO1:" + base64.b32encode(compared[:20]).decode(), "picture"
    line = b"paradero welcome 1\n"
    welcome, of = letter(b["welcome"], line, inside[4])
    device, box = device_of(body[3]), hybrid.Box(b["device_box_seed"])
    assert box.public == body[4] and of == offer[1], "box key"
    assert welcome[1] == offer[5] and signed_by(welcome[1], line + offer[1] + device + welcome[2], welcome[3]), "welcome"
    keys = whole(unbox(box, b"welcome", offer[2], device, offer[1], welcome[2]))
    assert [keys[1], keys[2], keys[3]] == [b["welcome_office"], v["welcome_name"], b["identity"]], "welcome"
    assert {str(n): key.hex() for n, key in keys[4]} == v["welcome_epochs"], "keys"
    assert [keys[5], keys[6], keys[7]] == [b["welcome_founder"], b["welcome_member"], v["welcome_epoch_in_use"]], "welcome"


def check_circle(v):
    """Keys that are sealed to a device, and what a circle seals."""
    b = {k: bytes.fromhex(x) for k, x in v.items() if isinstance(x, str) and k not in ("says", "circle_wrapped")}
    batch, box, epoch = Batch(bytes.fromhex(v["batch"]["frame"])), hybrid.Box(b["box_seed"]), v["epoch"]
    record = bytes.fromhex(epoch["record"])
    key = unbox(box, b"epoch", b["office"], batch.device, record, base64.b64decode(epoch["wrapped"]))
    assert key.hex() == epoch["key"] and hashlib.sha256(b"paradero epoch 1" + b["office"] + key).digest()[:16] == record, "epoch"
    assert int.from_bytes(record[:4], "big") == epoch["number"], "epoch's number"
    key = unbox(box, b"circle", b["office"], batch.device, b["circle"] + b["circle_key_id"], base64.b64decode(v["circle_wrapped"]))
    assert key == b["circle_key"] and hashlib.sha256(b"paradero circle key 1" + key).digest()[:16] == b["circle_key_id"], "circle"
    assert batch.verify(batch.public), "signature"
    for circles, texts, reason in (({}, ["", ""], ""), ({b["circle_key_id"]: key}, v["batch"]["sealed"], v["batch"]["reason"])):
        first, restricts, sealed = batch.open({0: b["epoch_key"]}, circles)["changes"]
        assert first["fields"][0][2] == v["batch"]["open"] and restricts["op"] == 3, "batch"
        assert [text for _, _, text in sealed["fields"]] == texts and sealed["reason"] == reason, "circle's change"


def check():
    beside = pathlib.Path(__file__).parent
    load = lambda name: json.loads((beside / name).read_text(encoding="utf-8"))
    v = load("cbor.json")
    for name, text in v["read"].items():
        if text != "20":  # a negative number: the ledger writes none
            whole(bytes.fromhex(text))
    for name, text in v["refused"].items():
        try:
            whole(bytes.fromhex(text))
        except (ValueError, IndexError, KeyError):
            continue
        raise SystemExit("cbor: %s was read" % name)
    v = {k: bytes.fromhex(x) for k, x in load("seal.json").items() if k != "says"}
    assert unseal(v["key"], v["associated_data"], v["sealed"]) == v["plain"], "seal"
    v = load("batch.json")
    keys = {int(k): bytes.fromhex(x) for k, x in v["epoch_keys"].items()}
    publics = {}
    for b in v["batches"]:
        batch = Batch(bytes.fromhex(b["frame"]))
        assert batch.hash.hex() == b["hash"] and batch.device.hex() == b["device"], "names"
        publics.setdefault(batch.device, batch.public)
        assert batch.verify(publics[batch.device]), "signature"
        assert [batch.seq, batch.lamport, batch.epoch] == [b["seq"], b["lamport"], b["epoch"]], "envelope"
        said = batch.open(keys)
        assert said["author"].hex() == b["author"], "author"
        for got, want in zip(said["changes"], b["changes"], strict=True):
            assert [got["record"].hex(), got["kind"], got["op"]] == [want["record"], want["kind"], want["op"]], "change"
            pairs = lambda list: [(w["batch"], w["index"]) for w in list]
            assert [(n, [(h.hex(), i) for h, i in p], t) for n, p, t in got["fields"]] == [
                (f["num"], pairs(f.get("pred", [])), f["text"]) for f in want.get("fields", [])], "fields"
            assert [(k, e) for k, e in got["entries"]] == [
                (e["kind"], {x["num"]: x["text"] for x in e["values"]}) for e in want.get("entries", [])], "entries"
            assert [(h.hex(), i) for h, i in got["erases"]] == pairs(want.get("erases", [])), "erases"
            assert (got["reason"], got["list"]) == (want.get("reason", ""), want.get("list", "")), "reason"
    names = [b["hash"] for b in v["batches"]]
    assert [b.hash.hex() for b in frames(bytes.fromhex(v["segment"]))] == names, "segment"
    after = list(frames(bytes.fromhex(v["segment_after_erasure"])))
    assert [b.hash.hex() for b in after] == names and after[0].open(keys)["changes"][0]["erased"], "erasure"
    assert [b.hash.hex() for b in frames(bytes.fromhex(load("bundle.json")["bundle"]))] == names, "bundle"
    assert [b.hash.hex() for b in frames(bytes.fromhex(load("pack.json")["pack"]))] == names, "pack"
    v = load("hub.json")
    body, public, signature, claim = whole(bytes.fromhex(v["first_roster"]))
    assert signed_by(public, b"paradero hub roster 1" + body, signature), "roster"
    assert hmac.digest(bytes.fromhex(v["claim"]), b"paradero hub roster 1" + body, "sha256") == claim, "claim"
    assert sorted(d["hub_key"] for d in v["devices"]) == sorted(d[2].hex() for d in whole(body)[3]), "roster"
    v = load("statement.json")
    body, signature = whole(bytes.fromhex(v["statement"]))
    said = whole(body)
    assert signed_by(said[3], b"paradero statement 1" + body, signature) and device_of(said[3]) == said[2], "statement"
    assert said[0] == 1 and said[4] == v["serial"] and said[6] == v["program"] and [h.hex() for h in said[7][2::4]] == [names[i] for i in v["tips"]], "statement"
    check_coming_in(load("enrol.json"))
    check_circle(load("circle.json"))
    print("the vectors hold")


def plain(v):
    if isinstance(v, bytes):
        return v.hex()
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    return [plain(x) for x in v] if isinstance(v, (list, tuple)) else v


def show(files, keys):
    kinds = {k["kind"]: k for k in json.loads((pathlib.Path(__file__).parent / "fields.json").read_text(encoding="utf-8"))}
    names = {(k, f["num"]): f["name"] for k, v in kinds.items() for f in v["fields"]}
    publics = {}
    for b in (b for f in files for b in frames(f.read_bytes())):
        if b.public:
            publics[b.device] = b.public
        said = b.open(keys)
        for c in said["changes"]:
            kind = c["kind"]
            c["fields"] = [{"field": names.get((kind, n), n), "replaces": p, "text": t} for n, p, t in c["fields"]]
            c["entries"] = [{"kind": kinds.get(k, {}).get("name", k), **{str(names.get((k, n), n)): t for n, t in e.items()}} for k, e in c["entries"]]
            c["kind"] = kinds.get(kind, {}).get("name", kind)
        ok = b.device in publics and b.verify(publics[b.device])
        print(json.dumps({"batch": b.hash.hex(), "device": b.device.hex(), "seq": b.seq, "lamport": b.lamport, "signature": ok,
                          **plain(said)}, ensure_ascii=False))


def main(args):
    if not args:
        return check()
    folder = pathlib.Path(args[0])
    if "=" not in args[0]:
        ring = keyring((folder / "vault").read_bytes(), args[1])
        keys = {int(k): bytes(v) for k, v in ring["epochs"].items()}
        return show(sorted((folder / "journal").glob("*.journal")), keys)
    keys = {int(k): bytes.fromhex(x) for k, x in (a.split("=") for a in args if "=" in a)}
    show([pathlib.Path(a) for a in args if "=" not in a], keys)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main(sys.argv[1:])
