"""The sections of a ping's environment."""

from __future__ import annotations

from random import Random
from typing import Any

from benchmarks.full_size.pieces import AREAS, MATTERS, addon_id, host, variants, words

_EXTENSIONS = [f"has{name}" for name in ("MMX", "SSE", "SSE2", "SSE3", "SSSE3", "SSE4_1", "AVX")]
_NO_DRIVE = {"model": None, "revision": None}


def _addon(random: Random) -> dict[str, Any]:
    return {
        "blocklisted": False,
        "description": words(random, 8),
        "name": random.choice(MATTERS).title(),
        "userDisabled": random.random() < 0.1,
        "appDisabled": False,
        "version": f"{random.randrange(9)}.{random.randrange(20)}",
        "scope": 1,
        "type": "extension",
        "foreignInstall": False,
        "hasBinaryComponents": False,
        "installDay": random.randrange(16_000, 17_000),
        "updateDay": random.randrange(16_000, 17_000),
        "signedState": 2,
    }


def _addons(random: Random) -> dict[str, Any]:
    return {addon_id(random): _addon(random) for _ in range(random.randrange(1, 8))}


def _processor(random: Random) -> dict[str, Any]:
    return {
        "count": random.choice((2, 4, 8)),
        "cores": random.choice((1, 2, 4)),
        "vendor": "GenuineIntel",
        "family": 6,
        "model": random.randrange(90),
        "stepping": random.randrange(10),
        "l2cacheKB": 256,
        "l3cacheKB": random.choice((3072, 4096, 6144)),
        "speedMHz": random.randrange(1600, 3600),
        "extensions": _EXTENSIONS[: random.randrange(4, 8)],
    }


def _graphics(random: Random) -> dict[str, Any]:
    return {
        "D2DEnabled": random.random() < 0.5,
        "DWriteEnabled": random.random() < 0.5,
        "adapters": [
            {
                "description": words(random, 3),
                "vendorID": "0x8086",
                "deviceID": f"0x{random.getrandbits(16):04x}",
                "subsysID": f"{random.getrandbits(32):08x}",
                "RAM": None,
                "driver": f"{words(random, 2)}.dll",
                "driverVersion": f"10.18.10.{random.randrange(9999)}",
                "driverDate": f"{random.randrange(1, 13)}-{random.randrange(1, 29)}-2015",
                "GPUActive": True,
            }
        ],
        "monitors": [{"screenWidth": 1366, "screenHeight": 768, "refreshRate": 60, "scale": 1}],
        "features": {"compositor": random.choice(("d3d11", "basic", "opengl"))},
    }


def _preferences(random: Random) -> dict[str, Any]:
    names = (f"browser.{area.lower()}.{words(random, 1)}" for area in random.sample(AREAS, 5))
    return {name: random.choice((True, 3, "<user-set>")) for name in names}


def _search_engine(random: Random) -> dict[str, Any]:
    return {
        "name": words(random, 1).title(),
        "loadPath": f"jar:[app]/omni.ja!browser/{words(random, 1)}.xml",
        "submissionURL": f"https://{host(random)}/search?q=&ie=utf-8&oe=utf-8",
    }


ADDONS = [
    variants("activeAddons", _addons),
    variants(
        "theme", lambda random: {"id": "{972ce4c6}@example.org", **_addon(random), "scope": 4}
    ),
    variants("activePlugins", lambda random: [_addon(random) for _ in range(2)]),
    variants("activeGMPlugins", lambda _: {"gmp-gmpopenh264": {"version": "1.4"}}),
]
SYSTEM = [
    variants("memoryMB", lambda random: random.choice((2048, 4096, 8094, 16_384))),
    variants("virtualMaxMB", lambda random: random.choice((None, 2048, 4096))),
    variants("cpu", _processor),
    variants("hdd", lambda _: dict.fromkeys(("profile", "binary", "system"), _NO_DRIVE)),
    variants("gfx", _graphics),
]
SETTINGS = [
    variants("update", lambda _: {"channel": "release", "enabled": True, "autoDownload": True}),
    variants("userPrefs", _preferences),
    variants("addonCompatibilityCheckEnabled", lambda _: True),
    variants("isDefaultBrowser", lambda random: random.random() < 0.7),
    variants("defaultSearchEngine", lambda random: words(random, 1)),
    variants("defaultSearchEngineData", _search_engine),
]
PARTNER = [
    variants(name, lambda _: None)
    for name in (
        "distributionId",
        "distributionVersion",
        "partnerId",
        "distributor",
        "distributorChannel",
    )
]
