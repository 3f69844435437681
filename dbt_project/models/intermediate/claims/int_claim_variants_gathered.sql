-- The figures of a claim as one row a variant, in the roles that they have in it.
with claims as (
    select * from {{ ref('int_claims_combined') }}
),

figures as (
    select * from {{ ref('int_claim_variants_figured') }}
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
        claims.to_year,
        -- All countries and years among which the largest ever is looked for.
        if(claims.kind = 'extreme', running.are_all_held, null) as is_extreme_covered,
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
        coalesce(
            bool_and(are_pairs_complete) filter (where input_role = 'whole'), any_value(is_extreme_covered)
        ) as are_peers_complete,
        count(figure) filter (where input_role = 'figure') as known_year_count,
        count(*) filter (where input_role = 'figure' and rise > 0) as rise_count,
        count(*) filter (where input_role = 'figure' and rise <= 0) as fall_count,
        coalesce(
            bool_or(figure is not null) filter (where input_role = 'figure' and reference_year = to_year),
            false
        ) as is_last_year_known
    from held_against_thresholds
    group by document_id, claim_id, variant
)

select * from final
