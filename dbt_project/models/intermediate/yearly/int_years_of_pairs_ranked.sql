{{ config(materialized='view') }}
{%- set ranked = {
    'asylum_seekers_stock': 'asylum_seekers_rank', 'new_asylum_claims': 'new_asylum_claims_rank',
    'applications_new': 'applications_new_rank', 'refugees_stock': 'refugees_rank',
    'oip_stock': 'oip_rank', 'displaced_abroad_stock': 'displaced_abroad_rank',
} -%}
-- The years of pairs with the people displaced abroad, and the rank of each country of asylum among those of
-- the origin. People whom UNHCR counts in their own country, or in an unknown one, are in no ranking.
with special_origins as (
    select * from {{ ref('special_origins') }}
),

pairs as (
    select * from {{ ref('int_years_of_pairs_combined') }}
),

years as (
    select
        pairs.*,
        {{ displaced_abroad('pairs.') }} as displaced_abroad_stock,
        {{ displaced_abroad_lacks('pairs.') }} as displaced_abroad_lacks,
        coalesce(pairs.origin_unhcr_code = pairs.asylum_unhcr_code, false)
            as is_origin_the_country_of_asylum,
        pairs.row_kind = 'pair'
        and {{ is_in_country_of_asylum('pairs', 'special_origins') }} as is_ranked
    from pairs
    left join special_origins on pairs.asylum_unhcr_code = special_origins.unhcr_code
),

-- A rank is a place in a list: a window would sort every column of every row, once a measure.
lists as (
    select
        origin_unhcr_code,
        reference_year,
        counting_unit,
        valid_from,
        {%- for measure in ranked %}
        list_reverse_sort(list({{ measure }}) filter (where is_ranked and {{ measure }} > 0))
            as {{ measure }}_list{{ ',' if not loop.last }}
        {%- endfor %}
    from years
    group by origin_unhcr_code, reference_year, counting_unit, valid_from
),

final as (
    select
        years.* exclude (is_ranked),
        {%- for measure, rank in ranked.items() %}
        case
            when years.is_ranked and years.{{ measure }} > 0
                then cast(list_position(lists.{{ measure }}_list, years.{{ measure }}) as bigint)
        end as {{ rank }}{{ ',' if not loop.last }}
        {%- endfor %}
    from years
    left join lists
        on
            years.origin_unhcr_code is not distinct from (lists.origin_unhcr_code)
            and years.reference_year is not distinct from (lists.reference_year)
            and years.counting_unit is not distinct from (lists.counting_unit)
            and years.valid_from is not distinct from (lists.valid_from)
)

select * from final
