-- Of claims on refugees that the database does not bear out, and of those from Palestine: how many Palestine
-- refugees are counted apart, since they are under UNRWA's mandate.
with worded as (
    select * from {{ ref('int_claims_worded') }}
    where
        claim.kind = 'level'
        and list_contains(string_split(claim.measure, '+'), 'refugees_stock')
        and not list_contains(string_split(claim.measure, '+'), 'palestine_refugees_stock')
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

totals as (
    select * from {{ ref('fct_palestine_refugees_totals_yearly_history').identifier }}
),

-- All of UNRWA's are of one origin.
palestine as (
    select distinct coalesce(countries.iso3, countries.unhcr_code) as origin
    from totals
    inner join countries on totals.country_unhcr_code = countries.unhcr_code
    where totals.total_by = 'origin'
),

final as (
    select
        worded.document_id,
        worded.claim_id,
        16 as sentence_number,
        'Palestine refugees under UNRWA''s mandate are counted apart: '
        || {{ figure_text('totals.palestine_refugees_stock') }} || ' in ' || totals.reference_year || '.'
            as sentence
    from worded
    left join palestine on worded.claim.origin = palestine.origin
    left join countries as asylums on worded.claim.asylum = coalesce(asylums.iso3, asylums.unhcr_code)
    inner join totals
        on
            worded.claim.to_year = totals.reference_year
            and totals.total_by = if(worded.claim.asylum = '*', 'world', 'asylum')
            and coalesce(asylums.unhcr_code, '') = coalesce(totals.country_unhcr_code, '')
            and {{ stood_on('worded.claim.day_newest', 'totals') }}
    where
        totals.palestine_refugees_stock > 0
        and (worded.claim.asylum = '*' or asylums.unhcr_code is not null)
        and (
            palestine.origin is not null
            or (worded.claim.origin = '*' and worded.verdict = 'not_reproduced')
        )
)

select * from final
