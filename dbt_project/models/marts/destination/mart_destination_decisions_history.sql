-- Decisions on asylum over all levels, by country of asylum, and what the pairs leave of the origin's
-- total ("Not itemised"), so that its rows add up to the origin's row in mart_origin_yearly; as they
-- stood from when to when.
{%- set keys = ['origin_unhcr_code', 'asylum_unhcr_code', 'row_kind', 'counting_unit', 'reference_year'] %}
with decisions_by_code as (
    select * from {{ ref('int_asylum_decisions_in_force') }}
    where row_kind = 'pair'
),

totals_by_level as (
    select * from {{ ref('int_asylum_decisions_totals_in_force') }}
    where total_by = 'origin'
),

countries as (
    select * from {{ ref('dim_country') }}
),

pairs as (
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        'pair' as row_kind,
        counting_unit,
        reference_year,
        valid_from,
        valid_to,
        {%- for measure in decision_measures() %}
        {{ total(measure) }} as {{ measure }},
        {%- endfor %}
        {{ lineage_of_sums() }}
    from decisions_by_code
    group by
        origin_unhcr_code, asylum_unhcr_code, counting_unit, reference_year, valid_from, valid_to
),

totals as (
    select
        country_unhcr_code as origin_unhcr_code,
        counting_unit,
        reference_year,
        valid_from,
        valid_to,
        {%- for measure in decision_measures() %}
        {{ total(measure) }} - coalesce({{ total('pairs_' ~ measure) }}, 0) as {{ measure }},
        {%- endfor %}
        {{ lineage_of_totals() }}
    from totals_by_level
    group by country_unhcr_code, counting_unit, reference_year, valid_from, valid_to
),

not_itemised as (
    select
        *,
        cast(null as varchar) as asylum_unhcr_code,
        'not_itemised' as row_kind
    from totals
    where
        {%- for measure in decision_measures() %}
        {{ 'or ' if not loop.first }}{{ measure }} <> 0
        {%- endfor %}
),

rows_of_both_kinds as (
    select * exclude (coverage_id, in_force_from) from pairs
    union all by name
    select * from not_itemised
),

merged as (
    {{ merged_neighbours('rows_of_both_kinds', keys, lineage_columns()) }}
),

final as (
    select
        merged.origin_unhcr_code,
        origins.iso3 as origin_iso3,
        merged.asylum_unhcr_code,
        asylums.iso3 as asylum_iso3,
        merged.row_kind,
        merged.counting_unit,
        origins.country_name as origin_name,
        if(merged.row_kind = 'not_itemised', 'Not itemised', asylums.country_name) as asylum_name,
        merged.reference_year,
        merged.reference_date,
        {{ columns(decision_measures(), 'merged.') }}
        {{ substantive_decisions('merged.') }} as decisions_substantive,
        -- What is left is a difference of two counts: no rate is made of it.
        case when merged.row_kind = 'pair' then {{ refugee_recognition_rate('merged.') }} end
            as refugee_recognition_rate,
        case when merged.row_kind = 'pair' then {{ total_protection_rate('merged.') }} end
            as total_protection_rate,
        case when merged.row_kind = 'pair' then {{ is_small(substantive_decisions('merged.')) }} end
            as is_rate_on_small_count,
        merged.is_provisional,
        merged.valid_from,
        merged.valid_to,
        merged.release_id,
        merged.last_release_id,
        merged.last_snapshot_id as snapshot_id,
        merged.last_retrieved_at as retrieved_at
    from merged
    left join countries as origins on merged.origin_unhcr_code = origins.unhcr_code
    left join countries as asylums on merged.asylum_unhcr_code = asylums.unhcr_code
)

select * from final
order by
    origin_unhcr_code asc, reference_year asc, asylum_unhcr_code asc nulls last, counting_unit desc,
    valid_from asc
