-- Decisions on asylum over all levels, by country of asylum, and what the pairs leave of the origin's
-- total ("Not itemised"), so that its rows add up to the origin's row in mart_origin_yearly.
with decisions_by_code as (
    select * from {{ ref('fct_asylum_decisions_yearly') }}
),

totals_by_level as (
    select * from {{ ref('fct_asylum_decisions_totals_yearly') }}
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
        any_value(reference_date) as reference_date,
        {%- for measure in decision_measures() %}
        {{ total(measure) }} as {{ measure }},
        {%- endfor %}
        bool_or(is_provisional) as is_provisional,
        any_value(release_id) as release_id,
        any_value(snapshot_id) as snapshot_id,
        any_value(retrieved_at) as retrieved_at
    from decisions_by_code
    group by origin_unhcr_code, asylum_unhcr_code, counting_unit, reference_year
),

totals as (
    select
        country_unhcr_code as origin_unhcr_code,
        counting_unit,
        reference_year,
        any_value(reference_date) as reference_date,
        {%- for measure in decision_measures() %}
        {{ total(measure) }} as {{ measure }},
        coalesce({{ total('pairs_' ~ measure) }}, 0) as pairs_{{ measure }},
        {%- endfor %}
        bool_or(is_provisional) as is_provisional,
        any_value(release_id) as release_id,
        any_value(snapshot_id) as snapshot_id,
        any_value(retrieved_at) as retrieved_at
    from totals_by_level
    group by country_unhcr_code, counting_unit, reference_year
),

not_itemised as (
    select
        origin_unhcr_code,
        cast(null as varchar) as asylum_unhcr_code,
        'not_itemised' as row_kind,
        counting_unit,
        reference_year,
        reference_date,
        {%- for measure in decision_measures() %}
        {{ measure }} - pairs_{{ measure }} as {{ measure }},
        {%- endfor %}
        is_provisional,
        release_id,
        snapshot_id,
        retrieved_at
    from totals
    where
        {%- for measure in decision_measures() %}
        {{ 'or ' if not loop.first }}{{ measure }} <> pairs_{{ measure }}
        {%- endfor %}
),

rows_of_both_kinds as (
    select * from pairs
    union all
    select * from not_itemised
),

final as (
    select
        figures.origin_unhcr_code,
        origins.iso3 as origin_iso3,
        figures.asylum_unhcr_code,
        asylums.iso3 as asylum_iso3,
        figures.row_kind,
        figures.counting_unit,
        origins.country_name as origin_name,
        case
            when figures.row_kind = 'not_itemised' then 'Not itemised'
            else asylums.country_name
        end as asylum_name,
        figures.reference_year,
        figures.reference_date,
        {{ columns(decision_measures(), 'figures.') }}
        {{ substantive_decisions('figures.') }} as decisions_substantive,
        -- What is left is a difference of two counts: no rate is made of it.
        case when figures.row_kind = 'pair' then {{ refugee_recognition_rate('figures.') }} end
            as refugee_recognition_rate,
        case when figures.row_kind = 'pair' then {{ total_protection_rate('figures.') }} end
            as total_protection_rate,
        case when figures.row_kind = 'pair' then {{ is_small(substantive_decisions('figures.')) }} end
            as is_rate_on_small_count,
        figures.is_provisional,
        figures.release_id,
        figures.snapshot_id,
        figures.retrieved_at
    from rows_of_both_kinds as figures
    left join countries as origins on figures.origin_unhcr_code = origins.unhcr_code
    left join countries as asylums on figures.asylum_unhcr_code = asylums.unhcr_code
)

select * from final
order by origin_unhcr_code asc, reference_year asc, asylum_unhcr_code asc nulls last, counting_unit desc
