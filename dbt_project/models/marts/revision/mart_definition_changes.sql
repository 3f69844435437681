-- Where a measure that was not known became zero in many rows at once: UNHCR began to write 0 for "-".
-- That is one change of what is written, said here once, and no revision of each figure.
with figures as (
    select
        reference_year,
        valid_from,
        host_community_stock_known_from,
        host_community_stock = 0
        and lag(host_community_stock) over same_pair is null
        and lag(valid_to) over same_pair = valid_from
            as is_zero_now
    from {{ ref('fct_population_yearly_history') }}
    window
        same_pair as (
            partition by origin_unhcr_code, asylum_unhcr_code, reference_year
            order by valid_from
        )
),

known_from as (
    select distinct host_community_stock_known_from as published_on from figures
    where host_community_stock_known_from is not null
),

-- A row has the day with it, unless another figure of it changed on that day, too.
pairs as (
    select
        'population' as dataset,
        'host_community_stock' as measure,
        host_community_stock_known_from as published_on,
        reference_year
    from figures
    where host_community_stock_known_from is not null
    union all
    select
        'population' as dataset,
        'host_community_stock' as measure,
        changed.valid_from as published_on,
        changed.reference_year
    from figures as changed
    inner join known_from on changed.valid_from = known_from.published_on
    where changed.is_zero_now
),

-- Two releases may be of one day; one of which no figures are loaded has changed nothing.
releases as (
    select
        in_force_from as published_on,
        min(release_id) as release_id
    from {{ ref('dim_release') }}
    where datasets is not null
    group by in_force_from
),

final as (
    select
        pairs.dataset,
        pairs.measure,
        pairs.published_on,
        'unknown_to_zero' as kind,
        min(pairs.reference_year) as first_reference_year,
        max(pairs.reference_year) as last_reference_year,
        count(*) as row_count,
        any_value(releases.release_id) as release_id
    from pairs
    left join releases on pairs.published_on = releases.published_on
    group by pairs.dataset, pairs.measure, pairs.published_on
)

select * from final
order by dataset, measure, published_on
