-- One row for each combination of codes, as UNHCR publishes it. The figure stands in the column of its
-- type, so that each column can be summed; persons and cases are apart by counting_unit.
with pairs as (
    select * from {{ ref('int_asylum_applications_in_force') }}
    where row_kind = 'pair'
),

final as (
    select
        origin_unhcr_code,
        origin_iso3,
        asylum_unhcr_code,
        asylum_iso3,
        procedure_type,
        app_type,
        dec_level,
        counting_unit,
        origin_name,
        asylum_name,
        reference_year,
        reference_date,
        {%- for code, name in application_types().items() %}
        case when app_type = '{{ code }}' then applications end as {{ name }},
        {%- endfor %}
        case
            when
                app_type not in (
                    {%- for code in application_types() %}
                    '{{ code }}'{{ ',' if not loop.last }}
                    {%- endfor %}
                )
                then applications
        end as applications_other_type,
        applications as applications_total,
        is_provisional,
        release_id,
        snapshot_id,
        retrieved_at
    from pairs
)

select * from final
order by
    origin_unhcr_code, asylum_unhcr_code, reference_year, counting_unit, procedure_type, app_type,
    dec_level
