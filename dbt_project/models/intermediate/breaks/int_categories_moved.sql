{%- set categories = ['refugees_stock', 'oip_stock', 'others_of_concern_stock'] -%}
-- People of an origin in a country of asylum who left one category for another, year on year, at each
-- vintage. Nobody reports moves: they are the smaller of what categories lost and what others gained,
-- distributed by the losses and the gains.
with pairs as (
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        reference_year,
        valid_from,
        {%- for category in categories %}
        coalesce({{ category }}, 0) as {{ category }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_population_in_force') }}
    where row_kind = 'pair' and origin_unhcr_code <> asylum_unhcr_code
),

-- Only where there is another category than that of refugees, in this year or the one before.
of_several as (
    select
        *,
        lag(oip_stock + others_of_concern_stock) over pair as others_before,
        lag(reference_year) over pair as year_before,
        {%- for category in categories %}
        lag({{ category }}) over pair as {{ category }}_before{{ ',' if not loop.last }}
        {%- endfor %}
    from pairs
    window
        pair as (partition by origin_unhcr_code, asylum_unhcr_code, valid_from order by reference_year)
),

compared as (
    select * from of_several
    where year_before = reference_year - 1 and (oip_stock + others_of_concern_stock > 0 or others_before > 0)
),

with_moved as (
    select
        *,
        {%- for category in categories %}
        greatest({{ category }}_before - {{ category }}, 0) as {{ category }}_lost,
        greatest({{ category }} - {{ category }}_before, 0) as {{ category }}_gained,
        {%- endfor %}
        {{ categories | join('_lost + ') }}_lost as lost,
        {{ categories | join('_gained + ') }}_gained as gained,
        least(lost, gained) as moved_in_all
    from compared
),

final as (
    {%- for loser in categories %}
    {%- set outer = loop %}
    {%- for winner in categories if winner != loser %}
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        '{{ loser }}' as measure_left,
        '{{ winner }}' as measure_entered,
        reference_year,
        valid_from,
        cast(
            round(moved_in_all * ({{ loser }}_lost / lost) * ({{ winner }}_gained / gained)) as bigint
        ) as moved
    from with_moved
    where {{ loser }}_lost > 0 and {{ winner }}_gained > 0
    {{ 'union all' if not (outer.last and loop.last) }}
    {%- endfor %}
    {%- endfor %}
)

select * from final
