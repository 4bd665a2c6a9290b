"""The prober for each kind of target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog.model import (
    CommandTarget,
    FileTarget,
    HeartbeatTarget,
    HostTarget,
    HttpTarget,
    ProcessTarget,
    Target,
    TcpTarget,
)
from core.monitoring.probes.command import CommandProber
from core.monitoring.probes.file import FileProber
from core.monitoring.probes.heartbeat import HeartbeatProber
from core.monitoring.probes.host import HostProber
from core.monitoring.probes.http import HttpProber
from core.monitoring.probes.process import ProcessProber
from core.monitoring.probes.tcp import TcpProber

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.monitoring.probes.context import ProbeContext, Prober

_KINDS: dict[type, Callable[..., Prober]] = {
    HttpTarget: HttpProber,
    TcpTarget: TcpProber,
    ProcessTarget: ProcessProber,
    HostTarget: HostProber,
    FileTarget: FileProber,
    CommandTarget: CommandProber,
}


def prober(target: Target, context: ProbeContext) -> Prober:
    """Returns a prober that looks at `target`."""
    if isinstance(target, HeartbeatTarget):
        return HeartbeatProber(target, context)
    return _KINDS[type(target)](target)
