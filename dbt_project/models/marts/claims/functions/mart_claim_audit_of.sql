{{ config(alias='claim_audit_of') }}
-- The verdict on each claim, with its reasons: the last step of those in models/intermediate/claims, which
-- become part of this function.
with claims as (
    select * from {{ ref('int_claims_worded') }}
),

notes as (
    select * from {{ ref('int_claim_notes_worded') }}
),

sentences as (
    select * from {{ ref('int_claim_findings_worded') }}
    union all by name
    select * from {{ ref('int_claim_reasons_worded') }}
    union all by name
    select * from {{ ref('int_claim_faults_worded') }}
    union all by name
    select * from {{ ref('int_claim_caveats_worded') }}
    union all by name
    select * from {{ ref('int_claim_counted_apart_worded') }}
    union all by name
    select * from notes
),

explanations as (
    select
        document_id,
        claim_id,
        string_agg(sentence, ' ' order by sentence_number) as explanation
    from sentences
    group by document_id, claim_id
),

told_beside as (
    select
        document_id,
        claim_id,
        string_agg(sentence, ' ' order by sentence_number) as print_note
    from notes
    group by document_id, claim_id
),

-- What answers now: the lineage of a claim that rests on no figure.
coverage as (
    select * from {{ ref('int_coverage_in_force').identifier }}
    where endpoint = 'population'
),

answering as (
    select
        asked.as_of,
        max_by(
            {
                'release_id': coverage.release_id,
                'snapshot_id': coverage.snapshot_id,
                'retrieved_at': coverage.retrieved_at
            },
            (coverage.valid_from, coverage.snapshot_id)
        ) as lineage
    from (select distinct claim.as_of from claims) as asked
    inner join coverage on {{ stood_on('asked.as_of', 'coverage') }}
    group by asked.as_of
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

final as (
    select
        claims.document_id,
        claims.claim_id,
        claims.claim.kind,
        origins.unhcr_code as origin_unhcr_code,
        origins.iso3 as origin_iso3,
        asylums.unhcr_code as asylum_unhcr_code,
        asylums.iso3 as asylum_iso3,
        claims.claim.counting_unit,
        claims.claim.measure,
        claims.claim.origin,
        claims.claim.asylum,
        origins.country_name as origin_name,
        asylums.country_name as asylum_name,
        claims.claim.publisher,
        claims.claim.document_title,
        claims.claim.document_published_on,
        claims.claim.paraphrase,
        claims.claim.location,
        claims.claim.document_word,
        claims.claim.reading,
        claims.claim.to_year as reference_year,
        coalesce(
            claims.claim.reference_date,
            claims.inputs.reference_date,
            make_date(claims.claim.to_year, 12, 31)
        ) as reference_date,
        claims.claim.from_year,
        claims.claim.base_from_year,
        claims.claim.base_to_year,
        claims.stated_text,
        claims.at_publication.text as on_the_day_text,
        claims.newest.text as newest_text,
        claims.as_flow_at_publication.text as as_flow_on_the_day_text,
        claims.as_flow_newest.text as as_flow_newest_text,
        claims.inputs.carried_forward_stock,
        claims.claim.stated_value,
        claims.claim.stated_low,
        claims.claim.stated_high,
        claims.claim.accepted_low,
        claims.claim.accepted_high,
        claims.claim.tolerance,
        claims.at_publication.value as value_on_the_day,
        claims.newest.value as value_newest,
        claims.own.value as value_of_own_figures,
        claims.claim.stated_value - claims.at_publication.value as stated_difference,
        claims.newest.value - claims.at_publication.value as revision,
        claims.as_flow_at_publication.value as as_flow_value_on_the_day,
        claims.as_flow_newest.value as as_flow_value_newest,
        claims.change_rate,
        claims.verdict,
        claims.number_verdict,
        claims.meaning_verdict,
        claims.flags,
        claims.newest.agrees as is_borne_out_now,
        if(claims.inputs.are_all_stated and claims.claim.kind <> 'level', claims.own.agrees, null)
            as is_borne_out_by_own_figures,
        case
            when
                claims.claim.kind = 'sum'
                and claims.is_stocks_added_up
                and claims.claim.stated_value > claims.as_flow_newest.value
                then
                    'Read as people who claimed asylum, its ' || claims.stated_text || ' for '
                    || claims.claim.from_year || ' to '
                    || if(month(claims.claim.reference_date) < 12, 'mid-', '') || claims.claim.to_year
                    || ' is some '
                    || format('{:.1f}', claims.claim.stated_value / claims.as_flow_newest.value)
                    || ' times too high: at least ' || claims.as_flow_newest.text || '.'
        end as as_flow_sentence,
        coalesce(
            'This claim cannot be evaluated: ' || claims.claim.refused_because || '.',
            explanations.explanation
        ) as explanation,
        claims.is_stock_read_as_flow,
        claims.is_stocks_added_up,
        claims.is_true_as_flow,
        claims.is_break_since,
        claims.is_lower_bound,
        claims.flow_gaps_text is not null and claims.as_flow_newest.text is not null as is_as_flow_incomplete,
        not claims.is_break_since and not claims.is_not_comparable and not claims.is_lower_bound
            as is_revision_comparable,
        claims.rests_on_incomplete,
        claims.is_not_comparable,
        case
            when claims.is_stocks_added_up
                then 'a stock added up over years counts a person once for each year'
            when claims.overlap_note is not null
                then 'the database has no figure of who is in two of these groups'
            when claims.claim.has_no_place
                then 'people of unknown origin and the stateless hold no place or record'
            when
                claims.is_in_other_unit_now
                and claims.claim.kind in ('change', 'comparison', 'difference', 'ratio', 'share', 'share_of')
                and not starts_with(claims.verdict, 'confirmed')
                then 'what is counted in the other unit may turn it round'
        end as not_printed_because,
        told_beside.print_note,
        claims.rests_on_carried_forward,
        claims.is_provisional_at_publication,
        coalesce(claims.inputs.is_provisional, false) as is_provisional,
        claims.inputs.release_id_on_the_day,
        coalesce(claims.inputs.release_id, answering.lineage.release_id) as release_id,
        coalesce(claims.inputs.snapshot_id, answering.lineage.snapshot_id) as snapshot_id,
        coalesce(claims.inputs.retrieved_at, answering.lineage.retrieved_at) as retrieved_at
    from claims
    left join explanations
        on claims.document_id = explanations.document_id and claims.claim_id = explanations.claim_id
    left join told_beside
        on claims.document_id = told_beside.document_id and claims.claim_id = told_beside.claim_id
    left join countries as origins on claims.claim.origin = coalesce(origins.iso3, origins.unhcr_code)
    left join countries as asylums on claims.claim.asylum = coalesce(asylums.iso3, asylums.unhcr_code)
    left join answering on claims.claim.as_of = answering.as_of
)

select * from final
order by document_published_on, document_id, claim_id
