-- The figures of each claim in their order, with what they differ by. What a document states of a sum of
-- measures or of countries is stated of all of them together.
with inputs as (
    select * from {{ ref('int_claim_inputs_valued') }}
),

parts as (
    select
        *,
        stated_value as stated_together,
        count(*) over (partition by document_id, claim_id, input_role, peer, reference_year) > 1
            as is_of_several
    from inputs
),

alone as (
    select * replace (if(is_of_several, null, stated_value) as stated_value) from parts
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
                        'figure', 'base', 'whole', 'peer', 'stock_figure', 'stock_base', 'cases_figure',
                        'cases_base', 'flow_figure', 'flow_base', 'flow_whole', 'flow_peer'
                    ],
                    input_role
                ) asc,
                reference_year asc,
                greatest(value_on_the_day, value_newest) desc,
                asylum_iso3 asc,
                origin_iso3 asc,
                origin asc,
                asylum asc,
                measure asc,
                counting_unit desc
        ) as integer) as input_number
    from alone
)

select * from final
