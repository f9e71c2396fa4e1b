"""What the kinds of calls share."""

ID_HEADER = "accuracy-monitor-id"

# Targets that proxies like to rewrite.
TARGETS = [
    "/v2/models/m/infer", "/v2/models/org%2Fm/infer", "/v2/models/%e9/infer", "/v2/models/a[1]/infer", "/v2/models/m/infer?a|b",
    "/v2/models/m/infer?x={1}&y=%2f%2F&z=^`", "/a//b/../c/./d", "/%7Euser/%41%42", "/v2/models/m/versions/1/infer", "/?", "/a;b=c,d?e#", "/v2/health/live",
    "/a%00b", "/..%2f..%2f", "/v2/models/" + "n" * 3000 + "/infer",
]


def pieces(random, data, most=5):
    """Cuts data into up to `most` pieces."""
    cuts = sorted(random.randrange(len(data) + 1) for _ in range(random.randrange(most))) if data else []
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)]) if b > a]


def some_bytes(random, most=3000):
    size = random.choice([0, 1, 5, 100, most, random.randrange(most + 1)])
    return random.randbytes(size)


def compare(number, what, direct, tapped):
    """The first difference of two records as text, or nothing."""
    if direct == tapped:
        return []
    if isinstance(direct, dict) and isinstance(tapped, dict):
        keys = [k for k in {**direct, **tapped} if direct.get(k) != tapped.get(k)]
        return [f"call {number}, {what}: {k}: directly {shortened(direct.get(k))}, through the tap {shortened(tapped.get(k))}" for k in keys]
    return [f"call {number}, {what}: directly {shortened(direct)}, through the tap {shortened(tapped)}"]


def shortened(value):
    text = repr(value)
    return text if len(text) <= 600 else f"{text[:300]} ... {text[-200:]} ({len(text)} characters)"
