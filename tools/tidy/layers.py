"""Who may include whom: the arrows of ARCHITECTURE.md, one row a folder."""
import re

from source import Finding

SHARED = {"base", "telemetry", "config", "directive"}
MAY_INCLUDE = {
    "base": {"base"},
    "late": {"late", "base"},
    "telemetry": {"telemetry", "base"},
    "config": {"config", "base"},
    "directive": {"directive", "base"},
    "runtime": {"runtime", "base"},
    "http": {"http", "base"},
    "ports": {"ports", "base"},
    "web": {"web", "http", "runtime", "base"},
    "gateway": {"gateway", "web", "http", "runtime"} | SHARED,
    "platform": {"platform", "ports", "config", "base"},
    "store": {"store", "base"},
    "ops": {"ops", "ports", "store", "telemetry", "config", "directive", "base"},
    "api": {"api", "ops", "store", "web", "http", "runtime", "ports"} | SHARED,
    "platform/local": {"platform", "ports", "base", "config", "directive"},  # Plain data only.
    "platform/gateways": {"platform", "ports", "base", "config", "directive"},  # Likewise.
}

# A library that throws, or that decides how a folder thinks, is known in one place only.
ONLY_IN = {
    r"yaml-cpp/": ("src/config/",),
    r"sqlite3\.h": ("src/store/",),
    r"libpq-fe\.h": ("src/store/", "src/platform/", "src/late/"),
    r"curl/curl\.h": ("src/platform/", "src/late/"),
    r"hiredis/": ("src/platform/", "src/late/"),
    r"CLI/": ("apps/",),
    r"sys/epoll\.h": ("src/runtime/", "src/platform/", "apps/"),
}
NEVER_IN = {
    "src/http/": r"sys/socket\.h|netinet/|openssl/",
    "src/config/": r"sys/socket\.h",
}
INCLUDE = re.compile(r'^[ \t]*#include ([<"])([^">]+)[">]', re.M)


def folder_of(path):
    """src/platform/local/ps.cc → platform/local when that has a row of its own, else platform."""
    parts = path.split("/")
    if parts[0] != "src" or len(parts) < 3:
        return None
    two = "/".join(parts[1:3])
    return two if two in MAY_INCLUDE else parts[1]


def check(source):
    if not source.is_cpp:
        return
    product = source.path.startswith(("src/", "apps/")) and not source.is_test
    mine = folder_of(source.path)
    if mine is not None and mine not in MAY_INCLUDE:
        yield Finding(
            source.path,
            1,
            f"the folder src/{mine} has no row in the table of layers",
            "add one to tools/tidy/layers.py: what may it know?",
        )
        return
    for match in INCLUDE.finditer(source.text):
        quote, name = match.groups()
        line = source.line_of(match.start())
        if product:
            yield from check_library(source, line, name)
        if quote != '"' or mine is None:
            continue
        other = name.split("/")[0] if "/" in name else None
        if other is None:
            yield Finding(
                source.path, line, f'"{name}" does not say its folder', f'"{mine}/{name}"'
            )
        elif other not in MAY_INCLUDE[mine]:
            may = ", ".join(sorted(MAY_INCLUDE[mine]))
            yield Finding(
                source.path, line, f"src/{mine} must not know src/{other}", f"it may include: {may}"
            )


def check_library(source, line, name):
    for pattern, places in ONLY_IN.items():
        if re.match(pattern, name) and not source.path.startswith(places):
            yield Finding(
                source.path,
                line,
                f"<{name}> belongs to {' and '.join(places)} only",
                "go through what that folder offers",
            )
    for place, pattern in NEVER_IN.items():
        if source.path.startswith(place) and re.match(pattern, name):
            yield Finding(
                source.path, line, f"{place} has no business with <{name}>", "bytes in, values out"
            )
