with source as (
    select * from {{ source('world_bank', 'inhabitants') }}
),

-- A few groups of countries have no code of three letters: they keep the World Bank's shorter one.
final as (
    select
        _snapshot_id as snapshot_id,
        _row_number as row_number,
        coalesce(
            nullif(trim(countryiso3code), ''), trim(json_extract_string(country, '$.id'))
        ) as world_bank_code,
        nullif(trim(json_extract_string(country, '$.value')), '') as world_bank_name,
        cast(date as integer) as reference_year,
        cast(value as bigint) as inhabitants
    from source
)

select * from final
