"""Freshness policies. Dagster's daemon looks at it; what it looks at is when an asset was made.

So what must be looked at regularly is an asset of its own, `landing/last_look`, made by each look:
the figures themselves are rebuilt only when there are new ones, twice a year.
"""

from datetime import timedelta

import dagster as dg

# The schedule looks every Monday: a day late is a warning, a second Monday missed a failure.
LOOKED_AT = dg.FreshnessPolicy.time_window(
    warn_window=timedelta(days=8), fail_window=timedelta(days=15)
)

# UNHCR publishes in June, and in October or November. On 1 July and 1 December the file must have
# been made since 1 May and 1 October.
BY_THE_CALENDAR = dg.FreshnessPolicy.cron(
    deadline_cron="0 0 1 7,12 *", lower_bound_delta=timedelta(days=61), timezone="UTC"
)
