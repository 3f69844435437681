-- Figures of a country of asylum that repeat an earlier one, pair by pair: of a stock that of the year
-- before, and of a final figure that of the middle of its year, as it stood last before the final one.
-- Applications and decisions are those of its pairs.
with pairs as (
    select * from {{ ref('int_pairs_followed') }}
),

hosts as (
    select
        asylum_unhcr_code,
        measure,
        'persons' as counting_unit,
        reference_year,
        figure,
        is_provisional,
        valid_from
    from {{ ref('int_figures_of_hosts') }}
    union all by name
    select
        asylum_unhcr_code,
        measure,
        counting_unit,
        reference_year,
        {{ total('figure') }} as figure,
        bool_or(is_provisional) as is_provisional,
        valid_from
    from pairs
    where measure in ('applications_new', 'decisions_total')
    group by asylum_unhcr_code, measure, counting_unit, reference_year, valid_from
),

kinds as (
    select * from {{ ref('break_kinds') }}
),

mid_years as (
    select * from hosts
    where is_provisional
    qualify valid_from = max(valid_from) over (
        partition by asylum_unhcr_code, measure, counting_unit, reference_year
    )
),

candidates as (
    select
        hosts.*,
        'end_of_year_before' as basis,
        earlier.figure as earlier_figure,
        earlier.reference_year as earlier_year,
        earlier.valid_from as earlier_vintage
    from hosts
    inner join hosts as earlier
        on
            hosts.asylum_unhcr_code = earlier.asylum_unhcr_code
            and hosts.measure = earlier.measure
            and hosts.reference_year - 1 = earlier.reference_year
            and hosts.valid_from = earlier.valid_from
    where hosts.measure in ('asylum_seekers_stock', 'refugees_stock')
    union all
    select
        hosts.*,
        'mid_year' as basis,
        mid_years.figure as earlier_figure,
        mid_years.reference_year as earlier_year,
        mid_years.valid_from as earlier_vintage
    from hosts
    inner join mid_years
        on
            hosts.asylum_unhcr_code = mid_years.asylum_unhcr_code
            and hosts.measure = mid_years.measure
            and hosts.counting_unit = mid_years.counting_unit
            and hosts.reference_year = mid_years.reference_year
            and hosts.valid_from > mid_years.valid_from
    where not hosts.is_provisional
),

alike as (
    select
        candidates.*,
        kinds.kind
    from candidates
    inner join kinds
        on kinds.kind = if(candidates.measure like '%_stock', 'carried_forward', 'half_year_repeated')
    where
        candidates.figure > 0
        and abs(candidates.figure - candidates.earlier_figure)
        <= kinds.differs_up_to_share * candidates.figure
),

final as (
    select
        alike.asylum_unhcr_code,
        alike.measure,
        alike.counting_unit,
        alike.kind,
        alike.basis,
        alike.reference_year,
        alike.valid_from,
        alike.earlier_figure,
        alike.figure,
        coalesce({{ total('pairs.figure', 'pairs.figure = earlier_pairs.figure') }}, 0) as repeated,
        {{ fraction('coalesce(' ~ total('pairs.figure', 'pairs.figure = earlier_pairs.figure') ~ ', 0)',
            total('pairs.figure')) }} as repeated_share,
        count(*) filter (
            where pairs.figure >= {{ var('carried_forward_from') }} and pairs.figure = earlier_pairs.figure
        ) as repeated_large_pair_count
    from alike
    inner join pairs
        on
            alike.asylum_unhcr_code = pairs.asylum_unhcr_code
            and alike.measure = pairs.measure
            and alike.counting_unit = pairs.counting_unit
            and alike.reference_year = pairs.reference_year
            and alike.valid_from = pairs.valid_from
    left join pairs as earlier_pairs
        on
            alike.asylum_unhcr_code = earlier_pairs.asylum_unhcr_code
            and alike.measure = earlier_pairs.measure
            and alike.counting_unit = earlier_pairs.counting_unit
            and alike.earlier_year = earlier_pairs.reference_year
            and alike.earlier_vintage = earlier_pairs.valid_from
            and pairs.origin_unhcr_code = earlier_pairs.origin_unhcr_code
    group by all
)

select * from final
