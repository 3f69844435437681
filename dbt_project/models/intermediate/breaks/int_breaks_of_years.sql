{%- set countries = {
    'pair': ('origin_unhcr_code', 'asylum_unhcr_code'),
    'origin': ('origin_unhcr_code', 'cast(null as varchar)'),
    'asylum': ('cast(null as varchar)', 'asylum_unhcr_code'),
    'world': ('cast(null as varchar)', 'cast(null as varchar)'),
} -%}
{%- set grain = [
    'level', 'origin_unhcr_code', 'asylum_unhcr_code', 'measure', 'counting_unit', 'reference_year', 'valid_from',
] -%}
-- What breaks of reporting do to a year of a pair, of a country of origin, of a country of asylum, and of the
-- world, in each measure. A break bears on a change where both figures are below `bears_below`: the
-- persons it is about / bears_from_share of its kind. It bears on a change up to `makes_up_to`, too: the
-- persons it is about can be all of it. What is carried forward hides a change and makes none.
with kinds as (
    select * from {{ ref('break_kinds') }}
),

-- Origin not known.
nowhere as (
    select unhcr_code as origin_unhcr_code from {{ ref('special_origins') }}
    where special_kind = 'unknown'
),

-- That people of unknown origin are more or fewer, where a country of asylum gives none or gives them again,
-- is the break itself.
breaks as (
    select * from {{ ref('int_reporting_breaks_of_origins') }}
    union all by name
    select
        found.kind,
        found.bears_on_change,
        found.counting_unit,
        nowhere.origin_unhcr_code,
        found.asylum_unhcr_code,
        found.measure,
        found.reference_year,
        found.valid_from,
        found.persons
    from {{ ref('int_reporting_breaks_found') }} as found
    cross join nowhere
    where found.kind in ('origin_withheld', 'origin_given_again')
),

distributed as (
    select * from {{ ref('int_unknown_origins_distributed') }}
),

-- People without an origin are missing of the origins alone: a country of asylum and the world have them, and
-- those of a part that is counted apart. People without a country of asylum are there of an origin and of the
-- world, and those in such a part.
on_year as (
    {%- for level, (origin, asylum) in countries.items() %}
    select
        '{{ level }}' as level,
        {{ origin }} as origin_unhcr_code,
        {{ asylum }} as asylum_unhcr_code,
        measure,
        counting_unit,
        reference_year,
        valid_from,
        kind,
        bears_on_change,
        {{ total('persons') }} as persons
    from breaks
    where
        true
        {%- if level in ['asylum', 'world'] %}
        and kind not in ('origin_withheld', 'origin_given_again', 'origin_divided')
        {%- endif %}
        {%- if level in ['origin', 'world'] %}
        and kind not in ('asylum_withheld', 'asylum_divided')
        {%- endif %}
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Who is counted apart in a later year than the first of the part was under the whole country until then, and
-- so is missing of the part. Nobody knows how many: as many at most as were under the whole.
under_whole as (
    {%- for level in ['pair', 'origin'] %}
    select
        '{{ level }}' as level,
        part_unhcr_code as origin_unhcr_code,
        {{ countries[level][1] }} as asylum_unhcr_code,
        measure,
        counting_unit,
        reference_year - 1 as reference_year,
        valid_from,
        kind,
        {{ total('least(persons, figure_before)') }} as persons
    from {{ ref('int_pairs_divided') }}
    where kind = 'origin_divided' and figure_before > 0 and reference_year - 1 > to_year
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- What makes a year too low bears on the change of the year after, too.
with_year_after as (
    select
        on_year.*,
        true as is_of_year,
        false as is_of_part
    from on_year
    union all by name
    select
        on_year.* replace (on_year.reference_year + 1 as reference_year),
        false as is_of_year,
        false as is_of_part
    from on_year
    inner join kinds using (kind)
    where kinds.bears_on_year_after
    union all by name
    select
        *,
        false as bears_on_change,
        true as is_of_year,
        true as is_of_part
    from under_whole
),

borne as (
    select
        {{ columns(grain) }}
        list(
            {
                'kind': kind || if(is_of_year, '', '_year_before'),
                'bears_below': persons / bears_from_share,
                'makes_up_to': if(kind = 'carried_forward', null, persons)
            }
            order by is_of_year desc, persons / bears_from_share desc, kind asc
        ) filter (where bears_on_change) as breaks,
        sum(persons)
            filter (where is_of_part or is_of_year and makes_incomplete and kind <> 'origin_withheld')
            as persons_missing
    from with_year_after
    inner join kinds using (kind)
    group by {{ grain | join(', ') }}
),

-- Decimals, since a sum of floating-point numbers depends on their order: a rerun changes nothing.
estimated as (
    select
        'origin' as level,
        origin_unhcr_code,
        cast(null as varchar) as asylum_unhcr_code,
        measure,
        'persons' as counting_unit,
        reference_year,
        valid_from,
        {{ total('unknown_origin', 'is_recent') }} as unknown_origin,
        {{ exact_sum('distributed', 'is_recent') }} as distributed,
        {%- for bound in ['low', 'high'] %}
        case
            when bool_and(distributed_{{ bound }} is not null) filter (where is_recent)
                then {{ exact_sum('distributed_' ~ bound, 'is_recent') }}
        end as distributed_{{ bound }},
        {%- endfor %}
        {{ exact_sum('distributed') }} as persons_withheld
    from distributed
    where measure <> 'refugees_stock'
    group by all
),

final as (
    select
        coalesce(borne.level, estimated.level) as level,
        coalesce(borne.origin_unhcr_code, estimated.origin_unhcr_code) as origin_unhcr_code,
        coalesce(borne.asylum_unhcr_code, estimated.asylum_unhcr_code) as asylum_unhcr_code,
        coalesce(borne.measure, estimated.measure) as measure,
        coalesce(borne.counting_unit, estimated.counting_unit) as counting_unit,
        coalesce(borne.reference_year, estimated.reference_year) as reference_year,
        coalesce(borne.valid_from, estimated.valid_from) as valid_from,
        estimated.unknown_origin,
        estimated.distributed,
        estimated.distributed_low,
        estimated.distributed_high,
        coalesce(estimated.persons_withheld, 0) + coalesce(borne.persons_missing, 0) as persons_incomplete,
        borne.breaks
    from borne
    full outer join estimated
        on
            borne.level = estimated.level
            and coalesce(borne.origin_unhcr_code, '') = coalesce(estimated.origin_unhcr_code, '')
            and coalesce(borne.asylum_unhcr_code, '') = coalesce(estimated.asylum_unhcr_code, '')
            and borne.measure = estimated.measure
            and borne.counting_unit = estimated.counting_unit
            and borne.reference_year = estimated.reference_year
            and borne.valid_from = estimated.valid_from
)

select * from final
