"""How a message is delivered: a few attempts within a few seconds, and why none was taken."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
)

ATTEMPTS = 3
SECONDS = 10.0
"""In which a message is delivered, all attempts together."""
_FIRST_WAIT = 0.2
_LEAST_SECONDS = 0.1


class NotTakenError(Exception):
    """A receiver did not take a message. Its text ends a sentence, and holds no secret."""

    def __init__(self, reason: str, *, is_of_all: bool = True) -> None:
        """Say why.

        Args:
            reason: Begins with what the receiver does, like `answers 404 Not Found`.
            is_of_all: Whether further messages would fare alike; False if it is this one's fault.
        """
        super().__init__(reason)
        self.is_of_all = is_of_all


class TryAgainError(NotTakenError):
    """Likewise, and it may pass."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        """Say why, and after how many seconds the receiver wants to be asked again."""
        super().__init__(reason)
        self.wait = wait


def delivered(attempt: Callable[[float], None], seconds: float = SECONDS) -> None:
    """Try until it is done, three times at most.

    Args:
        attempt: Gets the seconds that are left to it, and is to keep to them.
        seconds: For all attempts and the time between them.

    Raises:
        NotTakenError: By the last attempt.
    """
    until = monotonic() + seconds
    attempts = Retrying(
        retry=retry_if_exception_type(TryAgainError),
        # Before and not after: who is asked to wait a minute does not wait in vain.
        stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(seconds),
        wait=_wait,
        reraise=True,
    )
    attempts(lambda: attempt(max(_LEAST_SECONDS, until - monotonic())))


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, TryAgainError) and error.wait is not None:
        return error.wait
    return float(_FIRST_WAIT * 2 ** (state.attempt_number - 1))
