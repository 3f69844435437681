{%- set datasets = {
    'population': (
        'int_population_totals_in_force', 'int_population_in_force',
        ['asylum_seekers_stock', 'refugees_stock', 'oip_stock'],
    ),
    'displacement-flows': (
        'int_displacement_flows_totals_in_force', 'int_displacement_flows_in_force',
        ['new_asylum_claims'],
    ),
    'unrwa': ('int_unrwa_totals_in_force', 'int_unrwa_in_force', ['palestine_refugees_stock']),
    'idmc': ('int_idmc_totals_in_force', 'int_idmc_in_force', ['internally_displaced_stock']),
} -%}
-- What each country of asylum reported of a year over all origins, and of how many people it gave no
-- origin, at each vintage. Where the pairs of unknown origin were not asked for, their number is NULL.
with special_origins as (
    select * from {{ ref('special_origins') }}
    where special_kind = 'unknown'
),

countries as (
    select * from {{ ref('int_countries_combined') }}
),

totals as (
    {%- for endpoint, (totals, _, measures) in datasets.items() %}
    select
        '{{ endpoint }}' as endpoint,
        country_unhcr_code as asylum_unhcr_code,
        reference_year,
        valid_from,
        valid_to,
        is_provisional,
        are_pairs_complete,
        release_id,
        snapshot_id,
        retrieved_at,
        unnest([
            {%- for measure in measures %}
            { 'measure': '{{ measure }}', 'figure': {{ measure }} }{{ ',' if not loop.last }}
            {%- endfor %}
        ], recursive := true)
    from {{ ref(totals) }}
    where total_by = 'asylum' and total_source <> 'not_available'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

unknown_pairs as (
    {%- for endpoint, (_, pairs, measures) in datasets.items() %}
    select
        pairs.asylum_unhcr_code,
        pairs.reference_year,
        pairs.valid_from,
        unnest([
            {%- for measure in measures %}
            { 'measure': '{{ measure }}', 'unknown_origin': pairs.{{ measure }} }
            {{- ',' if not loop.last }}
            {%- endfor %}
        ], recursive := true)
    from {{ ref(pairs) }} as pairs
    inner join special_origins on pairs.origin_unhcr_code = special_origins.unhcr_code
    where pairs.row_kind = 'pair'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Where the pairs of unknown origin were asked for, no row is none.
cells_of_unknown as (
    select distinct
        coverage.endpoint,
        coverage.asylum_cell,
        coverage.from_year,
        coverage.to_year,
        coverage.valid_from
    from {{ ref('int_coverage_at_vintages') }} as coverage
    inner join special_origins on coverage.origin_cell = special_origins.unhcr_code
    where coverage.slice = 'pairs'
),

final as (
    select
        totals.asylum_unhcr_code,
        totals.measure,
        totals.reference_year,
        totals.figure,
        case
            when
                totals.are_pairs_complete
                or cells_of_country.valid_from is not null
                or cells_of_all.valid_from is not null
                then coalesce(unknown_pairs.unknown_origin, 0)
            else unknown_pairs.unknown_origin
        end as unknown_origin,
        totals.is_provisional,
        totals.release_id,
        totals.snapshot_id,
        totals.retrieved_at,
        totals.valid_from,
        totals.valid_to
    from totals
    left join countries on totals.asylum_unhcr_code = countries.unhcr_code
    left join unknown_pairs
        on
            totals.asylum_unhcr_code = unknown_pairs.asylum_unhcr_code
            and totals.measure = unknown_pairs.measure
            and totals.reference_year = unknown_pairs.reference_year
            and totals.valid_from = unknown_pairs.valid_from
    {%- for cells, asylum in [
        ('cells_of_country', 'coalesce(countries.iso3, countries.unhcr_code)'), ('cells_of_all', "'*'"),
    ] %}
    left join cells_of_unknown as {{ cells }}
        on
            totals.endpoint = {{ cells }}.endpoint
            and {{ cells }}.asylum_cell = {{ asylum }}
            and totals.reference_year between {{ cells }}.from_year and {{ cells }}.to_year
            and totals.valid_from = {{ cells }}.valid_from
    {%- endfor %}
    left join special_origins on totals.asylum_unhcr_code = special_origins.unhcr_code
    where totals.figure is not null and special_origins.unhcr_code is null
)

select * from final
