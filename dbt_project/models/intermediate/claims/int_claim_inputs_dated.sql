-- The figures that a claim rests on, each on two days: that of publication, and the one that counts as now.
with final as (
    select
        *,
        unnest([
            { 'variant': 'at_publication', 'day': day_at_publication },
            { 'variant': 'newest', 'day': day_newest }
        ], recursive := true)
    from {{ ref('int_claim_inputs_wanted') }}
)

select * from final
