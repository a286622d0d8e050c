"""Opens what was sealed to a device, after docs/formats.md § 12: HPKE (RFC 9180, base
mode) with MLKEM768-X25519 ("X-Wing"), HKDF-SHA256 and ChaCha20-Poly1305, written from
FIPS 203, RFC 7748 and the drafts, with nothing but Python's own library.

It opens only, and takes no care of how long anything takes: never seal with it.
"""
import hashlib
import hmac

# --- ML-KEM-768 (FIPS 203) ---

Q, N, K, ETA, DU, DV = 3329, 256, 3, 2, 10, 4


def reversed7(i):
    return int("{:07b}".format(i)[::-1], 2)


ZETAS = [pow(17, reversed7(i), Q) for i in range(128)]
GAMMAS = [pow(17, 2 * reversed7(i) + 1, Q) for i in range(128)]


def ntt(f):
    f, i, size = f[:], 1, 128
    while size >= 2:
        for start in range(0, N, 2 * size):
            for j in range(start, start + size):
                t = ZETAS[i] * f[j + size] % Q
                f[j], f[j + size] = (f[j] + t) % Q, (f[j] - t) % Q
            i += 1
        size //= 2
    return f


def back(f):
    f, i, size = f[:], 127, 2
    while size <= 128:
        for start in range(0, N, 2 * size):
            for j in range(start, start + size):
                t = f[j]
                f[j], f[j + size] = (t + f[j + size]) % Q, ZETAS[i] * (f[j + size] - t) % Q
            i -= 1
        size *= 2
    return [x * 3303 % Q for x in f]


def product(f, g):
    out = [0] * N
    for i in range(128):
        a, b, c, d = f[2 * i], f[2 * i + 1], g[2 * i], g[2 * i + 1]
        out[2 * i], out[2 * i + 1] = (a * c + b * d * GAMMAS[i]) % Q, (a * d + b * c) % Q
    return out


def plus(f, g):
    return [(x + y) % Q for x, y in zip(f, g)]


def inner(v, w):
    total = [0] * N
    for f, g in zip(v, w):
        total = plus(total, product(f, g))
    return total


def bits(b):
    return [x >> i & 1 for x in b for i in range(8)]


def packed(f, d):
    n = sum(x << d * i for i, x in enumerate(f))
    return n.to_bytes(N * d // 8, "little")


def unpacked(b, d):
    n = int.from_bytes(b, "little")
    return [n >> d * i & (1 << d) - 1 for i in range(N)]


def squeeze(x, d):
    return ((x << d) + Q // 2) // Q & (1 << d) - 1


def widen(y, d):
    return (y * Q + (1 << d - 1)) >> d


def uniform(seed):
    stream, out, at = hashlib.shake_128(seed).digest(168 * 8), [], 0
    while len(out) < N:
        a, b, c = stream[at:at + 3]
        at += 3
        out += [x for x in (a + 256 * (b % 16), b // 16 + 16 * c) if x < Q]
    return out[:N]


def noise(seed, n):
    b = bits(hashlib.shake_256(seed + bytes([n])).digest(64 * ETA))
    return [(sum(b[4 * i:4 * i + 2]) - sum(b[4 * i + 2:4 * i + 4])) % Q for i in range(N)]


class MLKEM:
    def __init__(self, seed):
        d, self.z = seed[:32], seed[32:]
        g = hashlib.sha3_512(d + bytes([K])).digest()
        rho, sigma = g[:32], g[32:]
        self.a = [[uniform(rho + bytes([j, i])) for j in range(K)] for i in range(K)]
        self.s = [ntt(noise(sigma, i)) for i in range(K)]
        e = [ntt(noise(sigma, K + i)) for i in range(K)]
        self.t = [plus(inner(self.a[i], self.s), e[i]) for i in range(K)]
        self.public = b"".join(packed(f, 12) for f in self.t) + rho

    def encrypt(self, m, r):
        y = [ntt(noise(r, i)) for i in range(K)]
        u = [plus(back(inner([self.a[j][i] for j in range(K)], y)), noise(r, K + i)) for i in range(K)]
        v = plus(plus(back(inner(self.t, y)), noise(r, 2 * K)), [widen(x, 1) for x in bits(m)])
        return b"".join(packed([squeeze(x, DU) for x in f], DU) for f in u) + packed([squeeze(x, DV) for x in v], DV)

    def decapsulate(self, c):
        size = N * DU // 8
        u = [[widen(x, DU) for x in unpacked(c[i * size:(i + 1) * size], DU)] for i in range(K)]
        v = [widen(x, DV) for x in unpacked(c[K * size:], DV)]
        w = inner(self.s, [ntt(f) for f in u])
        m = packed([squeeze((x - y) % Q, 1) for x, y in zip(v, back(w))], 1)
        g = hashlib.sha3_512(m + hashlib.sha3_256(self.public).digest()).digest()
        if self.encrypt(m, g[32:]) != c:
            return hashlib.shake_256(self.z + c).digest(32)
        return g[:32]


# --- X25519 (RFC 7748) ---

P = 2**255 - 19


def x25519(secret, u):
    k = int.from_bytes(secret, "little") & ~7 & (1 << 255) - 1 | 1 << 254
    x1 = int.from_bytes(u, "little") & (1 << 255) - 1
    a, b, c, d = 1, 0, x1, 1
    swapped = 0
    for i in reversed(range(255)):
        bit = k >> i & 1
        if bit != swapped:
            a, b, c, d = c, d, a, b
        swapped = bit
        e, f, g, h = (a + b) % P, (a - b) % P, (c - d) % P * (a + b) % P, (c + d) % P * (a - b) % P
        aa, bb = e * e % P, f * f % P
        c, d = (g + h) ** 2 % P, x1 * (g - h) ** 2 % P
        a, b = aa * bb % P, (aa - bb) * (aa + 121665 * (aa - bb)) % P
    if swapped:
        a, b = c, d
    return (a * pow(b, -1, P) % P).to_bytes(32, "little")


NINE = (9).to_bytes(32, "little")

# --- HPKE ---

KEM, KDF, AEAD = 0x647A, 1, 3
SUITE = b"HPKE" + b"".join(x.to_bytes(2, "big") for x in (KEM, KDF, AEAD))


def extract(salt, label, secret):
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + SUITE + label + secret, "sha256")


def expand(key, label, info, size):
    info, out, last = size.to_bytes(2, "big") + b"HPKE-v1" + SUITE + label + info, b"", b""
    while len(out) < size:
        last = hmac.digest(key, last + info + bytes([len(out) // 32 + 1]), "sha256")
        out += last
    return out[:size]


class Box:
    """A device's box key, from its seed."""

    def __init__(self, seed):
        text = seed + b"HPKE-v1" + b"KEM" + KEM.to_bytes(2, "big") + b"\x00\x0dDeriveKeyPair" + b"\x00\x20"
        secret = hashlib.shake_256(hashlib.shake_256(text).digest(32)).digest(96)
        self.kem, self.secret = MLKEM(secret[:64]), secret[64:]
        self.t = x25519(self.secret, NINE)
        self.public = self.kem.public + self.t

    def open(self, info, sealed, aead_open):
        c, t, text = sealed[:1088], sealed[1088:1120], sealed[1120:]
        shared = hashlib.sha3_256(self.kem.decapsulate(c) + x25519(self.secret, t) + t + self.t + b"\\.//^\\").digest()
        context = b"\0" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
        secret = extract(shared, b"secret", b"")
        return aead_open(expand(secret, b"key", context, 32), expand(secret, b"base_nonce", context, 12), text)
