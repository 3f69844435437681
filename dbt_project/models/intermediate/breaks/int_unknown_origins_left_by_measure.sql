-- How many people without an origin of a country of asylum no estimate distributes, for each person of known
-- origin, with the measures side by side.
with hosts as (
    select * from {{ ref('int_unknown_origins_left_of_hosts') }}
),

final as (
    select
        asylum_unhcr_code,
        reference_year,
        valid_from,
        {%- for measure in completed_measures() %}
        max(left_per_known) filter (where measure = '{{ measure }}')
            as {{ measure }}_left_per_known{{ ',' if not loop.last }}
        {%- endfor %}
    from hosts
    group by asylum_unhcr_code, reference_year, valid_from
)

select * from final
