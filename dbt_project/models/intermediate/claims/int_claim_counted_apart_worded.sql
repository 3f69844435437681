-- What is counted apart from the figures behind a claim, a row a sentence. Of claims on refugees that the
-- database does not bear out, and of those from Palestine: how many Palestine refugees, since they are under
-- UNRWA's mandate. Of claims on applications and decisions: how many are in the other counting unit.
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

beside as (
    select
        *,
        if(counting_unit = 'persons', 'cases', 'persons') as other_unit,
        if(is_in_other_unit_now, beside_now, beside) as counted,
        if(is_in_other_unit_now, rate_beside_now, rate_beside) as rate
    from {{ ref('int_claim_units_beside') }}
    where is_in_other_unit or is_in_other_unit_now
),

-- Of a rate the two numbers that it is made of, or the decisions that it is of.
by_claim as (
    select
        document_id,
        claim_id,
        any_value(other_unit) as other_unit,
        bool_or(is_of_rate) as is_of_rate,
        bool_and(measure = 'applications_new') as is_of_new_applications,
        if(bool_or(starts_with(measure, 'applications_')), 'applications', 'decisions') as what,
        {%- for role in ['figure', 'base', 'whole'] %}
        {{ total('counted', "input_role = '" ~ role ~ "'") }} as {{ role }}_counted,
        any_value(rate) filter (where input_role = '{{ role }}') as {{ role }}_rate{{ ',' if not loop.last }}
        {%- endfor %}
    from beside
    group by document_id, claim_id
),

clauses as (
    select
        *,
        {%- for role, beside in [
            ('figure', 'its own figure'), ('base', 'what it is compared with'), ('whole', 'the whole'),
        ] %}
        {{ figure_text(role ~ '_counted') }} || ' ' || what || ' beside {{ beside }}'
        || coalesce(' (a rate of ' || {{ figure_text('(100 * ' ~ role ~ '_rate)') }} || ' %)', '')
            as {{ role }}_clause,
        {%- endfor %}
        case
            when coalesce(figure_rate, base_rate) is null
                then 100 * {{ fraction('figure_counted', 'base_counted') }}
        end as rate_of_both
    from by_claim
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
    union all by name
    select
        document_id,
        claim_id,
        17 as sentence_number,
        'Counted in ' || other_unit || ' and not in ' || if(is_of_rate, 'it', 'these figures') || ': another '
        || concat_ws(', and another ', figure_clause, base_clause, whole_clause)
        || case
            when is_of_rate
                then coalesce('; over these it is ' || {{ figure_text('rate_of_both') }} || ' %', '')
            when other_unit = 'cases' then '. A case is of one person or more'
            else ''
        end
        || if(is_of_new_applications, '. New asylum claims count both as people.', '.')
            as sentence
    from clauses
)

select * from final
