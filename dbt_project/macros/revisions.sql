{#- What a later release says differently. -#}

{#- Rows of `relation` under the level and countries they count for: a pair in itself, in its origin's
    total and in its country of asylum's; a control total in its own. A summed side is '-'. -#}
{% macro by_level(relation) -%}
    {%- for level, kinds in [
        ('pair', "('pair')"),
        ('origin', "('pair', 'origin_total')"),
        ('asylum', "('pair', 'asylum_total')"),
    ] %}
    select
        '{{ level }}' as level,
        {{ "'-'" if level == 'asylum' else 'origin_unhcr_code' }} as origin,
        {{ "'-'" if level == 'origin' else 'asylum_unhcr_code' }} as asylum,
        *
    from {{ relation }}
    where row_kind in {{ kinds }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- Whether something stood on the day of a release, and just before. -#}
{% macro stood_at(prefix, day, side) -%}
    {%- if side == 'after' -%}
    {{ prefix }}valid_from <= {{ day }}
    and ({{ prefix }}valid_to > {{ day }} or {{ prefix }}valid_to is null)
    {%- else -%}
    {{ prefix }}valid_from < {{ day }}
    and ({{ prefix }}valid_to >= {{ day }} or {{ prefix }}valid_to is null)
    {%- endif -%}
{%- endmacro %}

{#- Revisions of one dataset: pairs, and the totals of origins and countries of asylum (the control
    total where there is one no older than the pairs, else the sum of the pairs where all of them were
    asked for, as in `totals_by_country`). Only keys of which some row began or ended on a day after the first
    publication of their year are looked at, on that day.

    aggregates: list of (measure, SQL over the history's rows); counting_unit: SQL. -#}
{% macro revisions(endpoint, model, counting_unit, aggregates) -%}
    {%- set key = ['level', 'origin', 'asylum', 'reference_year', 'counting_unit', 'published_on'] -%}
    {%- set measures = aggregates | map('first') | list -%}
    with cells as (
        select * from {{ ref('int_years_in_force') }}
        where endpoint = '{{ endpoint }}'
    ),

    figures as (
        select
            * {{ 'exclude (counting_unit)' if counting_unit == 'counting_unit' }},
            {{ counting_unit }} as counting_unit
        from {{ ref(model) }}
        where row_kind in ('pair', 'origin_total', 'asylum_total')
    ),

    figures_in_cells as (
        {{ with_cells('figures') }}
    ),

    begun_or_ended as (
        select
            *,
            unnest([valid_from, valid_to]) as published_on
        from figures_in_cells
    ),

    changed as (
        select begun_or_ended.*
        from begun_or_ended
        semi join (select * from cells where valid_from > first_published_on) as later
            on
                begun_or_ended.slice = later.slice
                and begun_or_ended.origin_cell = later.origin_cell
                and begun_or_ended.asylum_cell = later.asylum_cell
                and begun_or_ended.reference_year = later.reference_year
                and begun_or_ended.published_on = later.valid_from
    ),

    changed_by_level as (
        {{ by_level('changed') }}
    ),

    candidates as (
        select distinct {{ key | join(', ') }}
        from changed_by_level
    ),

    figures_changed as (
        select figures.* from figures
        semi join candidates using (reference_year, counting_unit)
    ),

    figures_by_level as (
        {{ by_level('figures_changed') }}
    ),

    {%- for side in ['origin', 'asylum'] %}
    {{ side }}_cells as (
        select
            countries.{{ side }},
            slices.slice,
            coalesce(named.{{ side }}_cell, '*') as {{ side }}_cell
        from (
            select distinct
                {{ side }}_unhcr_code as {{ side }},
                coalesce({{ side }}_iso3, {{ side }}_unhcr_code) as asked_as
            from figures
            where {{ side }}_unhcr_code is not null
        ) as countries
        cross join (values ('pairs'), ('by_{{ side }}')) as slices(slice)
        left join (select distinct slice, {{ side }}_cell from cells) as named
            on slices.slice = named.slice and countries.asked_as = named.{{ side }}_cell
    ),
    {% endfor %}

    answers as (
        select
            {{ columns(key, 'candidates.') }}
            cells.* exclude (reference_year)
        from candidates
        inner join origin_cells
            on candidates.origin = origin_cells.origin and origin_cells.slice = 'pairs'
        inner join asylum_cells
            on candidates.asylum = asylum_cells.asylum and asylum_cells.slice = 'pairs'
        inner join cells
            on
                cells.slice = 'pairs'
                and origin_cells.origin_cell = cells.origin_cell
                and asylum_cells.asylum_cell = cells.asylum_cell
                and candidates.reference_year = cells.reference_year
        where candidates.level = 'pair'
        {%- for side in ['origin', 'asylum'] %}
        union all
        select
            {{ columns(key, 'candidates.') }}
            cells.* exclude (reference_year)
        from candidates
        inner join {{ side }}_cells on candidates.{{ side }} = {{ side }}_cells.{{ side }}
        inner join cells
            on
                {{ side }}_cells.slice = cells.slice
                and {{ side }}_cells.{{ side }}_cell = cells.{{ side }}_cell
                and candidates.reference_year = cells.reference_year
        where candidates.level = '{{ side }}'
        {%- endfor %}
    ),

    {%- for side in ['before', 'after'] %}
    answers_{{ side }} as (
        select
            {{ columns(key) }}
            -- A pair is complete in itself.
            bool_and(
                level = 'pair'
                or (level = 'origin' and covers_all_asylums)
                or (level = 'asylum' and covers_all_origins)
            ) filter (where slice = 'pairs') as are_pairs_complete,
            bool_or(slice <> 'pairs') as is_control_asked_for,
            coalesce(
                max(valid_from) filter (where slice = 'pairs')
                > max(valid_from) filter (where slice <> 'pairs'),
                false
            ) as are_pairs_newer,
            bool_or(is_provisional) as is_provisional,
            arg_max(reference_date, valid_from) as reference_date,
            arg_max(release_id, valid_from) as release_id,
            arg_max(snapshot_id, valid_from) as snapshot_id,
            arg_max(retrieved_at, valid_from) as retrieved_at
        from answers
        where {{ stood_at('', 'published_on', side) }}
        group by {{ key | join(', ') }}
    ),

    sums_{{ side }} as (
        select
            {{ columns(key, 'candidates.') }}
            figures_by_level.row_kind,
            {%- for measure, expression in aggregates %}
            {{ expression }} as {{ measure }}{{ ',' if not loop.last }}
            {%- endfor %}
        from candidates
        inner join figures_by_level
            using (level, origin, asylum, reference_year, counting_unit)
        where {{ stood_at('figures_by_level.', 'candidates.published_on', side) }}
        group by {{ columns(key, 'candidates.') }} figures_by_level.row_kind
    ),

    {%- set is_control -%}
    controls.level is not null
    and not coalesce(
        answers_{{ side }}.are_pairs_complete and answers_{{ side }}.are_pairs_newer, false
    )
    {%- endset %}
    {{ side }} as (
        select
            answers_{{ side }}.*,
            {{ is_control }}
            or (coalesce(answers_{{ side }}.are_pairs_complete, false) and pairs.level is not null)
                as is_there,
            {%- for measure in measures %}
            case
                when {{ is_control }} then controls.{{ measure }}
                when answers_{{ side }}.are_pairs_complete then pairs.{{ measure }}
            end as {{ measure }}{{ ',' if not loop.last }}
            {%- endfor %}
        from answers_{{ side }}
        {%- for source, comparison in [('pairs', '='), ('controls', '<>')] %}
        left join sums_{{ side }} as {{ source }}
            on
                {%- for column in key %}
                answers_{{ side }}.{{ column }} = {{ source }}.{{ column }} and
                {%- endfor %}
                {{ source }}.row_kind {{ comparison }} 'pair'
        {%- endfor %}
        where
            controls.level is not null
            or answers_{{ side }}.are_pairs_complete
            or answers_{{ side }}.is_control_asked_for
    ),
    {% endfor %}

    compared as (
        select
            {{ columns(key, 'after.') }}
            after.reference_date,
            unnest([
                {%- for measure in measures %}
                {
                    'measure': '{{ measure }}',
                    'value_before': before.{{ measure }},
                    'value_after': after.{{ measure }}
                }{{ ',' if not loop.last }}
                {%- endfor %}
            ], recursive := true),
            before.is_there as is_there_before,
            after.is_there as is_there_after,
            before.is_provisional as is_provisional_before,
            after.is_provisional,
            before.release_id as release_id_before,
            after.release_id,
            after.snapshot_id,
            after.retrieved_at
        from before
        inner join after using ({{ key | join(', ') }})
    ),

    -- The API leaves out what is zero throughout: a row that came or went says nothing of its zeros.
    final as (
        select
            '{{ endpoint }}' as dataset,
            level,
            nullif(origin, '-') as origin_unhcr_code,
            nullif(asylum, '-') as asylum_unhcr_code,
            reference_year,
            reference_date,
            counting_unit,
            measure,
            value_before,
            value_after,
            case
                when is_provisional_before and not is_provisional then 'provisional_to_final'
                when value_before is null then 'appeared'
                when value_after is null then 'disappeared'
                else 'correction'
            end as kind,
            is_provisional_before,
            is_provisional,
            release_id_before,
            published_on,
            release_id,
            snapshot_id,
            retrieved_at
        from compared
        where
            value_before is distinct from value_after
            and (is_there_before or value_after <> 0)
            and (is_there_after or value_before <> 0)
    )

    select * from final
{%- endmacro %}

{#- One aggregate a measure: its sum. -#}
{% macro sums_of(measures) -%}
    {%- set found = [] -%}
    {%- for measure in measures -%}
        {%- do found.append((measure, total(measure))) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Which rows of `mart_revisions` are of the stock of asylum-seekers, at a level; as of a day, those
    of releases that were out by then. -#}
{% macro revisions_of_asylum_seekers(level, as_of) -%}
    dataset = 'population'
    and level = '{{ level }}'
    and measure = 'asylum_seekers_stock'
    {%- if as_of is not none %}
    and published_on <= {{ as_of }}
    {%- endif %}
{%- endmacro %}
