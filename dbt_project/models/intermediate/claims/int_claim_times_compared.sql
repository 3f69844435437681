{%- set is_base -%}
    if(times.is_of_years, found.reference_year = times.base_to_year, found.input_role = 'base')
{%- endset -%}
-- The figures that a claim compares between two times: of a record the last year and each one before it, of a
-- rise each year and the one before.
with claims as (
    select * from {{ ref('int_claims_combined') }}
),

found as (
    select * from {{ ref('int_claim_inputs_found') }}
),

years as (
    select * replace (unnest(range(from_year, to_year)) as base_to_year)
    from claims
    where kind in ('record', 'rising')
),

times as (
    select
        document_id,
        claim_id,
        false as is_of_years,
        false as is_of_record,
        from_year,
        to_year,
        base_from_year,
        base_to_year,
        day_newest,
        base_day_newest
    from claims
    where {{ compares_two_times() }}
    union all
    select
        document_id,
        claim_id,
        true as is_of_years,
        kind = 'record' as is_of_record,
        if(kind = 'record', to_year, base_to_year + 1) as from_year,
        if(kind = 'record', to_year, base_to_year + 1) as to_year,
        base_to_year as base_from_year,
        base_to_year,
        day_newest,
        day_newest as base_day_newest
    from years
),

-- A rate is of decisions, and of the unit that they are counted in. All countries count that a claim adds up.
by_row as (
    select
        times.*,
        found.origin,
        found.asylum,
        if(found.decisions_newest is null, found.measure, 'decisions_total') as measure,
        found.counting_unit,
        found.decisions_newest is not null as is_of_rate,
        {{ is_base }} as is_base,
        if(found.decisions_newest is null, found.newest.figure, null) as counted,
        sum(coalesce(found.decisions_newest, counted)) over (
            partition by
                times.document_id, times.claim_id, times.base_to_year, found.measure, found.counting_unit,
                is_base, found.reference_year
        ) as figure_of_all,
        sum(counted) filter (where not is_base) over of_measure
        - sum(counted) filter (where is_base) over of_measure as moved_of_all,
        sum(counted) filter (where not is_base) over compared
        - sum(counted) filter (where is_base) over compared as moved_in_all
    from times
    inner join found
        on times.document_id = found.document_id and times.claim_id = found.claim_id
    where
        found.input_role in ('figure', 'base') and not found.is_among_peers
        and (not times.is_of_years or found.reference_year in (times.base_to_year, times.to_year))
    window
        compared as (partition by times.document_id, times.claim_id, times.base_to_year),
        of_measure as (
            partition by
                times.document_id, times.claim_id, times.base_to_year, found.measure, found.counting_unit
        )
),

by_figure as (
    select
        * exclude (is_base, counted, figure_of_all, moved_of_all),
        max(figure_of_all) as figure,
        max(moved_of_all) as moved
    from by_row
    group by all
),

-- Who moved from refugees to other people in need of protection, or back, is in the sum of both all the time.
final as (
    select
        *,
        list_has_all(list(measure) over compared, ['refugees_stock', 'oip_stock']) as is_of_both
    from by_figure
    window compared as (partition by document_id, claim_id, base_to_year)
)

select * from final
