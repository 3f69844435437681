-- The countries whose figures a claim holds against each other, of two times or of several years: the last
-- year of a record against each before it, other years against the one before; and in which of the two
-- figures each country is.
with claims as (
    select * from {{ ref('int_claims_combined') }}
    where ({{ compares_two_times() }}) or {{ compares_years() }}
),

inputs as (
    select * from {{ ref('int_claim_inputs_found') }}
),

compared as (
    select
        inputs.document_id,
        inputs.claim_id,
        inputs.origin,
        inputs.origin_iso3,
        inputs.asylum,
        inputs.asylum_iso3,
        inputs.reference_year,
        inputs.newest.figure,
        cast(inputs.reference_year as bigint) as figure_year,
        unnest(case
            when claims.kind = 'record' and inputs.reference_year = claims.to_year
                then list_transform(
                    range(claims.from_year, claims.to_year),
                    lambda earlier: { 'comparison': earlier, 'is_base': false }
                )
            when claims.kind = 'record' then [{ 'comparison': figure_year, 'is_base': true }]
            when claims.kind in ('rising', 'range')
                then list_filter(
                    [
                        { 'comparison': figure_year, 'is_base': false },
                        { 'comparison': figure_year + 1, 'is_base': true }
                    ],
                    lambda found: found['comparison'] between claims.from_year + 1 and claims.to_year
                )
            else [{ 'comparison': cast(claims.to_year as bigint), 'is_base': inputs.input_role = 'base' }]
        end, recursive := true)
    from inputs
    inner join claims on inputs.document_id = claims.document_id and inputs.claim_id = claims.claim_id
    where inputs.input_role in ('figure', 'base') and not inputs.is_among_peers
),

sides as (
    select
        *,
        unnest([
            { 'side': 'origin', 'code': origin, 'iso3': origin_iso3 },
            { 'side': 'asylum', 'code': asylum, 'iso3': asylum_iso3 }
        ], recursive := true)
    from compared
),

final as (
    select
        document_id,
        claim_id,
        comparison,
        side,
        code,
        any_value(iso3) as iso3,
        bool_or(is_base) as is_in_base,
        bool_or(not is_base) as is_in_figure,
        {{ total('figure', 'is_base') }} as base,
        {{ total('figure', 'not is_base') }} as figure,
        min(min(reference_year)) over (partition by document_id, claim_id, side, code) as first_year,
        max(max(reference_year)) over (partition by document_id, claim_id, side, code) as last_year
    from sides
    group by document_id, claim_id, comparison, side, code
)

select * from final
