{%- set lasting = "('unit_changed', 'type_changed', 'category_moved', 'origin_dropped', 'estimate_replaced',
    'asylum_withheld')" -%}
{%- set all = 'partition by document_id, claim_id, measure, counting_unit' %}
{%- set day = 'if(origins.reference_year > claims.base_to_year, claims.day_newest, claims.base_day_newest)' %}
-- Why the newest figures of two times, which a claim compares, do not compare: the break of reporting that is
-- about most people, many of all or as many as the change, in all countries that the claim adds up. Between
-- distant years only what lasts bears on it. A rate is of decisions, and of the unit they are counted in.
with claims as (
    select * from {{ ref('int_claims_combined') }}
    where {{ compares_two_times() }}
),

inputs as (
    select
        document_id,
        claim_id,
        origin,
        asylum,
        if(is_of_rate, 'decisions_total', measure) as measure,
        counting_unit,
        is_of_rate,
        is_of_both,
        max(figure_of_all) as figure,
        max(moved_of_all) as moved
    from (
        select
            *,
            decisions_newest is not null as is_of_rate,
            -- Who moved from refugees to other people in need of protection, or back, is in the sum of both.
            bool_or(measure = 'refugees_stock') over of_claim
            and bool_or(measure = 'oip_stock') over of_claim as is_of_both,
            sum(coalesce(decisions_newest, newest.figure)) over ({{ all }}, input_role, reference_year)
                as figure_of_all,
            abs(
                sum(newest.figure) filter (where input_role = 'figure' and not is_of_rate) over ({{ all }})
                - sum(newest.figure) filter (where input_role = 'base' and not is_of_rate) over ({{ all }})
            ) as moved_of_all
        from {{ ref('int_claim_inputs_found') }}
        where input_role in ('figure', 'base') and not is_among_peers
        window of_claim as (partition by document_id, claim_id)
    )
    group by all
),

origins as (
    select * from {{ ref('int_claim_break_origins_gathered') }}
),

breaks as (
    select * from {{ ref('mart_reporting_breaks_history').identifier }}
),

kinds as (
    select * from {{ ref('break_kinds').identifier }}
),

-- Over all origins, people without one are not missing. Two years that were restated alike compare.
bearing as (
    select
        claims.document_id,
        claims.claim_id,
        origins.asylum_unhcr_code,
        origins.measure,
        origins.counting_unit,
        origins.reference_year,
        origins.kind,
        max({{ day }}) as day_newest,
        max(inputs.figure) as figure,
        max(inputs.moved) as moved,
        sum(origins.persons) as persons
    from claims
    inner join inputs on claims.document_id = inputs.document_id and claims.claim_id = inputs.claim_id
    inner join origins
        on {{ is_break_of('inputs', 'origins') }} and {{ stood_on(day, 'origins') }}
    inner join kinds on origins.kind = kinds.kind
    left join origins as restated_before
        on
            origins.kind = 'definition_changed'
            and origins.kind = restated_before.kind
            and origins.measure = restated_before.measure
            and origins.counting_unit = restated_before.counting_unit
            and origins.origin_unhcr_code = restated_before.origin_unhcr_code
            and origins.asylum_unhcr_code = restated_before.asylum_unhcr_code
            and origins.reference_year - 1 = restated_before.reference_year
            and {{ stood_on(day, 'restated_before') }}
    left join origins as other_side
        on
            origins.kind = 'category_moved'
            and origins.kind = other_side.kind
            and origins.measure <> other_side.measure
            and other_side.measure in ('refugees_stock', 'oip_stock')
            and origins.counting_unit = other_side.counting_unit
            and origins.origin_unhcr_code = other_side.origin_unhcr_code
            and origins.asylum_unhcr_code = other_side.asylum_unhcr_code
            and origins.reference_year = other_side.reference_year
            and {{ stood_on(day, 'other_side') }}
    where
        (inputs.origin <> '-' or origins.kind not in ('origin_withheld', 'origin_given_again'))
        and (not inputs.is_of_both or other_side.kind is null)
        and restated_before.kind is null
        and (not inputs.is_of_rate or origins.kind = 'unit_changed')
        and (
            origins.reference_year > claims.base_to_year
            and origins.reference_year <= claims.to_year
            and (claims.base_to_year = claims.to_year - 1 or origins.kind in {{ lasting }})
            or kinds.makes_incomplete
            and (
                origins.reference_year between claims.base_from_year and claims.base_to_year
                or origins.reference_year between claims.from_year and claims.to_year
            )
            or origins.kind = 'carried_forward'
            and origins.reference_year in (claims.base_to_year, claims.to_year)
        )
    group by all
),

-- Of a kind all countries of asylum together, as in the yearly marts.
final as (
    select
        bearing.document_id,
        bearing.claim_id,
        arg_max(
            breaks.asylum_name || ', ' || breaks.reference_year || ': ' || breaks.note,
            (bearing.persons, breaks.asylum_name, breaks.reference_year, breaks.kind)
        ) as broken_text
    from (
        select
            *,
            sum(persons) over ({{ all }}, reference_year, kind) as persons_in_all
        from bearing
    ) as bearing
    inner join kinds on bearing.kind = kinds.kind
    inner join breaks
        on
            bearing.asylum_unhcr_code = breaks.asylum_unhcr_code
            and bearing.measure = breaks.measure
            and bearing.counting_unit = breaks.counting_unit
            and bearing.reference_year = breaks.reference_year
            and bearing.kind = breaks.kind
            and {{ stood_on('bearing.day_newest', 'breaks') }}
    where
        bearing.persons_in_all >= kinds.bears_from_share * bearing.figure
        or (bearing.kind <> 'carried_forward' and bearing.persons_in_all >= bearing.moved)
    group by bearing.document_id, bearing.claim_id
)

select * from final
