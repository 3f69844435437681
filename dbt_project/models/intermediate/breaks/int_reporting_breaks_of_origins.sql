{%- set host = ['asylum_unhcr_code', 'measure', 'reference_year', 'valid_from'] -%}
-- Which origins a break of reporting bears on, and on how many persons (or cases) of each.
with breaks as (
    select * from {{ ref('int_reporting_breaks_found') }}
),

pairs as (
    select * from {{ ref('int_pairs_followed') }}
),

special_origins as (
    select * from {{ ref('special_origins') }}
    where special_kind = 'unknown'
),

-- Where a country gave no origin, its people without one were of these.
withheld as (
    select
        breaks.kind,
        breaks.bears_on_change,
        breaks.counting_unit,
        distributed.origin_unhcr_code,
        distributed.asylum_unhcr_code,
        distributed.measure,
        distributed.reference_year,
        distributed.valid_from,
        cast(round(distributed.distributed) as bigint) as persons
    from breaks
    inner join {{ ref('int_unknown_origins_distributed') }} as distributed
        using ({{ host | join(', ') }})
    where breaks.kind = 'origin_withheld'
),

-- What was not there the year before, what is not there any more, and what repeats. Nobody is given an
-- origin who is still of none, and no more of one origin are than of all.
whole as (
    select
        breaks.kind,
        breaks.bears_on_change,
        breaks.counting_unit,
        pairs.origin_unhcr_code,
        breaks.asylum_unhcr_code,
        breaks.measure,
        breaks.reference_year,
        breaks.valid_from,
        if(breaks.kind = 'origin_given_again', least(pairs.figure, breaks.persons), pairs.figure) as persons
    from breaks
    inner join pairs
        on
            breaks.asylum_unhcr_code = pairs.asylum_unhcr_code
            and breaks.measure = pairs.measure
            and breaks.counting_unit = pairs.counting_unit
            and breaks.valid_from = pairs.valid_from
            and breaks.reference_year - if(breaks.kind = 'not_reported', 1, 0) = pairs.reference_year
    left join special_origins on pairs.origin_unhcr_code = special_origins.unhcr_code
    where
        breaks.kind in (
            'not_reported', 'reported_again', 'carried_forward', 'half_year_repeated', 'type_changed'
        )
        or (breaks.kind = 'origin_given_again' and special_origins.unhcr_code is null)
),

units as (
    select
        breaks.kind,
        breaks.bears_on_change,
        breaks.counting_unit,
        changed.origin_unhcr_code,
        breaks.asylum_unhcr_code,
        breaks.measure,
        breaks.reference_year,
        breaks.valid_from,
        changed.persons
    from breaks
    inner join {{ ref('int_units_changed_of_origins') }} as changed
        using ({{ host | join(', ') }}, counting_unit)
    where breaks.kind = 'unit_changed'
),

moved as (
    select
        breaks.kind,
        breaks.bears_on_change,
        breaks.counting_unit,
        moved.origin_unhcr_code,
        breaks.asylum_unhcr_code,
        breaks.measure,
        breaks.reference_year,
        breaks.valid_from,
        {{ total('moved.moved') }} as persons
    from breaks
    inner join {{ ref('int_categories_moved') }} as moved
        on
            breaks.asylum_unhcr_code = moved.asylum_unhcr_code
            and breaks.reference_year = moved.reference_year
            and breaks.valid_from = moved.valid_from
            and breaks.measure in (moved.measure_left, moved.measure_entered)
    where breaks.kind = 'category_moved'
    group by all
),

restated as (
    select
        breaks.kind,
        breaks.bears_on_change,
        breaks.counting_unit,
        pairs.origin_unhcr_code,
        breaks.asylum_unhcr_code,
        breaks.measure,
        breaks.reference_year,
        breaks.valid_from,
        abs(pairs.figure - coalesce(pairs_before.figure, 0)) as persons
    from breaks
    inner join {{ ref('int_figures_restated') }} as figures_restated using ({{ host | join(', ') }})
    inner join pairs using ({{ host | join(', ') }})
    left join pairs as pairs_before
        on
            pairs.origin_unhcr_code = pairs_before.origin_unhcr_code
            and pairs.asylum_unhcr_code = pairs_before.asylum_unhcr_code
            and pairs.measure = pairs_before.measure
            and pairs.reference_year = pairs_before.reference_year
            and figures_restated.vintage_before = pairs_before.valid_from
    where breaks.kind = 'definition_changed'
),

stocks as (
    select * from {{ ref('int_pairs_broken') }}
    union all by name
    select * from {{ ref('int_pairs_withheld') }}
),

-- A stock that is broken in itself is of the origins whose it is.
broken as (
    select
        breaks.kind,
        breaks.bears_on_change,
        breaks.counting_unit,
        stocks.origin_unhcr_code,
        breaks.asylum_unhcr_code,
        breaks.measure,
        breaks.reference_year,
        breaks.valid_from,
        stocks.persons
    from breaks
    inner join stocks using (kind, {{ host | join(', ') }})
),

-- Who is counted apart was of the country that was divided before; the figure of the part begins so.
divided as (
    select
        pairs.* exclude (origin_unhcr_code),
        unnest(
            if(
                kind = 'origin_divided' and asylum_unhcr_code <> part_unhcr_code,
                [origin_unhcr_code, part_unhcr_code],
                [origin_unhcr_code]
            )
        ) as origin_unhcr_code
    from {{ ref('int_pairs_divided') }} as pairs
),

apart as (
    select
        breaks.kind,
        breaks.bears_on_change,
        breaks.counting_unit,
        divided.origin_unhcr_code,
        breaks.asylum_unhcr_code,
        breaks.measure,
        breaks.reference_year,
        breaks.valid_from,
        {{ total('divided.persons') }} as persons
    from breaks
    inner join divided using (kind, {{ host | join(', ') }}, counting_unit)
    group by all
),

combined as (
    select * from withheld
    union all by name
    select * from whole
    union all by name
    select * from units
    union all by name
    select * from moved
    union all by name
    select * from restated
    union all by name
    select * from broken
    union all by name
    select * from apart
),

final as (
    select * from combined
    where persons > 0
)

select * from final
