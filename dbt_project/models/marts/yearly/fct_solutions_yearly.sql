with pairs as (
    select * from {{ ref('int_solutions_in_force') }}
    where row_kind = 'pair'
),

final as (
    select
        origin_unhcr_code,
        origin_iso3,
        asylum_unhcr_code,
        asylum_iso3,
        origin_name,
        asylum_name,
        reference_year,
        reference_date,
        {{ columns(solution_measures()) }}
        is_provisional,
        release_id,
        snapshot_id,
        retrieved_at
    from pairs
)

select * from final
order by origin_unhcr_code, asylum_unhcr_code, reference_year
