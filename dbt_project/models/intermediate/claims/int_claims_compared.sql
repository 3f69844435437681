-- Each claim beside what there is to say of its inputs, and what comes of it from the figures at
-- publication, from the newest, from the document's own, and from what it may be mistaken for. One column
-- each: later steps name a part as `claim.kind` or `newest.value`.
with claims as (
    select * from {{ ref('int_claims_combined') }}
),

inputs as (
    select * from {{ ref('int_claim_inputs_summarised') }}
),

results as (
    select * from {{ ref('int_claim_results_computed') }}
),

by_claim as (
    select
        document_id,
        claim_id,
        any_value(result) filter (where variant = 'stated') as own,
        {%- for reading in ['', 'as_flow_', 'as_stock_', 'as_cases_'] %}
        any_value(result) filter (where variant = '{{ reading }}at_publication')
            as {{ reading }}at_publication,
        any_value(result) filter (where variant = '{{ reading }}newest')
            as {{ reading }}newest{{ ',' if not loop.last }}
        {%- endfor %}
    from results
    group by document_id, claim_id
),

measures as (
    select * from {{ ref('int_claim_measures_combined') }}
),

sums as (
    select * from {{ ref('measure_sums').identifier }}
),

not_added as (
    select * from {{ ref('measure_overlaps').identifier }}
),

sides as (
    select
        document_id,
        claim_id,
        unnest([
            { 'is_base': false, 'measure_told': measure },
            { 'is_base': true, 'measure_told': base_measure }
        ], recursive := true)
    from claims
),

terms as (
    select
        document_id,
        claim_id,
        is_base,
        unnest(string_split(measure_told, '+')) as term,
        generate_subscripts(string_split(measure_told, '+'), 1) as term_number
    from sides
),

by_side as (
    select
        terms.document_id,
        terms.claim_id,
        terms.is_base,
        flatten(list(string_split(coalesce(sums.parts, terms.term), '+') order by terms.term_number))
            as measures
    from terms
    left join sums on terms.term = sums.measure
    group by terms.document_id, terms.claim_id, terms.is_base
),

-- The measures that a claim adds up, and why those of its figure or of its base are not to be added up:
-- people who are in several of them.
measured as (
    select
        by_side.document_id,
        by_side.claim_id,
        any_value(by_side.measures) filter (where not by_side.is_base) as measures,
        min_by(not_added.note, (by_side.is_base, not_added.sort_order))
            filter (where not_added.note is not null) as overlap_note
    from by_side
    left join not_added on list_has_all(by_side.measures, string_split(not_added.parts, '+'))
    group by by_side.document_id, by_side.claim_id
),

-- A dataset of a release that is held back, by a review of it: backfill brings nothing.
reviews as (
    select * from {{ ref('release_reviews').identifier }}
    where decision = 'held'
),

releases as (
    select * from {{ ref('dim_release').identifier }}
),

final as (
    select
        claims.document_id,
        claims.claim_id,
        claims as claim,
        inputs,
        by_claim.* exclude (document_id, claim_id),
        coalesce(releases.is_held, false) as is_release_held,
        -- A sum of measures is of one kind: stocks are not added to flows.
        measures.stock_or_flow,
        measured.overlap_note,
        reviews.why as held_back_because,
        -- Much agrees with a bound to one side: which figure is meant does not come of it.
        {%- set names_a_figure = "(
            claims.kind <> 'level' or claims.stated_value is not null
            or (claims.stated_low is not null and claims.stated_high is not null)
        )" %}
        -- Where nothing is known of that day, and the newest agrees, it is no stock either.
        coalesce(
            by_claim.as_stock_at_publication.agrees
            and {{ names_a_figure }}
            and (by_claim.at_publication.agrees is not null or by_claim.newest.agrees is not true),
            false
        ) as is_the_stock,
        coalesce(by_claim.as_stock_newest.agrees and {{ names_a_figure }}, false) as is_still_the_stock,
        coalesce(by_claim.as_cases_at_publication.agrees and {{ names_a_figure }}, false)
            as is_persons_and_cases
    from claims
    left join inputs
        on claims.document_id = inputs.document_id and claims.claim_id = inputs.claim_id
    left join by_claim
        on claims.document_id = by_claim.document_id and claims.claim_id = by_claim.claim_id
    left join releases on inputs.release_id_on_the_day = releases.release_id
    left join measured
        on claims.document_id = measured.document_id and claims.claim_id = measured.claim_id
    left join measures on measured.measures[1] = measures.measure
    left join reviews
        on inputs.release_id_on_the_day = reviews.release_id and measures.endpoint = reviews.endpoint
)

select * from final
