{%- set key = ['total_by', 'country_unhcr_code', 'counting_unit', 'reference_year'] -%}
{%- set lineage = lineage_columns() + [
    'population_release_id', 'applications_release_id', 'decisions_release_id', 'flows_release_id',
] -%}
-- The years of countries with what is stale in them and how often they were revised, as they stood from
-- when to when.
with years as (
    select * from {{ ref('int_years_of_countries_compared') }}
),

vintages as (
    select * from {{ ref('int_vintages_resolved') }}
),

pairs as (
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        reference_year,
        asylum_seekers_carried_forward_stock,
        valid_from,
        valid_to
    from {{ ref('mart_destination_yearly_history') }}
    where asylum_seekers_carried_forward_stock is not null
),

-- Of the pairs known; where none is, nothing can be said.
carried_forward as (
    select
        case when grouping(pairs.asylum_unhcr_code) = 1 then 'origin' else 'asylum' end as total_by,
        coalesce(pairs.origin_unhcr_code, pairs.asylum_unhcr_code) as country_unhcr_code,
        'persons' as counting_unit,
        pairs.reference_year,
        vintages.valid_from,
        {{ total('pairs.asylum_seekers_carried_forward_stock') }} as asylum_seekers_carried_forward_stock
    from pairs
    inner join vintages on {{ stood_on('vintages.valid_from', 'pairs') }}
    group by grouping sets (
        (pairs.origin_unhcr_code, pairs.reference_year, vintages.valid_from),
        (pairs.asylum_unhcr_code, pairs.reference_year, vintages.valid_from)
    )
),

revisions as (
    select
        revisions.level as total_by,
        coalesce(revisions.origin_unhcr_code, revisions.asylum_unhcr_code) as country_unhcr_code,
        'persons' as counting_unit,
        revisions.reference_year,
        vintages.valid_from,
        count(*) as revision_count
    from {{ ref('mart_revisions') }} as revisions
    inner join vintages on revisions.published_on <= vintages.valid_from
    where
        {{ is_revision_of_asylum_seekers('revisions') }}
        and revisions.level <> 'pair'
    group by all
),

joined as (
    select
        years.*,
        case
            when years.asylum_seekers_stock is not null
                then carried_forward.asylum_seekers_carried_forward_stock
        end as asylum_seekers_carried_forward_stock,
        case
            when years.counting_unit = 'persons' and years.total_by <> 'world'
                then coalesce(revisions.revision_count, 0)
        end as asylum_seekers_revision_count
    from years
    left join carried_forward
        using (total_by, country_unhcr_code, counting_unit, reference_year, valid_from)
    left join revisions
        using (total_by, country_unhcr_code, counting_unit, reference_year, valid_from)
),

final as (
    {{ merged_neighbours('joined', key, lineage) }}
)

select * from final
