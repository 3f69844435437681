{%- set host_year = ['asylum_unhcr_code', 'reference_year', 'valid_from'] -%}
-- Countries of asylum whose first applications of a year are in another unit than those of the last year
-- before that had any, wholly or in part, at each vintage: where the share of a unit moved from nearly
-- nothing, or to it. A row for each unit of either year. Units are compared here and never added up for use.
-- A year of type V is none of new applications.
with kinds as (
    select * from {{ ref('break_kinds') }}
    where kind = 'unit_changed'
),

hosts as (
    select
        asylum_unhcr_code,
        reference_year,
        valid_from
    from {{ ref('int_first_applications_of_hosts') }}
),

units as (
    select
        {{ columns(host_year) }}
        counting_unit,
        {{ total('figure') }} as applications
    from {{ ref('int_pairs_followed') }}
    inner join hosts using ({{ host_year | join(', ') }})
    where measure = 'applications_new'
    group by {{ host_year | join(', ') }}, counting_unit
),

by_unit as (
    select
        *,
        {{ fraction('applications', 'sum(applications) over host_year') }} as share
    from units
    window host_year as (partition by {{ host_year | join(', ') }})
),

years as (
    select
        *,
        lag(reference_year) over (
            partition by asylum_unhcr_code, valid_from order by reference_year
        ) as year_before
    from (select distinct {{ host_year | join(', ') }} from units) as host_years
),

both_years as (
    select
        years.asylum_unhcr_code,
        years.reference_year,
        years.valid_from,
        by_unit.counting_unit,
        {%- for column in ['applications', 'share'] %}
        {%- for side, year in [('', 'reference_year'), ('_before', 'year_before')] %}
        coalesce(sum(by_unit.{{ column }}) filter (where by_unit.reference_year = years.{{ year }}), 0)
            as {{ column }}{{ side }},
        {%- endfor %}
        {%- endfor %}
        max(years.year_before) as year_before
    from years
    inner join by_unit
        on
            years.asylum_unhcr_code = by_unit.asylum_unhcr_code
            and years.valid_from = by_unit.valid_from
            and by_unit.reference_year in (years.reference_year, years.year_before)
    where years.year_before is not null
    group by all
),

changed as (
    select
        both_years.*,
        round(abs(both_years.share - both_years.share_before), 9) as share_changed,
        share_changed >= kinds.share_from
        and least(both_years.share, both_years.share_before)
        <= kinds.differs_up_to_share * greatest(both_years.share, both_years.share_before) as is_changed
    from both_years
    cross join kinds
),

by_host as (
    select
        {{ columns(host_year) }}
        min(greatest(applications, applications_before)) filter (where is_changed) as threshold_persons,
        max(share_changed) as share,
        max(applications_before) as largest_before,
        {%- for side in ['_before', ''] %}
        string_agg(
            counting_unit, ' and '
            order by applications{{ side }} desc, counting_unit asc
        ) filter (where applications{{ side }} > 0)
        {{- " || ' to ' ||" if side else ' as detail' }}
        {%- endfor %}
    from changed
    group by {{ host_year | join(', ') }}
    having bool_or(is_changed)
),

final as (
    select
        'unit_changed' as kind,
        changed.asylum_unhcr_code,
        'applications_new' as measure,
        changed.counting_unit,
        changed.reference_year,
        changed.year_before,
        changed.valid_from,
        cast(greatest(changed.applications, changed.applications_before) as bigint) as persons,
        by_host.share,
        by_host.share as threshold_share,
        cast(
            least(
                by_host.threshold_persons, greatest(changed.applications, changed.applications_before)
            ) as bigint
        ) as threshold_persons,
        cast(coalesce(nullif(changed.applications_before, 0), by_host.largest_before) as bigint)
            as figure_before,
        cast(nullif(changed.applications, 0) as bigint) as figure,
        by_host.detail
    from changed
    inner join by_host using ({{ host_year | join(', ') }})
)

select * from final
