-- A row a pair and year: the source has a row a code, and several codes can add to one measure.
with source as (
    select * from {{ source('raw', 'displacement_flows') }}
),

codes as (
    select * from {{ ref('flow_codes') }}
),

by_pair as (
    select
        source._snapshot_id,
        source._slice,
        min(source._row_number) as _row_number,
        source.year,
        source.coo,
        any_value(source.coo_iso) as coo_iso,
        any_value(source.coo_name) as coo_name,
        source.coa,
        any_value(source.coa_iso) as coa_iso,
        any_value(source.coa_name) as coa_name,
        {%- for measure in flow_measures() %}
        {{ total(unhcr_count('source.count'), "codes.measure = '" ~ measure ~ "'") }}
            as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from source
    left join codes on source.pt = codes.code
    group by source._snapshot_id, source._slice, source.year, source.coo, source.coa
),

final as (
    select
        {{ unhcr_lineage() }},
        {{ unhcr_identity() }},
        {{ flow_measures() | join(',\n        ') }}
    from by_pair
)

select * from final
