{%- set measures = abroad_stocks() + ['new_asylum_claims'] -%}
{%- set key = ['group_id', 'total_by', 'reference_year'] -%}
{%- set lineage = lineage_columns() + ['population_release_id', 'flows_release_id'] -%}
-- Groups of countries added up over those that are members at the end of the year, as countries of origin and
-- as countries of asylum, as they stood from when to when.
with years as (
    select * from {{ ref('int_years_of_countries_history') }}
    where total_by <> 'world' and counting_unit = 'persons'
),

members as (
    select * from {{ ref('dim_country_group') }}
),

-- Each year of a country at each vintage, with the release that it was from then.
vintages as (
    select
        total_by,
        country_unhcr_code,
        counting_unit,
        reference_year,
        {{ columns(lineage) }}
        valid_from,
        valid_to
    from {{ ref('int_years_of_countries_combined') }}
),

years_of_groups as (
    select
        members.group_id,
        years.total_by,
        years.reference_year,
        vintages.valid_from,
        vintages.valid_to,
        min(years.reference_date) as reference_date,
        {%- for measure in measures %}
        {{ total('years.' ~ measure) }} as {{ measure }},
        list(members.member_iso3 order by members.member_iso3) filter (where years.{{ measure }} is not null)
            as {{ measure }}_members,
        {%- endfor %}
        {%- for measure in completed_measures() %}
        case
            when bool_or(not years.is_{{ measure }}_complete) then false
            when bool_and(years.is_{{ measure }}_complete is not null)
                filter (where years.{{ measure }} is not null) then true
        end as is_{{ measure }}_complete,
        {%- endfor %}
        bool_or(years.is_population_provisional) as is_population_provisional,
        bool_or(years.is_flows_provisional) as is_flows_provisional,
        {%- for column in lineage %}
        max(vintages.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from years
    inner join vintages
        on
            years.total_by = vintages.total_by
            and years.country_unhcr_code = vintages.country_unhcr_code
            and years.counting_unit = vintages.counting_unit
            and years.reference_year = vintages.reference_year
            and {{ stood_on('vintages.valid_from', 'years') }}
    inner join members
        on
            years.country_unhcr_code = members.member_unhcr_code
            and {{ is_member_in('members', 'years.reference_year') }}
    group by
        members.group_id, years.total_by, years.reference_year, vintages.valid_from, vintages.valid_to
),

-- Who is missing in a figure: members of that year of which it is not known.
with_missing as (
    select
        years_of_groups.*,
        any_value(members.group_name) as group_name,
        count(*) as member_count,
        {%- for measure in measures %}
        string_agg(members.member_iso3, ', ' order by members.member_iso3) filter (
            where not list_contains(years_of_groups.{{ measure }}_members, members.member_iso3)
        ) as {{ measure }}_missing_members{{ ',' if not loop.last }}
        {%- endfor %}
    from years_of_groups
    inner join members
        on
            years_of_groups.group_id = members.group_id
            and {{ is_member_in('members', 'years_of_groups.reference_year') }}
    group by all
),

merged as (
    {{ merged_neighbours('with_missing', key, lineage) }}
),

final as (
    select
        group_id,
        total_by,
        group_name,
        reference_year,
        reference_date,
        member_count,
        {%- for measure in measures %}
        {{ measure }},
        {{ measure }}_missing_members,
        {%- endfor %}
        {{ displaced_abroad() }} as displaced_abroad_stock,
        {{ displaced_abroad_lacks() }} as displaced_abroad_lacks,
        {%- for measure in completed_measures() %}
        case
            when {{ measure }} is null then null
            when {{ measure }}_missing_members is null or not is_{{ measure }}_complete
                then is_{{ measure }}_complete
        end as is_{{ measure }}_complete,
        {%- endfor %}
        is_population_provisional or is_flows_provisional as is_provisional,
        is_population_provisional,
        is_flows_provisional,
        valid_from,
        valid_to,
        {%- for prefix in ['', 'population_', 'flows_'] %}
        {{ prefix }}release_id,
        last_{{ prefix }}release_id,
        {%- endfor %}
        last_snapshot_id as snapshot_id,
        last_retrieved_at as retrieved_at
    from merged
)

select * from final
order by group_id asc, total_by asc, reference_year asc, valid_from asc
