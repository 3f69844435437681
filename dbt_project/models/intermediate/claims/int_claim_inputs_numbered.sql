-- The figures of each claim in their order, with what they differ by.
with inputs as (
    select * from {{ ref('int_claim_inputs_valued') }}
),

final as (
    select
        *,
        stated_value - value_on_the_day as stated_difference,
        value_newest - value_on_the_day as revision,
        cast(row_number() over (
            partition by document_id, claim_id
            order by
                list_position(
                    [
                        'figure', 'base', 'whole', 'peer', 'stock',
                        'flow_figure', 'flow_base', 'flow_whole', 'flow_peer'
                    ],
                    input_role
                ) asc,
                reference_year asc,
                greatest(value_on_the_day, value_newest) desc,
                asylum_iso3 asc
        ) as integer) as input_number
    from inputs
)

select * from final
