{%- set readings = {'flow_': 'as_flow_', 'stock_': 'as_stock_', 'cases_': 'as_cases_'} -%}
-- The inputs of a claim as one row a variant: with the figures at publication, with the newest, and with
-- those that the document states itself, as far as it does; and on new asylum claims, on the stock, or on
-- persons and cases together where the claim is worked out on them too.
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
                'are_pairs_complete': are_pairs_complete_on_the_day
            },
            {
                'variant': reading || 'newest',
                'figure': value_newest,
                'stated': cast(null as double),
                'are_pairs_complete': are_pairs_complete
            },
            {
                'variant': if(reading = '', 'stated', null),
                'figure': value_on_the_day,
                'stated': stated_value,
                'are_pairs_complete': are_pairs_complete_on_the_day
            }
        ], recursive := true)
    from read
),

-- Measures and countries of a sum together, as far as they are known.
together as (
    select
        document_id,
        claim_id,
        variant,
        input_role,
        peer,
        reference_year,
        coalesce(any_value(stated), sum(figure)) as figure,
        bool_and(are_pairs_complete) as are_pairs_complete
    from by_variant
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
        list_sum(list_slice(list_reverse_sort(list(together.figure)), 1, any_value(claims.top_count)))
            as figure,
        cast(null as boolean) as are_pairs_complete
    from together
    inner join claims
        on together.document_id = claims.document_id and together.claim_id = claims.claim_id
    where claims.top_count is not null and together.input_role = 'peer'
    group by together.document_id, together.claim_id, together.variant, together.reference_year
),

figures as (
    select * from together
    union all
    select * from largest
),

running as (
    select
        *,
        sum(figure) over (
            partition by document_id, claim_id, variant, input_role
            order by reference_year
        ) as figure_to_date,
        figure - lag(figure) over (
            partition by document_id, claim_id, variant, input_role, peer
            order by reference_year
        ) as rise
    from figures
),

held_against_thresholds as (
    select
        running.*,
        running.figure_to_date > claims.threshold_low as is_passed,
        running.figure >= claims.threshold_low
        and running.figure <= coalesce(claims.threshold_high, running.figure) as is_within
    from running
    inner join claims
        on running.document_id = claims.document_id and running.claim_id = claims.claim_id
),

final as (
    select
        document_id,
        claim_id,
        variant,
        {%- for role in ['figure', 'base', 'whole'] %}
        case
            when bool_and(figure is not null) filter (where input_role = '{{ role }}')
                then sum(figure) filter (where input_role = '{{ role }}')
        end as {{ role }},
        {%- endfor %}
        bool_and(figure is not null) filter (where input_role = 'figure') as are_years_known,
        min(figure) filter (where input_role = 'figure') as lowest,
        max(figure) filter (where input_role = 'figure') as highest,
        -- The latest of years that share the record.
        max_by(reference_year, figure + reference_year / 1e6) filter (where input_role = 'figure')
            as highest_year,
        min(reference_year) filter (where input_role = 'figure' and is_passed) as year_passed,
        count(*) filter (where input_role = 'figure' and is_within) as year_count,
        count(*) filter (where input_role = 'peer' and is_within) as peer_count,
        sum(figure) filter (where input_role = 'peer') as peers,
        list(figure) filter (where input_role = 'peer') as peer_figures,
        bool_and(are_pairs_complete) filter (where input_role = 'whole') as are_peers_complete,
        count(figure) filter (where input_role = 'figure') as known_year_count,
        count(*) filter (where input_role = 'figure' and rise > 0) as rise_count
    from held_against_thresholds
    group by document_id, claim_id, variant
)

select * from final
