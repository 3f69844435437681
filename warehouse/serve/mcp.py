"""The tools of `assistant.py` by the Model Context Protocol, with its official SDK (an extra)."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

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


def server(settings: Settings) -> MCPServer[Any]:
    """A server that answers from the published file, read-only."""
    made: MCPServer[Any] = MCPServer(
        PROJECT_NAME,
        title="UNHCR's asylum figures, as published",
        instructions=INSTRUCTIONS,
        version=project_version(),
        log_level="WARNING",
    )

    def tool(answer: Callable[..., assistant.Answer]) -> Callable[[Callable[..., str]], None]:
        """Make a tool of a signature: its text is what the assistant reads."""

        def register(signature: Callable[..., str]) -> None:
            @functools.wraps(signature)
            def told(**given: Any) -> str:
                try:
                    return json.dumps(answer(settings, **given), default=str, ensure_ascii=False)
                except _SAID as error:
                    raise ToolError(str(error)) from error

            made.tool()(told)

        return register

    @tool(assistant.find_country)
    def find_country(text: str) -> str:  # type: ignore[empty-body]
        """Find the code of a country by its name or a part of it, or by a code.

        Codes are ISO 3166-1 alpha-3; stateless, unknown and Tibetan people have UNHCR's codes STA,
        UKN and TIB.
        """

    @tool(assistant.describe_measures)
    def describe_measures() -> str:  # type: ignore[empty-body]
        """What is measured: each measure with its unit, whether it is a stock or a flow, and the
        definitions of the terms.
        """

    @tool(assistant.figures)
    def figures(  # type: ignore[empty-body]  # noqa: PLR0917 - asked by name
        measure: str,
        origin: str | None = None,
        asylum: str | None = None,
        from_year: int | None = None,
        to_year: int | None = None,
        as_of: str | None = None,
    ) -> str:
        """Figures by year, in persons: of a country of origin, a country of asylum, a pair (both
        codes), or the world (neither).

        measure: asylum_seekers_stock (people waiting on a day), refugees_stock, new_asylum_claims
        (people who claimed asylum in a year) or applications_new. as_of: a day, YYYY-MM-DD; the
        figures are those that UNHCR's database had then. Each has its release, what it describes,
        whether it is provisional or a lower bound, and which breaks of reporting bear on the change
        since the year before: where it is not comparable, speak of no rise and no fall.
        """

    @tool(assistant.revisions)
    def revisions(  # type: ignore[empty-body]
        measure: str, year: int, origin: str | None = None, asylum: str | None = None
    ) -> str:
        """What each release said of one measure of one year: values with the days from which and
        to which they were published.
        """

    @tool(assistant.check_claim)
    def check_claim(  # type: ignore[empty-body]  # noqa: PLR0917 - asked by name
        value: float,
        year: int,
        published: str,
        origin: str | None = None,
        asylum: str | None = None,
        measure: str = "asylum_seekers_stock",
        read_as: str | None = None,
    ) -> str:
        """Check a figure that somebody published: verdict, what the database had on the day of
        publication (YYYY-MM-DD), and what it has now.

        read_as: stock or flow, how the text reads the figure. "178,725 applied in 2025" reads as
        flow.
        """

    @tool(assistant.query)
    def query(sql: str) -> str:  # type: ignore[empty-body]
        """Ask the published tables by SQL of DuckDB, read-only; the first 200 rows.

        Tables: select table_name, description from about_tables. Columns have comments:
        select * from duckdb_columns().
        """

    return made
