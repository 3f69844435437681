-- Applications beside the new ones of a claim that are of type V, which has no published definition: until
-- 2005 nearly all are, and new applications are those of few countries.
with inputs as (
    select * from {{ ref('int_claim_inputs_found') }}
    where measure = 'applications_new' and input_role in ('figure', 'base', 'whole') and not is_among_peers
),

claims as (
    select * from {{ ref('int_claims_combined') }}
),

totals as (
    select
        *,
        if(total_by = 'origin', country_unhcr_code, '-') as origin,
        if(total_by = 'asylum', country_unhcr_code, '-') as asylum
    from {{ ref('fct_asylum_applications_totals_yearly_history').identifier }}
    where applications_type_v > 0
),

by_year as (
    select
        inputs.document_id,
        inputs.claim_id,
        inputs.input_role,
        inputs.counting_unit,
        inputs.reference_year,
        {{ total('inputs.newest.figure') }} as figure,
        {{ total('totals.applications_type_v') }} as left_out
    from inputs
    inner join claims on inputs.document_id = claims.document_id and inputs.claim_id = claims.claim_id
    left join totals
        on
            inputs.origin = totals.origin
            and inputs.asylum = totals.asylum
            and inputs.counting_unit = totals.counting_unit
            and inputs.reference_year = totals.reference_year
            and {{ stood_on('inputs.day_newest', 'totals') }}
    where inputs.input_role <> 'whole' or claims.kind in ('share', 'share_of', 'rank', 'place')
    group by all
),

worded as (
    select
        *,
        reference_year || ': ' || {{ figure_text('left_out') }} || ' applications'
        || if(counting_unit = 'cases', ' in cases', '') || if(input_role = 'whole', ' of the whole', '')
        || ' were of type V, which UNHCR does not define, and are not among the new ones' as left_out_clause
    from by_year
    where figure is not null and {{ is_missing_people('figure', 'left_out') }}
),

final as (
    select
        document_id,
        claim_id,
        {{ total('left_out', "input_role = 'figure'") }} as left_out,
        {{ total('left_out', "input_role <> 'figure'") }} as left_out_of_whole,
        string_agg(distinct left_out_clause, '; ' order by left_out_clause) as left_out_text
    from worded
    group by document_id, claim_id
)

select * from final
