{%- set readings = {'flow_': 'as_flow_', 'stock_': 'as_stock_', 'cases_': 'as_cases_'} -%}
-- The figures that a claim is worked out on, by variant: at publication, newest, and as the document states
-- them itself, as far as it does; and on new asylum claims, on the stock, or on persons and cases together
-- where the claim is worked out on them too.
with claims as (
    select * from {{ ref('int_claims_combined') }}
),

inputs as (
    select
        document_id,
        claim_id,
        unnest(figures, recursive := true)
    from {{ ref('int_claim_inputs_summarised') }}
),

wanted as (
    select * from {{ ref('int_claim_inputs_wanted') }}
),

measures as (
    select * from {{ ref('int_claim_measures_combined') }}
),

cells as (
    select * from {{ ref('int_claim_cells_covered') }}
),

-- Whether the warehouse holds all the countries and years among which a claim looks for the largest. Before
-- the first year of a measure there is nothing to hold.
peers_covered as (
    select
        wanted.document_id,
        wanted.claim_id,
        bool_and(coalesce(cells.is_covered, false)) as are_covered,
        bool_and(coalesce(cells.is_covered_now, false)) as are_covered_now
    from wanted
    inner join measures on wanted.measure = measures.measure
    left join cells
        on
            wanted.day_at_publication = cells.day_at_publication
            and wanted.day_newest = cells.day_newest
            and wanted.origin = cells.origin
            and wanted.asylum = cells.asylum
            and wanted.measure = cells.measure
            and wanted.reference_year = cells.reference_year
    where wanted.input_role = 'peer' and wanted.reference_year >= coalesce(measures.first_year, 0)
    group by wanted.document_id, wanted.claim_id
),

read as (
    select
        *,
        case
            {%- for prefix, variant in readings.items() %}
            when starts_with(input_role, '{{ prefix }}') then '{{ variant }}'
            {%- endfor %}
            else ''
        end as reading,
        regexp_replace(input_role, '^(flow|stock|cases)_', '') as role_read
    from inputs
),

by_variant as (
    select
        document_id,
        claim_id,
        role_read as input_role,
        peer,
        reference_year,
        unnest([
            {
                'variant': reading || 'at_publication',
                'figure': value_on_the_day,
                'stated': cast(null as double),
                'is_covered': is_covered_on_the_day,
                'are_pairs_complete': are_pairs_complete_on_the_day
            },
            {
                'variant': reading || 'newest',
                'figure': value_newest,
                'stated': cast(null as double),
                'is_covered': is_covered,
                'are_pairs_complete': are_pairs_complete
            },
            {
                'variant': if(reading = '', 'stated', null),
                'figure': value_on_the_day,
                'stated': stated_value,
                'is_covered': is_covered_on_the_day,
                'are_pairs_complete': are_pairs_complete_on_the_day
            }
        ], recursive := true)
    from read
),

-- Measures and countries of a sum together, as far as they are known; not known where the warehouse does not
-- hold all of them.
together as (
    select
        document_id,
        claim_id,
        variant,
        input_role,
        peer,
        reference_year,
        coalesce(any_value(stated), if(bool_and(is_covered), sum(figure), null)) as figure,
        bool_and(are_pairs_complete) as are_pairs_complete,
        any_value(if(ends_with(variant, 'newest'), are_covered_now, are_covered)) as are_all_held
    from by_variant
    left join peers_covered using (document_id, claim_id)
    where variant is not null
    group by document_id, claim_id, variant, input_role, peer, reference_year
),

-- The largest countries, where the claim is about those.
largest as (
    select
        together.document_id,
        together.claim_id,
        together.variant,
        'figure' as input_role,
        cast(null as varchar) as peer,
        together.reference_year,
        case
            when bool_and(together.are_all_held)
                then
                    list_sum(list_slice(
                        list_reverse_sort(list(together.figure)), 1, any_value(claims.top_count)
                    ))
        end as figure,
        cast(null as boolean) as are_pairs_complete,
        bool_and(together.are_all_held) as are_all_held
    from together
    inner join claims
        on together.document_id = claims.document_id and together.claim_id = claims.claim_id
    where claims.top_count is not null and together.input_role = 'peer'
    group by together.document_id, together.claim_id, together.variant, together.reference_year
),

final as (
    select * from together
    union all
    select * from largest
)

select * from final
