{#- The rows of a dataset that are in force: at the newest release, or as of a day where `as_of` is an
    expression for one. Adds names, the lineage of the row, the day its figures stand for, and how far
    its query reached. -#}
{% macro in_force(model, endpoint, as_of=none) -%}
    with cells as (
        select * from {{ ref('int_coverage_in_force') }}
        where endpoint = '{{ endpoint }}' and {{ stands('', as_of) }}
    ),

    countries as (
        select * from {{ ref('int_countries_combined' if as_of is none else 'dim_country') }}
    ),

    standing as (
        select * from {{ ref(model) }}
        where {{ stands('', as_of) }}
    ),

    standing_in_cells as (
        {{ with_cells('standing') }}
    ),

    final as (
        select
            cells.snapshot_id,
            standing_in_cells.*
                exclude (
                    history_key, first_snapshot_id, valid_from, valid_to, origin_cell, asylum_cell
                ),
            origins.country_name as origin_name,
            asylums.country_name as asylum_name,
            cells.release_id,
            cells.retrieved_at,
            cells.covers_all_origins,
            cells.covers_all_asylums,
            case
                when
                    standing_in_cells.reference_year = year(cells.release_reference_date)
                    then cells.release_reference_date
                else make_date(standing_in_cells.reference_year, 12, 31)
            end as reference_date,
            cells.is_provisional_release
            and standing_in_cells.reference_year = year(cells.release_reference_date)
                as is_provisional
        from standing_in_cells
        inner join cells on {{ in_cell('standing_in_cells', 'cells') }}
        left join countries as origins
            on standing_in_cells.origin_unhcr_code = origins.unhcr_code
        left join countries as asylums
            on standing_in_cells.asylum_unhcr_code = asylums.unhcr_code
    )

    select * from final
{%- endmacro %}

{#- Whether an interval holds now, or held on a day. -#}
{% macro stands(prefix, as_of=none) -%}
    {% if as_of is none -%}
    {{ prefix }}valid_to is null
    {%- else -%}
    {{ prefix }}valid_from <= {{ as_of }}
    and ({{ prefix }}valid_to > {{ as_of }} or {{ prefix }}valid_to is null)
    {%- endif %}
{%- endmacro %}
