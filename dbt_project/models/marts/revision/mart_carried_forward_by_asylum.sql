-- How much of what a release says of a country of asylum repeats an earlier reference date.
with compared as (
    select * from {{ ref('int_stocks_compared') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

by_asylum as (
    select
        asylum_unhcr_code,
        measure,
        basis,
        reference_year,
        any_value(reference_date) as reference_date,
        any_value(published_on) as published_on,
        any_value(earlier_reference_date) as earlier_reference_date,
        {{ total('stock') }} as pairs_stock,
        {{ total('stock', 'is_carried_forward') }} as carried_forward_stock,
        count(*) as pair_count,
        count(*) filter (where is_large) as large_pair_count,
        count(*) filter (where is_carried_forward) as carried_forward_pair_count,
        bool_and(covers_all_origins) as is_world_covered,
        bool_or(is_provisional) as is_provisional,
        release_id,
        any_value(snapshot_id) as snapshot_id,
        any_value(retrieved_at) as retrieved_at
    from compared
    group by asylum_unhcr_code, measure, basis, reference_year, release_id
),

final as (
    select
        by_asylum.asylum_unhcr_code,
        countries.iso3 as asylum_iso3,
        by_asylum.measure,
        by_asylum.basis,
        countries.country_name as asylum_name,
        by_asylum.reference_year,
        by_asylum.reference_date,
        by_asylum.published_on,
        by_asylum.earlier_reference_date,
        case when by_asylum.is_world_covered then by_asylum.pairs_stock end as pairs_stock,
        coalesce(by_asylum.carried_forward_stock, 0) as carried_forward_stock,
        by_asylum.pair_count,
        by_asylum.large_pair_count,
        by_asylum.carried_forward_pair_count,
        case
            when by_asylum.is_world_covered
                then {{ fraction('coalesce(by_asylum.carried_forward_stock, 0)',
                    'by_asylum.pairs_stock') }}
        end as carried_forward_share,
        case
            when by_asylum.is_world_covered
                then
                    by_asylum.carried_forward_pair_count = by_asylum.large_pair_count
                    and by_asylum.large_pair_count >= {{ var('not_reported_from_pairs') }}
        end as is_not_reported,
        by_asylum.is_provisional,
        by_asylum.release_id,
        by_asylum.snapshot_id,
        by_asylum.retrieved_at
    from by_asylum
    left join countries on by_asylum.asylum_unhcr_code = countries.unhcr_code
)

select * from final
order by published_on, measure, basis, asylum_unhcr_code
