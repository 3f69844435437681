{#- The rows of a dataset that are in force: a row of a snapshot stands unless a newer snapshot covers
    its key, whether or not that one repeats it. So a fetch of one country of origin replaces that
    country alone, and a row that a whole newer snapshot lacks is gone.

    Adds the lineage of the row, the day its figures stand for, and how far its query reached. -#}
{% macro in_force(model, endpoint) -%}
    with rows_of_all_snapshots as (
        select * from {{ ref(model) }}
    ),

    snapshots as (
        select * from {{ ref('int_snapshots_resolved') }}
        where endpoint = '{{ endpoint }}'
    ),

    coverage as (
        select * from {{ ref('int_coverage_resolved') }}
        where endpoint = '{{ endpoint }}'
    ),

    with_recency as (
        select
            rows_of_all_snapshots.*,
            snapshots.recency,
            snapshots.release_id,
            snapshots.retrieved_at,
            snapshots.release_reference_date,
            snapshots.is_provisional_release
        from rows_of_all_snapshots
        inner join snapshots using (snapshot_id)
    ),

    not_covered_again as (
        select with_recency.*
        from with_recency
        anti join coverage
            on with_recency.slice = coverage.slice
            and with_recency.recency < coverage.recency
            and with_recency.reference_year >= coverage.covered_from_year
            and with_recency.reference_year <= coverage.covered_to_year
            and coverage.covered_origin in (
                '*', coalesce(with_recency.origin_iso3, with_recency.origin_unhcr_code, '-')
            )
            and coverage.covered_asylum in (
                '*', coalesce(with_recency.asylum_iso3, with_recency.asylum_unhcr_code, '-')
            )
    ),

    reach as (
        select
            snapshot_id,
            slice,
            bool_and(covered_origin = '*') as covers_all_origins,
            bool_and(covered_asylum = '*') as covers_all_asylums
        from coverage
        group by snapshot_id, slice
    ),

    final as (
        select
            not_covered_again.* exclude (recency, release_reference_date, is_provisional_release),
            reach.covers_all_origins,
            reach.covers_all_asylums,
            case
                when
                    not_covered_again.reference_year
                    = year(not_covered_again.release_reference_date)
                    then not_covered_again.release_reference_date
                else make_date(not_covered_again.reference_year, 12, 31)
            end as reference_date,
            not_covered_again.is_provisional_release
            and not_covered_again.reference_year
            = year(not_covered_again.release_reference_date) as is_provisional
        from not_covered_again
        inner join reach using (snapshot_id, slice)
    )

    select * from final
{%- endmacro %}
