{{ config(
    alias='claim_audit_of', parameters=['published_documents', 'published_claims', 'as_of_day'],
) }}
with claims as (
    select * from {{ ref('int_claims_worded') }}
),

sentences as (
    select * from {{ ref('int_claim_findings_worded') }}
    union all by name
    select * from {{ ref('int_claim_faults_worded') }}
    union all by name
    select * from {{ ref('int_claim_caveats_worded') }}
),

explanations as (
    select
        document_id,
        claim_id,
        string_agg(sentence, ' ' order by sentence_number) as explanation
    from sentences
    group by document_id, claim_id
),

countries as (
    select * from {{ ref('dim_country') }}
),

final as (
    select
        claims.document_id,
        claims.claim_id,
        claims.kind,
        origins.unhcr_code as origin_unhcr_code,
        claims.origin_iso3,
        asylums.unhcr_code as asylum_unhcr_code,
        claims.asylum_iso3,
        claims.counting_unit,
        claims.measure,
        origins.country_name as origin_name,
        asylums.country_name as asylum_name,
        claims.publisher,
        claims.document_title,
        claims.document_published_on,
        claims.paraphrase,
        claims.location,
        claims.document_word,
        claims.reading,
        claims.to_year as reference_year,
        coalesce(claims.reference_date, make_date(claims.to_year, 12, 31)) as reference_date,
        claims.from_year,
        claims.base_from_year,
        claims.base_to_year,
        claims.stated_text,
        claims.on_the_day_text,
        claims.newest_text,
        claims.carried_forward_stock,
        claims.stated_value,
        claims.stated_low,
        claims.stated_high,
        claims.tolerance,
        claims.value_on_the_day,
        claims.value_newest,
        claims.value_of_own_figures,
        claims.stated_value - claims.value_on_the_day as stated_difference,
        claims.value_newest - claims.value_on_the_day as revision,
        claims.new_applications_on_the_day,
        claims.new_applications_newest,
        cast(claims.new_application_years as integer) as new_application_year_count,
        claims.change_rate,
        claims.verdict,
        claims.flags,
        explanations.explanation,
        claims.is_stock_read_as_flow,
        claims.is_stocks_added_up,
        claims.rests_on_carried_forward,
        claims.is_provisional_at_publication,
        claims.is_provisional,
        claims.release_id_on_the_day,
        claims.release_id,
        claims.snapshot_id,
        claims.retrieved_at
    from claims
    left join explanations
        on claims.document_id = explanations.document_id and claims.claim_id = explanations.claim_id
    left join countries as origins on claims.origin_iso3 = origins.iso3
    left join countries as asylums on claims.asylum_iso3 = asylums.iso3
)

select * from final
order by document_published_on, document_id, claim_id
