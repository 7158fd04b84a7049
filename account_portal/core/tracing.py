"""Traces by OpenTelemetry, where its own variables name a collector; else spans cost nothing.

A span says what was done, how long it took and whether it failed, never with which values: of an
exception it has the type, of a statement the text with its placeholders.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

from account_portal import __version__

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

COLLECTORS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""Variables of which one names the collector. All others of the SDK are heeded, too."""
_tracer: "Tracer | None" = None
_NOTHING: AbstractContextManager[None] = nullcontext()


def is_traced() -> bool:
    """Whether this process makes spans."""
    return _tracer is not None


def start_tracing() -> None:
    """Make spans in this process from here on, if a collector is named. Twice is once."""
    global _tracer
    is_off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if _tracer or is_off or not any(os.environ.get(name) for name in COLLECTORS):
        return
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    named = os.environ.get("OTEL_SERVICE_NAME", "account-portal")
    resource = Resource.create({SERVICE_NAME: named, SERVICE_VERSION: __version__})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    _tracer = trace.get_tracer("account_portal", __version__)
    event.listen(Engine, "before_cursor_execute", _begin_statement)
    event.listen(Engine, "after_cursor_execute", _end_statement)
    event.listen(Engine, "handle_error", _fail_statement)


def span(name: str, **attributes: str | int) -> AbstractContextManager[Any]:
    """Something that is done within the span around it; `None` where nothing is traced.

    Args:
        name: what is done: one of few, without ids.
        **attributes: more about it, with `_` for each dot of the convention's name.
    """
    if _tracer is None:
        return _NOTHING
    from opentelemetry.trace import SpanKind

    return _made(name, SpanKind.INTERNAL, attributes)


@contextmanager
def request_span(
    name: str, headers: Mapping[str, str], attributes: Mapping[str, str | int]
) -> Iterator["Span"]:
    """A request from outside, in the trace that its headers name."""
    from opentelemetry.propagate import extract
    from opentelemetry.trace import SpanKind

    with _made(name, SpanKind.SERVER, attributes, extract(headers)) as made:
        yield made


@contextmanager
def _made(name: str, kind: Any, attributes: Mapping[str, Any], parent: Any = None) -> Iterator[Any]:
    from opentelemetry.trace import Status, StatusCode

    assert _tracer is not None
    told = {key.replace("_", "."): value for key, value in attributes.items()}
    with _tracer.start_as_current_span(
        name,
        context=parent,
        kind=kind,
        attributes=told,
        record_exception=False,  # what an exception says may be somebody's
        set_status_on_exception=False,
    ) as made:
        try:
            yield made
        except Exception as error:
            made.set_attribute("error.type", type(error).__qualname__)
            made.set_status(Status(StatusCode.ERROR))
            raise


def trace_id() -> str:
    """The trace that is being made, for lines of the log; empty where there is none."""
    if _tracer is None:
        return ""
    from opentelemetry.trace import format_trace_id, get_current_span

    found = get_current_span().get_span_context().trace_id
    return format_trace_id(found) if found else ""


def _begin_statement(
    _connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool
) -> None:
    if context is not None:
        context.portal_span = span("database", db_query_text=statement[:2000])
        context.portal_span.__enter__()


def _end_statement(
    _connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool
) -> None:
    if context is not None:
        context.portal_span.__exit__(None, None, None)


def _fail_statement(failure: Any) -> None:
    made = getattr(failure.execution_context, "portal_span", None)
    if made is not None:
        error = failure.original_exception
        try:
            made.__exit__(type(error), error, error.__traceback__)
        except type(error):
            pass  # the span's end passes it on; whoever runs the statement will
