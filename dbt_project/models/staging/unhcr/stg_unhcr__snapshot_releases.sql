with source as (
    select * from {{ source('releases', 'snapshot_releases') }}
),

final as (
    select
        endpoint,
        snapshot_id,
        release_id,
        release_title,
        in_force_from,
        reference_date as release_reference_date,
        is_provisional_release,
        is_named,
        differs_in,
        is_quarantined,
        held_because,
        verdict_from,
        held_back,
        nullif(
            array_to_string(
                list_transform(findings, lambda found: struct_extract(found, 'finding')), '; '
            ),
            ''
        ) as findings,
        compared_with,
        cast(accepted_at at time zone 'UTC' as timestamp) as accepted_at,
        accepted_by,
        accepted_why
    from source
)

select * from final
