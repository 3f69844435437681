{#- A history ready to be read: with names, and with the part of the world that each row belongs to. -#}
{% macro placed(model, endpoint) -%}
    with history as (
        select * from {{ ref(model) }}
    ),

    cells as (
        select distinct
            coverage_id,
            slice,
            origin_cell,
            asylum_cell,
            from_year,
            to_year
        from {{ ref('int_coverage_in_force') }}
        where endpoint = '{{ endpoint }}'
    ),

    countries as (
        select * from {{ ref('int_countries_combined') }}
    ),

    history_in_cells as (
        {{ with_cells('history') }}
    ),

    final as (
        select
            history_in_cells.* exclude (origin_cell, asylum_cell, valid_from, valid_to),
            origins.country_name as origin_name,
            asylums.country_name as asylum_name,
            cells.coverage_id,
            history_in_cells.valid_from,
            history_in_cells.valid_to
        from history_in_cells
        inner join cells on {{ in_cell('history_in_cells', 'cells') }}
        left join countries as origins
            on history_in_cells.origin_unhcr_code = origins.unhcr_code
        left join countries as asylums
            on history_in_cells.asylum_unhcr_code = asylums.unhcr_code
    )

    select * from final
    order by slice, origin_unhcr_code, reference_year, asylum_unhcr_code, valid_from
{%- endmacro %}

{#- The rows of a dataset that are in force: at the newest release, or as of a day where `as_of` is an
    expression for one. Adds the lineage of the row, the day its figures stand for, and how far its
    query reached. -#}
{% macro in_force(model, endpoint, as_of=none) -%}
    with standing as (
        select * from {{ ref(model) }}
        where {{ stands(as_of) }}
    ),

    coverage as (
        select * from {{ ref('int_coverage_in_force') }}
        where endpoint = '{{ endpoint }}' and {{ stands(as_of) }}
    ),

    final as (
        select
            coverage.snapshot_id,
            standing.* exclude (history_key, first_snapshot_id, coverage_id, valid_from, valid_to),
            coverage.release_id,
            coverage.retrieved_at,
            coverage.covers_all_origins,
            coverage.covers_all_asylums,
            coverage.valid_from as in_force_from,
            case
                when standing.reference_year = year(coverage.release_reference_date)
                    then coverage.release_reference_date
                else make_date(standing.reference_year, 12, 31)
            end as reference_date,
            coverage.is_provisional_release
            and standing.reference_year = year(coverage.release_reference_date) as is_provisional
        from standing
        inner join coverage using (coverage_id)
    )

    select * from final
{%- endmacro %}

{#- Whether an interval holds now, or held on a day. -#}
{% macro stands(as_of=none) -%}
    {% if as_of is none -%}
    valid_to is null
    {%- else -%}
    valid_from <= {{ as_of }} and (valid_to > {{ as_of }} or valid_to is null)
    {%- endif %}
{%- endmacro %}
