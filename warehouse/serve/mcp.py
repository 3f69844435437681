"""The tools of `assistant.py` by the Model Context Protocol, with its official SDK (an extra)."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any, get_type_hints

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, InputRequiredResult

from warehouse.claims.audit import AuditError
from warehouse.published.read import PublishedMissingError
from warehouse.reference.claims import ClaimsError
from warehouse.serve import assistant
from warehouse.serve.query import QueryError
from warehouse.settings import PROJECT_NAME, Settings, project_version

INSTRUCTIONS = (
    "UNHCR's figures on asylum, as published in each release. A stock (people waiting on a day) is "
    "no flow (people who claimed asylum in a year): never compare or add them. Persons and cases "
    "are never added. Name the release beside each figure, say what is provisional or a lower "
    "bound, and cite UNHCR. What is not known is null, never zero."
)
_SAID = (AuditError, ClaimsError, PublishedMissingError, QueryError, assistant.QuestionError)


class _Server(MCPServer[Any]):
    """A server that refuses arguments that a tool does not know: one that is left out would change
    what is asked, and the answer would be that to another question.
    """

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool. Raises ToolError for arguments that it does not know."""
        known = next(
            (list(t.input_schema["properties"]) for t in await self.list_tools() if t.name == name),
            None,
        )
        if known is not None and (unknown := [given for given in arguments if given not in known]):
            raise ToolError(
                f"{name} has no {', '.join(map(repr, unknown))}. "
                f"It knows {', '.join(known) or 'no argument'}."
            )
        return await super().call_tool(name, arguments, context)


def server(settings: Settings) -> MCPServer[Any]:
    """A server that answers from the published file, read-only."""
    made = _Server(
        PROJECT_NAME,
        title="UNHCR's asylum figures, as published",
        instructions=INSTRUCTIONS,
        version=project_version(),
        log_level="WARNING",
    )

    for answer in (
        *(assistant.find_country, assistant.describe_measures, assistant.figures),
        *(assistant.revisions, assistant.check_claim, assistant.query),
    ):
        made.tool()(_tool(settings, answer))
    return made


def _tool(settings: Settings, answer: Callable[..., assistant.Answer]) -> Callable[..., str]:
    """A function of the assistant as a tool: its text and its parameters but for the settings."""
    types = get_type_hints(answer)
    asked = [
        parameter.replace(annotation=types[parameter.name])
        for parameter in inspect.signature(answer).parameters.values()
        if parameter.name != "settings"
    ]

    def told(**given: Any) -> str:
        try:
            return json.dumps(answer(settings, **given), default=str, ensure_ascii=False)
        except _SAID as error:
            raise ToolError(str(error)) from error

    told.__name__, told.__doc__ = answer.__name__, inspect.getdoc(answer)
    told.__signature__ = inspect.Signature(asked, return_annotation=str)  # type: ignore[attr-defined]
    return told
