"""Why a run failed: the message of our code, without Dagster's wrapping."""

from __future__ import annotations

import re
from collections.abc import Sequence

import dagster as dg
from dagster_shared.error import SerializableErrorInfo

from warehouse.core.database import with_our_settings


def error_text(events: Sequence[dg.DagsterEvent]) -> str:
    """The cause, from the events of a run that failed."""
    for event in events:
        if event.event_type == dg.DagsterEventType.STEP_FAILURE:
            failure = event.step_failure_data
            if failure.user_failure_data and failure.user_failure_data.description:
                return str(failure.user_failure_data.description)
            return _message(failure.error)
    for event in events:
        if event.event_type == dg.DagsterEventType.RUN_FAILURE:
            # A run whose process died has no error, and its event no data.
            error = getattr(event.job_failure_data, "error", None)
            if error:
                return _message(error)
            said = event.message or _NOTHING
            return _KILLED if said.startswith(_FROM_OUTSIDE) else said
    return _NOTHING


_NOTHING = "The run failed and gave no reason."
# What Dagster says where it finds that a run's process is gone.
_FROM_OUTSIDE = "This run has been marked as failed from outside"
_KILLED = (
    "Its process was ended before the run was, as happens where memory runs out. What is landed is "
    "kept; run again."
)
# By Ctrl-C, or by whoever asked the process to end.
_INTERRUPTED = {"DagsterExecutionInterruptedError", "KeyboardInterrupt"}


def _message(error: SerializableErrorInfo | None) -> str:
    """The message of the first error in the chain of causes that is not Dagster's own."""
    while error and error.cause and (error.cls_name or "").startswith("Dagster"):
        error = error.cause
    if error is None:
        return "The run failed without a message."
    if error.cls_name in _INTERRUPTED:
        return "It was interrupted. What is landed is kept; run again."
    text = re.sub(rf"^(?:\w+\.)*{error.cls_name}: ", "", error.message).strip()
    return with_our_settings(text)
