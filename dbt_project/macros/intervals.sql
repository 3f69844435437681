{#- Rows that stand from a day to a day: `valid_from` is the first day, `valid_to` the first day on which
    the row no longer stood; NULL where it still does. -#}

{#- Whether an interval holds a day. -#}
{% macro stood_on(day, relation) -%}
    {{ relation }}.valid_from <= {{ day }}
    and ({{ relation }}.valid_to > {{ day }} or {{ relation }}.valid_to is null)
{%- endmacro %}

{#- Whether a row of a snapshot is in a cell that this snapshot answers for. -#}
{% macro in_cell(figures, cells) -%}
    {{ figures }}.snapshot_id = {{ cells }}.snapshot_id
    and {{ figures }}.slice = {{ cells }}.slice
    and {{ figures }}.reference_year >= {{ cells }}.from_year
    and {{ figures }}.reference_year <= {{ cells }}.to_year
    {%- for side in ['origin', 'asylum'] %}
    {%- set country = "coalesce(%s.%s_iso3, %s.%s_unhcr_code, '-')" | format(figures, side, figures, side) %}
    and (
        {{ cells }}.{{ side }}_cell = {{ country }}
        or (
            {{ cells }}.{{ side }}_cell = '*'
            and not list_contains({{ cells }}.{{ side }}s_apart, {{ country }})
        )
    )
    {%- endfor %}
{%- endmacro %}

{#- The rows of `relation`, each with what the same key said just before and just after, in columns called
    `…_before` and `…_after`. `said` is a checksum of all columns but `key`, `lineage`, `zeroed` and the
    two bounds. -#}
{% macro with_neighbours(relation, key, lineage, zeroed) -%}
    select
        *,
        {%- for column in zeroed %}
        lag({{ column }}) over same_key as {{ column }}_before,
        lead({{ column }}) over same_key as {{ column }}_after,
        min(valid_from) filter (where {{ column }} = 0) over rest_of_key as {{ column }}_zero_from,
        {%- endfor %}
        lag(said) over same_key as said_before,
        lead(said) over same_key as said_after,
        lag(valid_to) over same_key as valid_to_before,
        lead(valid_from) over same_key as valid_from_after
    from (
        select
            *,
            hash(*columns(* exclude (
                {{ (key + lineage + zeroed + ['valid_from', 'valid_to']) | join(', ') }}
            ))) as said
        from {{ relation }}
    )
    window
        same_key as (partition by {{ key | join(', ') }} order by valid_from),
        rest_of_key as (same_key rows between current row and unbounded following)
{%- endmacro %}

{#- The rows of `relation`, where those that follow each other in time and are equal become one. Equal
    means: in all columns but `key`, the two bounds, and `lineage`; they are compared by a checksum of 64
    bits, by which two that differ are taken for equal once in 10^19 times. A merged row has the lineage
    of its beginning, and that of its end in columns called `last_…`.

    zeroed: columns of which a change from NULL to 0 is none. The merged row has the 0, and
    `…_known_from` is the day from which it was not NULL; NULL where it is one or the other throughout. -#}
{% macro merged_neighbours(relation, key, lineage, zeroed=[]) -%}
    with neighbours as (
        {{ with_neighbours(relation, key, lineage, zeroed) }}
    ),

    -- Of rows that are merged, the first and the last.
    ends as (
        select
            *,
            (
                valid_to_before is distinct from valid_from
                or said_before is distinct from said
                {%- for column in zeroed %}
                or {{ is_other_than(column, column ~ '_before') }}
                {%- endfor %}
            ) as is_first,
            (
                valid_from_after is distinct from valid_to
                or said_after is distinct from said
                {%- for column in zeroed %}
                or {{ is_other_than(column ~ '_after', column) }}
                {%- endfor %}
            ) as is_last
        from neighbours
        where is_first or is_last
    ),

    with_last as (
        select
            *,
            {%- for column in ['valid_to'] + lineage %}
            if(is_last, {{ column }}, lead({{ column }}) over same_key) as last_{{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        from ends
        window same_key as (partition by {{ key | join(', ') }} order by valid_from)
    )

    select
        * exclude (
            {%- for column in zeroed %}
            {{ column }}, {{ column }}_before, {{ column }}_after, {{ column }}_zero_from,
            {%- endfor %}
            said, said_before, said_after, valid_to_before, valid_from_after, is_first, is_last,
            valid_to, last_valid_to
        ),
        {%- for column in zeroed %}
        case
            when {{ column }} is null and {{ column }}_zero_from < coalesce(last_valid_to, 'infinity')
                then {{ column }}_zero_from
        end as {{ column }}_known_from,
        if({{ column }}_known_from is null, {{ column }}, 0) as {{ column }},
        {%- endfor %}
        last_valid_to as valid_to
    from with_last
    where is_first
{%- endmacro %}

{#- Whether a figure is another than the one before it; a 0 is none after NULL. -#}
{% macro is_other_than(figure, before) -%}
    ({{ before }} is distinct from {{ figure }} and ({{ before }} is not null or {{ figure }} <> 0))
{%- endmacro %}

{#- The day that a figure stands for: the release's own for its newest year, else the end of the year. -#}
{% macro reference_date(figures, cells) -%}
    case
        when {{ figures }}.reference_year = year({{ cells }}.release_reference_date)
            then {{ cells }}.release_reference_date
        else make_date({{ figures }}.reference_year, 12, 31)
    end
{%- endmacro %}

{#- Whether a figure is of the middle of the year that its release is about. -#}
{% macro is_provisional(figures, cells) -%}
    {{ cells }}.is_provisional_release
    and {{ figures }}.reference_year = year({{ cells }}.release_reference_date)
{%- endmacro %}

{#- What says where a figure is from. -#}
{% macro lineage_columns() -%}
    {{ return(['release_id', 'snapshot_id', 'retrieved_at']) }}
{%- endmacro %}

{#- Where the figures of a row of two datasets are from: of each its own release, and of the row that of
    the first, where it has one. -#}
{% macro side_by_side(population, applications, flows) -%}
    coalesce({{ population }}.is_provisional, false) as is_population_provisional,
    coalesce({{ applications }}.is_provisional, false) as is_applications_provisional,
    coalesce({{ flows }}.is_provisional, false) as is_flows_provisional,
    {{ population }}.release_id as population_release_id,
    {{ applications }}.release_id as applications_release_id,
    {{ flows }}.release_id as flows_release_id,
    {%- for column in lineage_columns() %}
    coalesce({{ population }}.{{ column }}, {{ applications }}.{{ column }}, {{ flows }}.{{ column }})
        as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- Which rows of `mart_revisions` are of the stock of asylum-seekers. -#}
{% macro is_revision_of_asylum_seekers(revisions) -%}
    {{ revisions }}.dataset = 'population' and {{ revisions }}.measure = 'asylum_seekers_stock'
{%- endmacro %}
