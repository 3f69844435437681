-- The rows of demographics that a claim's figures are in, as they stood on each of two days. They have no
-- totals: they are added up after this.
with inputs as (
    select
        *,
        {{ on_two_days() }}
    from {{ ref('int_claim_inputs_wanted') }}
),

final as (
    select
        inputs.document_id,
        inputs.claim_id,
        inputs.input_role,
        inputs.measure,
        inputs.counting_unit,
        inputs.variant,
        inputs.day,
        'wanted' as rows_are,
        if(inputs.origin = '-', '-', history.origin_unhcr_code) as origin,
        if(inputs.asylum = '-', '-', history.asylum_unhcr_code) as asylum,
        inputs.reference_year,
        history.reference_date,
        history.is_provisional,
        history.coverage_id,
        {{ figure_asked(demographic_measures(), 'inputs.', 'history.') }} as figure
    from inputs
    inner join {{ ref('fct_demographics_yearly_history').identifier }} as history
        on
            inputs.reference_year = history.reference_year
            and coalesce(inputs.population_type, 'REF') = history.pop_type
            and inputs.origin in (history.origin_unhcr_code, '-', '?')
            and inputs.asylum in (history.asylum_unhcr_code, '-', '?')
            and {{ stood_on('inputs.day', 'history') }}
            and (inputs.reference_date = history.reference_date or inputs.reference_date is null)
    where inputs.endpoint = 'demographics'
)

select * from final
