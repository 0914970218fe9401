"""End with the process that started us, however it ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def dies_with_parent() -> Callable[[], None] | None:
    """Return what a child must call before its program begins: the kernel then kills it when its parent is gone.

    Returns:
        None where the kernel cannot do it: only Linux can.
    """
    if sys.platform != "linux":
        return None
    # Looked up here: between fork and exec nothing may be loaded.
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask_kernel
