-- Where a measure that was not known became zero in many rows at once: UNHCR began to write 0 for "-".
-- That is one change of what is written, said here once, and no revision of each figure.
with pairs as (
    select
        'population' as dataset,
        'host_community_stock' as measure,
        host_community_stock_known_from as published_on,
        reference_year
    from {{ ref('fct_population_yearly_history') }}
    where host_community_stock_known_from is not null
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
