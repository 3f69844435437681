-- New asylum claims of UNHCR's flow dataset beside the new applications of the applications endpoint, pair
-- by pair. Both count the same where an endpoint's figure is in persons; where it is in cases, UNHCR
-- converts them, and what a case came to is `persons_per_case`.
with claims as (
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        reference_year,
        reference_date,
        new_asylum_claims,
        is_provisional,
        release_id,
        snapshot_id,
        retrieved_at
    from {{ ref('fct_displacement_flows_yearly') }}
    where new_asylum_claims is not null and reference_year >= 2000
),

applications as (
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        reference_year,
        max(reference_date) as reference_date,
        {{ total('applications_new', "counting_unit = 'persons'") }} as applications_new_persons,
        {{ total('applications_new', "counting_unit = 'cases'") }} as applications_new_cases,
        {{ total('coalesce(applications_new_and_repeat, 0) + coalesce(applications_new_and_appeal, 0)'
            ~ ' + coalesce(applications_first_and_appeal, 0)') }} as applications_new_with_others,
        bool_or(is_provisional) as is_provisional,
        max(release_id) as release_id,
        max(snapshot_id) as snapshot_id,
        max(retrieved_at) as retrieved_at
    from {{ ref('fct_asylum_applications_yearly') }}
    group by origin_unhcr_code, asylum_unhcr_code, reference_year
),

countries as (
    select * from {{ ref('dim_country') }}
),

joined as (
    select
        coalesce(claims.origin_unhcr_code, applications.origin_unhcr_code) as origin_unhcr_code,
        coalesce(claims.asylum_unhcr_code, applications.asylum_unhcr_code) as asylum_unhcr_code,
        coalesce(claims.reference_year, applications.reference_year) as reference_year,
        coalesce(claims.reference_date, applications.reference_date) as reference_date,
        claims.new_asylum_claims,
        applications.applications_new_persons,
        applications.applications_new_cases,
        nullif(applications.applications_new_with_others, 0) as applications_new_with_others,
        coalesce(claims.is_provisional, false) or coalesce(applications.is_provisional, false)
            as is_provisional,
        claims.release_id as flows_release_id,
        applications.release_id as applications_release_id,
        coalesce(claims.release_id, applications.release_id) as release_id,
        coalesce(claims.snapshot_id, applications.snapshot_id) as snapshot_id,
        coalesce(claims.retrieved_at, applications.retrieved_at) as retrieved_at
    from claims
    full outer join applications
        on
            claims.origin_unhcr_code = applications.origin_unhcr_code
            and claims.asylum_unhcr_code = applications.asylum_unhcr_code
            and claims.reference_year = applications.reference_year
),

compared as (
    select
        *,
        new_asylum_claims - applications_new_persons as claims_difference,
        case
            when applications_new_cases > 0
                then (new_asylum_claims - coalesce(applications_new_persons, 0)) / applications_new_cases
        end as persons_per_case,
        case
            when
                new_asylum_claims is null
                and coalesce(applications_new_persons, applications_new_cases, 0) = 0
                and applications_new_with_others is null
                then 'no_new_applications'
            when new_asylum_claims is null then 'applications_alone'
            when applications_new_persons is null and applications_new_cases is null
                then if(applications_new_with_others is null, 'claims_alone', 'told_with_others')
            when applications_new_cases > 0 then 'cases_converted'
            when new_asylum_claims = applications_new_persons then 'equal'
            else 'differs'
        end as comparison
    from joined
),

final as (
    select
        compared.origin_unhcr_code,
        origins.iso3 as origin_iso3,
        compared.asylum_unhcr_code,
        asylums.iso3 as asylum_iso3,
        origins.country_name as origin_name,
        asylums.country_name as asylum_name,
        compared.reference_year,
        compared.reference_date,
        compared.new_asylum_claims,
        compared.applications_new_persons,
        compared.applications_new_cases,
        compared.applications_new_with_others,
        compared.claims_difference,
        compared.persons_per_case,
        compared.comparison,
        compared.is_provisional,
        compared.flows_release_id,
        compared.applications_release_id,
        compared.release_id,
        compared.snapshot_id,
        compared.retrieved_at
    from compared
    left join countries as origins on compared.origin_unhcr_code = origins.unhcr_code
    left join countries as asylums on compared.asylum_unhcr_code = asylums.unhcr_code
    where compared.comparison <> 'no_new_applications'
)

select * from final
order by origin_unhcr_code, asylum_unhcr_code, reference_year
