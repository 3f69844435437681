{{ config(parts={'of': 'int_population_in_force', 'by': 'origin_unhcr_code'}) }}
{%- set pair = ['origin_unhcr_code', 'asylum_unhcr_code', 'row_kind', 'counting_unit'] -%}
{%- set keys = pair + ['valid_from'] -%}
-- A row for each origin, country of asylum, year and counting unit, and one for what the pairs leave of
-- the origin's total ("Not itemised"), as they stood from when to when.
with years as (
    select * from {{ ref('int_years_of_pairs_ranked') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

special_origins as (
    select * from countries
    where special_kind = 'unknown'
),

inhabitants as (
    select * from {{ ref('fct_inhabitants_yearly') }}
    where inhabitants_as_counted is not null
),

vintages as (
    select * from {{ ref('int_vintages_resolved') }}
),

revisions as (
    select
        revisions.origin_unhcr_code,
        revisions.asylum_unhcr_code,
        'pair' as row_kind,
        'persons' as counting_unit,
        revisions.reference_year,
        vintages.valid_from,
        count(*) as revision_count
    from {{ ref('mart_revisions') }} as revisions
    inner join vintages on revisions.published_on <= vintages.valid_from
    where
        {{ is_revision_of_asylum_seekers('revisions') }}
        and revisions.level = 'pair'
        and {{ in_part('revisions.origin_unhcr_code') }}
    group by all
),

with_past as (
    select
        *,
        {{ yearly_history('asylum_seekers_stock', keys) }},
        {{ yearly_baseline('new_asylum_claims', keys) }},
        {{ yearly_baseline('applications_new', keys) }},
        max(asylum_seekers_stock) over series as asylum_seekers_stock_peak,
        max({{ with_year('asylum_seekers_stock') }}) over series as peak_with_year,
        min(reference_year) filter (where asylum_seekers_stock > 1000)
            over series as asylum_seekers_stock_first_year_above_1000
    from years
    window series as (partition by {{ keys | join(', ') }})
),

compared as (
    select
        *,
        {{ yearly_standing('asylum_seekers_stock') }},
        {{ against_baseline('new_asylum_claims') }},
        {{ against_baseline('applications_new') }},
        {{ fraction('asylum_seekers_stock', 'asylum_seekers_stock_total') }} as asylum_seekers_share,
        {{ fraction('refugees_stock', 'refugees_stock_total') }} as refugees_share,
        {{ fraction('oip_stock', 'oip_stock_total') }} as oip_share,
        {{ fraction('displaced_abroad_stock', displaced_abroad(suffix='_total')) }}
            as displaced_abroad_share,
        {{ fraction('new_asylum_claims', 'new_asylum_claims_total') }} as new_asylum_claims_share,
        {{ fraction('applications_new', 'applications_new_total') }} as applications_new_share,
        case when asylum_seekers_stock_peak > 0 then {{ year_of('peak_with_year') }} end
            as asylum_seekers_stock_peak_year,
        case
            when row_kind = 'pair' and asylum_seekers_stock is not null
                then if(
                    {{ is_carried_forward('asylum_seekers_stock', 'asylum_seekers_stock_year_before') }},
                    asylum_seekers_stock, 0
                )
        end as asylum_seekers_carried_forward_stock
    from with_past
),

-- Of people of unknown origin nobody is missing so.
with_breaks as (
    select
        compared.*,
        {{ breaks_borne('asylum_seekers_stock', 'false', "'pair'") }}
            as asylum_seekers_stock_change_breaks,
        {{ is_change_comparable('asylum_seekers_stock') }} as is_asylum_seekers_stock_change_comparable,
        {%- for measure in completed_measures() %}
        {{ is_complete(
            measure, "'pair'", left_per_known='unknown_origins.' ~ measure ~ '_left_per_known'
        ) }} as is_{{ measure }}_complete{{ ',' if not loop.last }}
        {%- endfor %}
    from compared
    left join {{ ref('int_breaks_of_pairs') }}
        using (origin_unhcr_code, asylum_unhcr_code, counting_unit, reference_year, valid_from)
    left join {{ ref('int_unknown_origins_left_by_measure') }} as unknown_origins
        on
            compared.asylum_unhcr_code = unknown_origins.asylum_unhcr_code
            and compared.reference_year = unknown_origins.reference_year
            and compared.valid_from = unknown_origins.valid_from
            and compared.origin_unhcr_code not in (select unhcr_code from special_origins)
    left join {{ ref('int_years_followed') }} as years_followed
        on
            compared.reference_year = years_followed.reference_year
            and compared.valid_from = years_followed.valid_from
            and compared.row_kind = 'pair'
),

shown as (
    select
        {{ columns(pair, 'with_breaks.') }}
        with_breaks.reference_year,
        with_breaks.reference_date,
        {{ columns(destination_columns(), 'with_breaks.') }}
        with_breaks.is_population_provisional or with_breaks.is_applications_provisional
        or with_breaks.is_flows_provisional as is_provisional,
        with_breaks.is_population_provisional,
        with_breaks.is_applications_provisional,
        with_breaks.is_flows_provisional,
        case
            when with_breaks.row_kind = 'pair' and with_breaks.counting_unit = 'persons'
                then coalesce(revisions.revision_count, 0)
        end as asylum_seekers_revision_count,
        with_breaks.population_release_id,
        with_breaks.applications_release_id,
        with_breaks.flows_release_id,
        {{ columns(lineage_columns(), 'with_breaks.') }}
        with_breaks.valid_from,
        with_breaks.valid_to
    from with_breaks
    left join revisions
        using (origin_unhcr_code, asylum_unhcr_code, row_kind, counting_unit, reference_year, valid_from)
),

merged as (
    {{ merged_neighbours(
        'shown', pair + ['reference_year'],
        lineage_columns() + ['population_release_id', 'applications_release_id', 'flows_release_id']
    ) }}
),

final as (
    select
        merged.origin_unhcr_code,
        origins.iso3 as origin_iso3,
        origins.country_code as origin_code,
        merged.asylum_unhcr_code,
        asylums.iso3 as asylum_iso3,
        asylums.country_code as asylum_code,
        merged.row_kind,
        merged.counting_unit,
        origins.country_name as origin_name,
        if(merged.row_kind = 'not_itemised', 'Not itemised', asylums.country_name) as asylum_name,
        merged.reference_year,
        merged.reference_date,
        {{ columns(destination_columns(), 'merged.') }}
        merged.is_provisional,
        merged.is_population_provisional,
        merged.is_applications_provisional,
        merged.is_flows_provisional,
        merged.asylum_seekers_revision_count,
        {{ inhabitants_columns('inhabitants') }},
        {%- for measure, name in measures_per_inhabitants().items() %}
        {{ per_1000('merged.' ~ measure, 'inhabitants.inhabitants_as_counted') }} as {{ name }},
        {%- endfor %}
        merged.valid_from,
        merged.valid_to,
        {%- for prefix in ['', 'population_', 'applications_', 'flows_'] %}
        merged.{{ prefix }}release_id,
        merged.last_{{ prefix }}release_id,
        {%- endfor %}
        merged.last_snapshot_id as snapshot_id,
        merged.last_retrieved_at as retrieved_at
    from merged
    left join countries as origins on merged.origin_unhcr_code = origins.unhcr_code
    left join countries as asylums on merged.asylum_unhcr_code = asylums.unhcr_code
    asof left join inhabitants
        on
            if(merged.counting_unit = 'persons', asylums.iso3, null) = inhabitants.world_bank_code
            and merged.reference_year >= inhabitants.reference_year
)

select * from final
order by
    origin_unhcr_code asc, reference_year asc, asylum_unhcr_code asc nulls last, counting_unit desc,
    valid_from asc
