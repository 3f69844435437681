-- Each figure that a claim rests on: what the document says of it, and what the database said and says now.
with inputs as (
    select * from {{ ref('int_claim_inputs_found') }}
),

covered as (
    select * from {{ ref('int_claim_cells_covered') }}
),

repeated as (
    select * from {{ ref('int_claim_stocks_repeated') }}
),

reattributed as (
    select * from {{ ref('int_claim_stocks_reattributed') }}
),

coverage as (
    select * from {{ ref('int_coverage_in_force').identifier }}
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

-- The document's own figures are the levels that it states.
stated as (
    select
        document_id,
        origin as origin_told,
        asylum as asylum_told,
        counting_unit,
        measure as measure_told,
        to_year as reference_year,
        reference_date,
        min_by(stated_value, claim_id) as stated_value,
        min_by(accepted_low, claim_id) as accepted_low,
        min_by(accepted_high, claim_id) as accepted_high
    from {{ ref('int_claims_combined') }}
    where kind = 'level' and stated_value is not null
    group by all
),

-- What answers now: the lineage of a figure that is not there.
answering as (
    select
        asked.day_newest,
        coverage.endpoint,
        max_by(
            {
                'release_id': coverage.release_id,
                'snapshot_id': coverage.snapshot_id,
                'retrieved_at': coverage.retrieved_at
            },
            (coverage.valid_from, coverage.snapshot_id)
        ) as lineage
    from (select distinct day_newest from inputs) as asked
    inner join coverage on {{ stood_on('asked.day_newest', 'coverage') }}
    group by asked.day_newest, coverage.endpoint
),

final as (
    select
        inputs.document_id,
        inputs.claim_id,
        inputs.input_role,
        inputs.peer,
        inputs.origin,
        inputs.asylum,
        inputs.origin_iso3,
        inputs.asylum_iso3,
        inputs.counting_unit,
        inputs.measure,
        origins.country_name as origin_name,
        asylums.country_name as asylum_name,
        inputs.reference_year,
        coalesce(inputs.newest.reference_date, make_date(inputs.reference_year, 12, 31))
            as reference_date,
        coalesce(
            repeated.carried_forward_stock,
            if(inputs.measure in {{ measures_compared() }} and inputs.peer is null, 0, null)
        ) as carried_forward_stock,
        repeated.carried_forward_mostly_in,
        -- Where that is most of the move.
        if(
            2 * abs(reattributed.unknown_origin.move)
            >= abs(inputs.newest.figure - inputs.at_publication.figure),
            reattributed.unknown_origin,
            null
        ) as unknown_origin,
        stated.stated_value,
        stated.accepted_low as stated_from,
        stated.accepted_high as stated_up_to,
        -- Of another release than the one in force, nothing is known of the day.
        if(inputs.at_publication.release_id = covered.release_id, inputs.at_publication.figure, null)
            as value_on_the_day,
        inputs.newest.figure as value_newest,
        -- Nobody of this origin, where the same countries of asylum gave others.
        inputs.at_publication is null and inputs.reported_beside > 0 as is_nobody_on_the_day,
        inputs.series_begins,
        coalesce(covered.is_covered or inputs.at_publication.release_id = covered.release_id, false)
            as is_covered_on_the_day,
        coalesce(covered.is_covered_now, inputs.newest is not null) as is_covered,
        coalesce(
            inputs.at_publication.is_provisional and inputs.at_publication.release_id = covered.release_id,
            false
        ) as is_provisional_on_the_day,
        coalesce(inputs.newest.is_provisional, false) as is_provisional,
        inputs.at_publication.are_pairs_complete as are_pairs_complete_on_the_day,
        inputs.newest.are_pairs_complete,
        coalesce(covered.is_after_release, false) as is_after_release,
        covered.release_id as release_id_on_the_day,
        coalesce(inputs.newest.release_id, answering.lineage.release_id) as release_id,
        coalesce(inputs.newest.snapshot_id, answering.lineage.snapshot_id) as snapshot_id,
        coalesce(inputs.newest.retrieved_at, answering.lineage.retrieved_at) as retrieved_at
    from inputs
    {%- for name, day in [('covered', 'day_newest'), ('repeated', 'day_at_publication')] %}
    left join {{ name }}
        on
            inputs.day_at_publication = {{ name }}.day_at_publication
            and inputs.{{ day }} = {{ name }}.{{ day }}
            and inputs.origin is not distinct from {{ name }}.origin
            and inputs.asylum is not distinct from {{ name }}.asylum
            and inputs.measure = {{ name }}.measure
            and inputs.reference_year = {{ name }}.reference_year
    {%- endfor %}
    left join reattributed
        on
            inputs.document_id = reattributed.document_id
            and inputs.claim_id = reattributed.claim_id
            and inputs.input_role = reattributed.input_role
            and inputs.origin = reattributed.origin
            and inputs.asylum = reattributed.asylum
            and inputs.measure = reattributed.measure
            and inputs.reference_year = reattributed.reference_year
    left join stated
        on
            inputs.document_id = stated.document_id
            and inputs.origin_told = stated.origin_told
            and inputs.asylum_told = stated.asylum_told
            and inputs.counting_unit = stated.counting_unit
            and inputs.measure_told = stated.measure_told
            and inputs.reference_year = stated.reference_year
            and inputs.reference_date is not distinct from stated.reference_date
    left join answering on inputs.day_newest = answering.day_newest and inputs.endpoint = answering.endpoint
    left join countries as origins on inputs.origin = origins.unhcr_code
    left join countries as asylums on inputs.asylum = asylums.unhcr_code
)

select * from final
