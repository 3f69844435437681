{%- set lasting = "('unit_changed', 'type_changed', 'category_moved', 'origin_dropped', 'estimate_replaced',
    'asylum_withheld')" -%}
{%- set day = 'if(origins.reference_year > inputs.base_to_year, inputs.day_newest, inputs.base_day_newest)' %}
-- Why the newest figures of two times, which a claim compares, do not compare: the break of reporting that is
-- about most people, many of all or as many as the change, in all countries that the claim adds up. Between
-- distant years only what lasts bears on it, and on a record what could have made the last year the higher
-- one, or the lower one where it is none.
with inputs as (
    select * from {{ ref('int_claim_times_compared') }}
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
        inputs.document_id,
        inputs.claim_id,
        inputs.base_to_year,
        inputs.is_of_record,
        origins.asylum_unhcr_code,
        origins.measure,
        origins.counting_unit,
        origins.reference_year,
        origins.kind,
        max({{ day }}) as day_newest,
        max(inputs.figure) as figure,
        max(abs(inputs.moved)) as moved,
        max(inputs.moved_in_all) as moved_in_all,
        sum(coalesce(origins.figure, 0) - coalesce(origins.figure_before, 0)) as rise,
        sum(origins.persons) as persons
    from inputs
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
        and not (inputs.is_of_record and (kinds.makes_incomplete or origins.kind = 'carried_forward'))
        and (
            origins.reference_year > inputs.base_to_year
            and origins.reference_year <= inputs.to_year
            and (inputs.base_to_year = inputs.to_year - 1 or origins.kind in {{ lasting }})
            or kinds.makes_incomplete
            and (
                origins.reference_year between inputs.base_from_year and inputs.base_to_year
                or origins.reference_year between inputs.from_year and inputs.to_year
            )
            or origins.kind = 'carried_forward'
            and origins.reference_year in (inputs.base_to_year, inputs.to_year)
        )
    group by all
),

-- Of a kind all countries of asylum together, as in the yearly marts.
weighed as (
    select
        *,
        sum(persons) over (
            partition by document_id, claim_id, base_to_year, measure, counting_unit, reference_year, kind
        ) as persons_in_all
    from bearing
),

final as (
    select
        bearing.document_id,
        bearing.claim_id,
        'reporting changed: ' || arg_max(
            breaks.asylum_name || ', ' || breaks.reference_year || ': ' || breaks.note,
            (bearing.persons, breaks.asylum_name, breaks.reference_year, breaks.kind)
        ) as broken_text
    from weighed as bearing
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
        if(
            bearing.is_of_record,
            bearing.persons_in_all >= abs(bearing.moved_in_all) and bearing.rise * bearing.moved_in_all >= 0,
            bearing.persons_in_all >= kinds.bears_from_share * bearing.figure
            or (bearing.kind <> 'carried_forward' and bearing.persons_in_all >= bearing.moved)
        )
    group by bearing.document_id, bearing.claim_id
)

select * from final
