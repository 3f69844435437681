with source as (
    select * from {{ source('raw', 'footnotes') }}
),

-- A blank country means any country; a blank note says nothing and is left out.
final as (
    select
        {{ unhcr_lineage() }},
        {{ unhcr_text('coo') }} as origin_name,
        {{ unhcr_text('coo_iso') }} as origin_iso3,
        {{ unhcr_text('coa') }} as asylum_name,
        {{ unhcr_text('coa_iso') }} as asylum_iso3,
        {{ unhcr_text('year') }} as reference_years,
        string_split(replace(population_type, ' ', ''), ',') as population_types,
        regexp_replace({{ unhcr_text('footnote') }}, '\s+', ' ', 'g') as footnote
    from source
    where {{ unhcr_text('footnote') }} is not null
)

select * from final
