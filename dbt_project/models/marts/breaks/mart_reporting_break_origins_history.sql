{%- set key = [
    'origin_unhcr_code', 'asylum_unhcr_code', 'measure', 'counting_unit', 'reference_year', 'kind',
] -%}
-- The origins that each break of reporting bears on, as known from when to when.
with breaks as (
    select * from {{ ref('int_reporting_breaks_of_origins') }}
),

pairs as (
    select * from {{ ref('int_pairs_followed') }}
),

vintages as (
    select * from {{ ref('int_vintages_resolved') }}
),

-- Of a figure that is not there, the one of the year before says where it is from.
sources as (
    select * from {{ ref('int_figures_sourced') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

joined as (
    select
        breaks.* exclude (bears_on_change),
        pairs_before.figure as figure_before,
        pairs.figure,
        vintages.valid_to,
        {{ columns(lineage_columns()[:-1], 'sources.') }}
        sources.retrieved_at
    from breaks
    inner join vintages on breaks.valid_from = vintages.valid_from
    left join sources
        on
            breaks.asylum_unhcr_code = sources.asylum_unhcr_code
            and breaks.measure = sources.measure
            and breaks.reference_year - if(breaks.kind = 'not_reported', 1, 0) = sources.reference_year
            and breaks.valid_from = sources.valid_from
    left join pairs
        on
            breaks.origin_unhcr_code = pairs.origin_unhcr_code
            and breaks.asylum_unhcr_code = pairs.asylum_unhcr_code
            and breaks.measure = pairs.measure
            and breaks.counting_unit = pairs.counting_unit
            and breaks.reference_year = pairs.reference_year
            and breaks.valid_from = pairs.valid_from
    left join pairs as pairs_before
        on
            breaks.origin_unhcr_code = pairs_before.origin_unhcr_code
            and breaks.asylum_unhcr_code = pairs_before.asylum_unhcr_code
            and breaks.measure = pairs_before.measure
            and breaks.counting_unit = pairs_before.counting_unit
            and breaks.reference_year - 1 = pairs_before.reference_year
            and breaks.valid_from = pairs_before.valid_from
),

merged as (
    {{ merged_neighbours('joined', key, lineage_columns()) }}
),

final as (
    select
        merged.origin_unhcr_code,
        origins.iso3 as origin_iso3,
        merged.asylum_unhcr_code,
        asylums.iso3 as asylum_iso3,
        merged.measure,
        merged.counting_unit,
        merged.kind,
        origins.country_name as origin_name,
        asylums.country_name as asylum_name,
        merged.reference_year,
        merged.persons,
        merged.figure_before,
        merged.figure,
        min(merged.valid_from) over (
            partition by
                {%- for column in key %}
                merged.{{ column }}{{ ',' if not loop.last }}
                {%- endfor %}
        ) as known_from,
        merged.valid_from,
        merged.valid_to,
        merged.release_id,
        merged.last_release_id,
        merged.last_snapshot_id as snapshot_id,
        merged.last_retrieved_at as retrieved_at
    from merged
    left join countries as origins on merged.origin_unhcr_code = origins.unhcr_code
    left join countries as asylums on merged.asylum_unhcr_code = asylums.unhcr_code
)

select * from final
order by origin_unhcr_code, reference_year, asylum_unhcr_code, measure, kind, counting_unit, valid_from
