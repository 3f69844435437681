{%- set host = ['asylum_unhcr_code', 'measure', 'valid_from'] -%}
{%- set host_year = host + ['reference_year', 'year_before'] -%}
{%- set sides = ['', '_before'] -%}
-- Countries of asylum whose first applications or decisions of a year are in another unit than those of the
-- last year before that had any, wholly or in part, at each vintage: where the share of a unit moved from
-- nearly nothing, or to it. A row for each unit of either year. Units are compared here and never added up
-- for use. Decisions are compared at the levels that both years have, where there are any: a level that
-- begins or ends is not another unit.
with kinds as (
    select * from {{ ref('break_kinds') }}
    where kind = 'unit_changed'
),

counted as (
    select * from {{ ref('int_units_counted') }}
),

years as (
    select
        *,
        lag(reference_year) over (partition by {{ host | join(', ') }} order by reference_year) as year_before
    from (select distinct {{ columns(host) }} reference_year from counted) as host_years
),

both_years as (
    select
        {{ columns(host_year, 'years.') }}
        counted.dec_level,
        counted.counting_unit,
        {%- for side, year in [('', 'reference_year'), ('_before', 'year_before')] %}
        coalesce(sum(counted.figure) filter (where counted.reference_year = years.{{ year }}), 0)
            as figure{{ side }}{{ ',' if not loop.last }}
        {%- endfor %}
    from years
    inner join counted
        on
            {%- for column in host %}
            years.{{ column }} = counted.{{ column }}
            and
            {%- endfor %} counted.reference_year in (years.reference_year, years.year_before)
    where years.year_before is not null
    group by all
),

at_levels as (
    select
        *,
        sum(figure) over level_of_both > 0 and sum(figure_before) over level_of_both > 0 as is_in_both_years
    from both_years
    window level_of_both as (partition by {{ host_year | join(', ') }}, dec_level)
),

with_compared as (
    select
        *,
        is_in_both_years or not bool_or(is_in_both_years) over (partition by {{ host_year | join(', ') }})
            as is_compared
    from at_levels
),

by_unit as (
    select
        {{ columns(host_year) }}
        counting_unit,
        {%- for side in sides %}
        sum(figure{{ side }}) as figure{{ side }},
        coalesce(sum(figure{{ side }}) filter (where is_compared), 0) as compared{{ side }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from with_compared
    group by all
),

with_shares as (
    select
        *,
        {%- for side in sides %}
        {{ fraction('compared' ~ side, 'sum(compared' ~ side ~ ') over of_host') }} as share{{ side }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from by_unit
    window of_host as (partition by {{ host_year | join(', ') }})
),

changed as (
    select
        with_shares.*,
        round(abs(with_shares.share - with_shares.share_before), 9) as share_changed,
        share_changed >= kinds.share_from
        and least(with_shares.share, with_shares.share_before)
        <= kinds.differs_up_to_share * greatest(with_shares.share, with_shares.share_before) as is_changed
    from with_shares
    cross join kinds
),

by_host as (
    select
        {{ columns(host_year) }}
        min(greatest(compared, compared_before)) filter (where is_changed) as threshold_persons,
        max(share_changed) as share,
        max(figure_before) as largest_before,
        {%- for side in ['_before', ''] %}
        string_agg(
            counting_unit, ' and '
            order by figure{{ side }} desc, counting_unit asc
        ) filter (where figure{{ side }} > 0)
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
        changed.measure,
        changed.counting_unit,
        changed.reference_year,
        changed.year_before,
        changed.valid_from,
        cast(greatest(changed.figure, changed.figure_before) as bigint) as persons,
        by_host.share,
        by_host.share as threshold_share,
        cast(
            least(by_host.threshold_persons, greatest(changed.figure, changed.figure_before)) as bigint
        ) as threshold_persons,
        cast(coalesce(nullif(changed.figure_before, 0), by_host.largest_before) as bigint) as figure_before,
        cast(nullif(changed.figure, 0) as bigint) as figure,
        by_host.detail
    from changed
    inner join by_host using ({{ host_year | join(', ') }})
)

select * from final
