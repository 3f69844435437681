{%- set host = ['kind', 'asylum_unhcr_code', 'measure', 'counting_unit', 'reference_year', 'valid_from'] -%}
-- People who were counted under another country until it was divided, by country of asylum: candidates for
-- breaks of reporting, at each vintage.
with pairs as (
    select * from {{ ref('int_pairs_divided') }}
),

figures as (
    select * from {{ ref('int_pairs_followed') }}
),

countries as (
    select
        unhcr_code,
        {{ name_within('country_name') }} as country_name
    from {{ ref('int_countries_combined') }}
),

by_country as (
    select
        {{ columns(host, 'pairs.') }}
        countries.country_name || ' no longer includes '
        || string_agg(distinct parts.country_name, ', ' order by parts.country_name) as divided,
        {{ total('pairs.persons') }} as persons
    from pairs
    inner join countries on pairs.country_unhcr_code = countries.unhcr_code
    inner join countries as parts on pairs.part_unhcr_code = parts.unhcr_code
    group by {{ columns(host, 'pairs.') }} countries.country_name
),

-- Several parts left the same figure; who is across the new border was in none.
formers as (
    select
        {{ columns(host, 'pairs.') }}
        pairs.origin_unhcr_code,
        any_value(pairs.figure_before) as figure_before,
        any_value(figures.figure) filter (where pairs.figure_before is not null) as figure
    from pairs
    left join figures using (origin_unhcr_code, {{ host[1:] | join(', ') }})
    group by {{ columns(host, 'pairs.') }} pairs.origin_unhcr_code
),

sums as (
    select
        {{ columns(host) }}
        coalesce({{ total('figure_before') }}, 0) as figure_before,
        coalesce({{ total('figure') }}, 0) as figure
    from formers
    group by {{ host | join(', ') }}
),

final as (
    select
        {{ columns(host) }}
        {{ total('by_country.persons') }} as persons,
        {{ fraction('sum(by_country.persons)', '(sum(by_country.persons) + any_value(sums.figure))') }}
            as share,
        {{ total('by_country.persons') }} as threshold_persons,
        any_value(sums.figure_before) as figure_before,
        any_value(sums.figure) as figure,
        string_agg(by_country.divided, '; ' order by by_country.divided) as detail
    from by_country
    inner join sums using ({{ host | join(', ') }})
    group by {{ host | join(', ') }}
)

select * from final
