"""What moved between releases, beside the limits from which on a snapshot is held back.

    python benchmarks/limits.py               # each release and the one before it
    python benchmarks/limits.py --every-pair  # each and every earlier one

Needs the releases landed and loaded: `asylum backfill --all`, then `asylum run`. Reads the build
database (ASYLUM_DATA_DIR says where), changes nothing but profiles that are missing, and asks no
source. The limits stand at the top of warehouse/releases/validate.py.
"""

import argparse
from itertools import combinations, pairwise

from warehouse.core.database import connect
from warehouse.releases import profiles, validate
from warehouse.releases.identify import read_lists
from warehouse.releases.profiles import ORIGIN_SIDE, Reach
from warehouse.settings import load_settings
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS

LIMITS = {
    "rows lost": validate.LARGEST_LOSS_OF_ROWS,
    "rows of a year": validate.LARGEST_LOSS_OF_A_YEAR,
    "years gone": validate.LARGEST_LOSS_OF_YEARS,
    "emptied": validate.LARGEST_EMPTIED,
    "measure lost": validate.LARGEST_LOSS_OF_A_MEASURE,
    "scattered": validate.LARGEST_SCATTER,
    "country lost": validate.LARGEST_LOSS_OF_A_MEASURE,
    "years swapped": validate.LARGEST_SHARE_OF_SWAPPED_YEARS,
    "codes lost": validate.LARGEST_LOSS_OF_CODES,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--every-pair", action="store_true")
    options = parser.parse_args()
    settings, lists = load_settings(), read_lists()
    tops = {}
    print(row("dataset", "from", "to", *LIMITS))
    with connect(settings.build_db, settings) as con:
        for endpoint in ENDPOINTS.values():
            # In the order of publication; of the archive, since it alone has every release.
            snapshots = con.execute(
                "select snapshot_releases.release_id, snapshot_id from releases.snapshot_releases "
                "join raw.snapshots using (endpoint, snapshot_id) "
                "where endpoint = ? and source = 'archive' "
                "order by in_force_from, snapshot_releases.release_id",
                [endpoint.name],
            ).fetchall()
            pairs = combinations(snapshots, 2) if options.every_pair else pairwise(snapshots)
            for (earlier, before), (later, now) in pairs:
                compared = profiles.compare(con, endpoint, before, now, Reach())
                codes = [codes_of(con, endpoint, one) for one in (before, now)]
                found = moves(compared, *codes)
                reviews = {(r, endpoint.name) for r in (earlier, later)} & lists.reviews.keys()
                mark = " reviewed" if reviews else ""
                print(row(endpoint.name, earlier, later, *map(share, found.values())) + mark)
                if not reviews:
                    for name, value in found.items():
                        top = (value, f"{endpoint.name} {earlier} -> {later}")
                        tops[name] = max(tops.get(name, top), top)
    print("\nThe largest of all that no review is about, beside the limit:")
    for name, (value, where) in tops.items():
        print(f"  {name:<14} {share(value):>8}  limit {share(LIMITS[name]):>7}  {where}")


def codes_of(con, endpoint, snapshot_id):
    """Rows by code, but not by one that says what is measured: a measure may change its code."""
    found = profiles.codes(con, endpoint.name, snapshot_id)
    return {name: rows for name, rows in found.items() if name != endpoint.code_of_measure}


def moves(compared, codes_before, codes_now):
    """By name of a limit: how large the move is that it limits, as a fraction."""
    years = compared.years[ORIGIN_SIDE]
    rows = validate.lost_rows(compared)
    had = [year for year, part in years.items() if part.rows.before]
    measures = [
        total
        for total in validate.lost_measures(compared).values()
        if total.before >= validate.TOTAL_FLOOR
    ]
    return {
        "rows lost": fraction(rows.lost, rows.before),
        "rows of a year": largest(
            fraction(year.lost, year.before)
            for year in validate.lost_rows_of_years(compared).values()
            if year.before >= max(validate.ROWS_FLOOR, validate.MUCH_OF_THE_ROWS * rows.before)
        ),
        "years gone": fraction(len(validate.gone_years(years)), len(had)),
        "emptied": largest(
            fraction(
                sum(validate.emptied(years, column).values()),
                sum(part.totals[column].before for part in years.values()),
            )
            for column in columns(years)
        ),
        "measure lost": largest(fraction(one.lost, one.before) for one in measures),
        "scattered": largest(fraction(validate.scattered(one), one.before) for one in measures),
        "country lost": largest_lost_country(compared),
        "years swapped": largest(
            fraction(*validate.swapped_years(years, column, other))
            for column in columns(years)
            for other in columns(years)
            if column != other
        ),
        "codes lost": largest(
            fraction(
                validate.rows_of_lost_codes(codes, codes_now.get(column, {})), sum(codes.values())
            )
            for column, codes in codes_before.items()
        ),
    }


def largest(found):
    return max(found, default=0.0)


def largest_lost_country(compared):
    """The largest share that a country lost of a measure of which it had much."""
    found = []
    for countries in compared.countries.values():
        for column in columns(countries):
            much = validate.with_much(countries, column)
            found += [fraction(one.lost, one.before) for one in much.values()]
    return largest(found)


def columns(parts):
    return list(next(iter(parts.values())).totals) if parts else []


def fraction(part, whole):
    return part / whole if whole else 0.0


def share(value):
    return f"{value:.2%}"


def row(dataset, earlier, later, *cells):
    return f"{dataset:<20} {earlier:<10} {later:<10}" + "".join(f"{cell:>15}" for cell in cells)


if __name__ == "__main__":
    main()
