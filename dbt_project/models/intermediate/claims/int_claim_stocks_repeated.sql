-- How much of a stock repeats an earlier reference date: pairs found so in a release that was out by
-- publication, and still standing at publication.
with inputs as (
    select * from {{ ref('int_claim_inputs_found') }}
    where peer is null
),

carried_forward as (
    select * from {{ ref('mart_carried_forward').identifier }}
),

history as (
    {%- for fact in stocks_compared() %}
    select * from {{ ref(fact).identifier }}
    {{ 'union all by name' if not loop.last }}
    {%- endfor %}
),

pairs as (
    select distinct
        inputs.day_at_publication,
        inputs.origin,
        inputs.asylum,
        inputs.measure,
        inputs.reference_year,
        carried_forward.origin_unhcr_code,
        carried_forward.asylum_unhcr_code,
        carried_forward.asylum_name,
        carried_forward.carried_forward_stock
    from inputs
    inner join carried_forward
        on
            inputs.measure = carried_forward.measure
            and inputs.reference_year = carried_forward.reference_year
            and inputs.day_at_publication >= carried_forward.published_on
            and inputs.origin in (carried_forward.origin_unhcr_code, '-')
            and inputs.asylum in (carried_forward.asylum_unhcr_code, '-')
),

final as (
    select
        pairs.day_at_publication,
        pairs.origin,
        pairs.asylum,
        pairs.measure,
        pairs.reference_year,
        {{ total('pairs.carried_forward_stock') }} as carried_forward_stock,
        max_by(pairs.asylum_name, (pairs.carried_forward_stock, pairs.asylum_name))
            as carried_forward_mostly_in
    from pairs
    inner join history
        on
            pairs.origin_unhcr_code = history.origin_unhcr_code
            and pairs.asylum_unhcr_code = history.asylum_unhcr_code
            and pairs.reference_year = history.reference_year
            and {{ stood_on('pairs.day_at_publication', 'history') }}
    where
        pairs.carried_forward_stock = case pairs.measure
            {%- for measure in measures_compared() %}
            when '{{ measure }}' then history.{{ measure }}
            {%- endfor %}
        end
    group by all
)

select * from final
