-- The measures that each claim adds up, with named sums taken apart, and why those of its figure or of its
-- base are not to be added up: people who are in several of them.
with claims as (
    select * from {{ ref('int_claims_combined') }}
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

final as (
    select
        by_side.document_id,
        by_side.claim_id,
        any_value(by_side.measures) filter (where not by_side.is_base) as measures,
        min_by(not_added.note, (by_side.is_base, not_added.sort_order))
            filter (where not_added.note is not null) as overlap_note
    from by_side
    left join not_added on list_has_all(by_side.measures, string_split(not_added.parts, '+'))
    group by by_side.document_id, by_side.claim_id
)

select * from final
