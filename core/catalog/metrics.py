"""Which metrics each kind of probe gives: a threshold on any other would never speak."""

from __future__ import annotations

from core.catalog.model import (
    FileTarget,
    HeartbeatTarget,
    HostTarget,
    HttpTarget,
    ProcessTarget,
    Target,
    TcpTarget,
)

_OF_ASPECT = {
    "load": ("load1_per_core", "load5_per_core"),
    "memory": ("used_percent", "available_mb"),
    "disk": ("used_percent", "free_gb", "inodes_used_percent"),
    "clock": ("offset_ms",),
    "swap": ("used_percent",),
}


def metrics_of(target: Target) -> tuple[str, ...] | None:
    """Returns the names of the metrics a target gives; None when only its run can tell (`command`)."""
    match target:
        case HttpTarget():
            secure = target.url.lower().startswith("https:")
            return (
                ("latency_ms", "size_bytes", "certificate_days") if secure else ("latency_ms", "size_bytes")
            )
        case TcpTarget():
            return ("latency_ms",)
        case ProcessTarget():
            return ("count", "cpu_percent", "memory_mb", "age_s")
        case HostTarget():
            return _OF_ASPECT[target.aspect]
        case FileTarget():
            return ("age_s", "size_bytes", "matches")
        case HeartbeatTarget():
            return ("silence_s",)
        case _:
            return None
