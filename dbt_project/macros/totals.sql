{#- Sums over the rows of one dataset, at each vintage: of pairs (`is_of_pairs`), and of control totals,
    which are what the API answers for the whole; by country of origin, by country of asylum, and of the
    world. A sum of pairs is complete where every country on the other side was asked for. The world's
    control total is the sum of those of the countries of origin.

    codes: code columns of the grain; aggregates: list of (column, SQL over source rows), all of them sums
    or counts. -#}
{% macro sums_by_country(relation, codes, aggregates) -%}
    {%- set grain = codes + ['reference_year', 'valid_from', 'valid_to'] -%}
    {%- set by_origin = 'grouping(asylum_unhcr_code) = 1' -%}
    with by_country as (
        select
            row_kind = 'pair' as is_of_pairs,
            if({{ by_origin }}, 'origin', 'asylum') as total_by,
            coalesce(origin_unhcr_code, asylum_unhcr_code) as country_unhcr_code,
            {{ columns(grain) }}
            {%- for name, expression in aggregates %}
            {{ expression }} as {{ name }},
            {%- endfor %}
            if({{ by_origin }}, count(distinct asylum_unhcr_code), count(distinct origin_unhcr_code))
                as pair_count,
            if({{ by_origin }}, bool_and(covers_all_asylums), bool_and(covers_all_origins)) as is_complete,
            if({{ by_origin }}, bool_and(covers_all_origins), bool_and(covers_all_asylums))
                as is_world_covered,
            {{ lineage_of_sums() }}
        from {{ relation }}
        where row_kind in ('pair', 'origin_total', 'asylum_total')
        group by grouping sets (
            (row_kind, origin_unhcr_code, {{ grain | join(', ') }}),
            (row_kind, asylum_unhcr_code, {{ grain | join(', ') }})
        )
        having country_unhcr_code is not null
    )

    select * from by_country
    union all by name
    select
        is_of_pairs,
        'world' as total_by,
        {{ columns(grain) }}
        {%- for name in (aggregates | map('first') | list) + ['pair_count'] %}
        {{ total(name) }} as {{ name }},
        {%- endfor %}
        true as is_complete,
        true as is_world_covered,
        {{ lineage_of_sums() }}
    from by_country
    where total_by = 'origin'
    group by is_of_pairs, {{ grain | join(', ') }}
    having bool_and(is_world_covered and (is_complete or not is_of_pairs))
{%- endmacro %}

{#- The sums of `sums_by_country` side by side: `pairs`, `control`, and `later`, the newest control total of the
    country and year under any code. -#}
{% macro sums_by_source(sums, grain) -%}
    with of_any_code as (
        select
            total_by,
            country_unhcr_code,
            reference_year,
            valid_from,
            arg_max({{ sums }}, in_force_from) as later
        from {{ sums }}
        where not is_of_pairs
        group by total_by, country_unhcr_code, reference_year, valid_from
    ),

    by_source as (
        select
            {{ columns(grain) }}
            any_value({{ sums }}) filter (where is_of_pairs) as pairs,
            any_value({{ sums }}) filter (where not is_of_pairs) as control
        from {{ sums }}
        group by {{ grain | join(', ') }}
    )

    select
        by_source.*,
        of_any_code.later
    from by_source
    left join of_any_code
        on
            by_source.total_by = of_any_code.total_by
            and coalesce(by_source.country_unhcr_code, '') = coalesce(of_any_code.country_unhcr_code, '')
            and by_source.reference_year = of_any_code.reference_year
            and by_source.valid_from = of_any_code.valid_from
{%- endmacro %}

{#- Of the sums of `sums_by_country` the one that counts: the control total where there is one no older
    than the pairs (the archive has no control totals), else the sum of the pairs where it is complete. A later
    control total of other codes is all that there is of the country and year: older pairs add nothing to it. -#}
{% macro control_or_pairs(sums, codes, measures) -%}
    {%- set grain = ['total_by', 'country_unhcr_code'] + codes + ['reference_year', 'valid_from', 'valid_to'] -%}
    with by_source as (
        {{ sums_by_source(sums, grain) }}
    ),

    with_source as (
        select
            *,
            control is null and coalesce(later.in_force_from > pairs.in_force_from, false) as is_none_left,
            case
                when is_none_left then 'control_total'
                when
                    control is not null
                    and not coalesce(pairs.is_complete and pairs.in_force_from > control.in_force_from, false)
                    then 'control_total'
                when pairs.is_complete then 'sum_of_pairs'
                else 'not_available'
            end as total_source,
            if(total_source = 'control_total', coalesce(control, later), pairs) as chosen
        from by_source
    )

    select
        {{ columns(grain) }}
        {%- for measure in measures %}
        case
            when is_none_left then 0
            when total_source <> 'not_available' then chosen.{{ measure }}
        end as {{ measure }},
        pairs.{{ measure }} as pairs_{{ measure }},
        {%- endfor %}
        total_source,
        coalesce(pairs.pair_count, 0) as pair_count,
        coalesce(pairs.is_complete, false) as are_pairs_complete,
        chosen.is_world_covered,
        chosen.reference_date,
        chosen.is_provisional,
        chosen.coverage_id,
        chosen.release_id,
        chosen.snapshot_id,
        chosen.retrieved_at
    from with_source
{%- endmacro %}

{#- Where sums are from: of totals, and of source rows, of which the day is known from which they hold. -#}
{% macro lineage_of_totals() -%}
    any_value(reference_date) as reference_date,
    bool_or(is_provisional) as is_provisional,
    any_value(release_id) as release_id,
    any_value(snapshot_id) as snapshot_id,
    any_value(retrieved_at) as retrieved_at
{%- endmacro %}

{% macro lineage_of_sums() -%}
    max(coverage_id) as coverage_id,
    max(in_force_from) as in_force_from,
    {{ lineage_of_totals() }}
{%- endmacro %}
