{%- set cell = [
    'document_id', 'claim_id', 'input_role', 'origin', 'asylum', 'measure', 'counting_unit', 'reference_year',
] -%}
{%- set variants = {'at_publication': '', 'newest': '_now'} -%}
-- What is counted in the other unit beside each figure of a claim on applications or decisions: cases beside
-- persons, which make it a lower bound of people, or persons beside cases. A case is of one person or more,
-- so that persons are no more cases than they are. A rate is of decisions.
with inputs as (
    select * from {{ ref('int_claim_inputs_found') }}
    where input_role in ('figure', 'base', 'whole') and not is_among_peers
),

claims as (
    select * from {{ ref('int_claims_combined') }}
),

in_other_unit as (
    select
        {{ columns(cell) }}
        variant,
        sum(figure) as figure,
        {%- for part in decision_measures()[:3] %}
        sum({{ part }}) as {{ part }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_claim_rows_found') }}
    where rows_are = 'other_unit'
    group by all
),

counted as (
    select
        {{ columns(cell) }}
        variant,
        if(ends_with(measure, '_rate'), {{ substantive_decisions() }}, figure) as counted,
        case measure
            when 'refugee_recognition_rate' then {{ refugee_recognition_rate() }}
            when 'total_protection_rate' then {{ total_protection_rate() }}
        end as rate
    from in_other_unit
),

by_cell as (
    select
        {{ columns(cell) }}
        {%- for variant in variants %}
        coalesce(any_value(counted) filter (where variant = '{{ variant }}'), 0) as beside_{{ variant }},
        any_value(rate) filter (where variant = '{{ variant }}') as rate_{{ variant }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from counted
    group by all
),

-- Of all figures of a role in a year together.
measured as (
    select
        {{ columns(cell, 'by_cell.') }}
        claims.is_rate or claims.kind = 'rate' as is_of_rate,
        {{ is_of_its_whole('claims.') }} as is_of_its_whole,
        {%- for variant, suffix in variants.items() %}
        by_cell.beside_{{ variant }} as beside{{ suffix }},
        by_cell.rate_{{ variant }} as rate_beside{{ suffix }},
        sum(by_cell.beside_{{ variant }}) over of_role as beside_in_all{{ suffix }},
        coalesce(
            sum(coalesce(inputs.decisions_{{ variant }}, inputs.{{ variant }}.figure)) over of_role, 0
        ) as figure_in_all{{ suffix }}{{ ',' if not loop.last }}
        {%- endfor %}
    from by_cell
    inner join inputs using ({{ cell | join(', ') }})
    inner join claims on by_cell.document_id = claims.document_id and by_cell.claim_id = claims.claim_id
    where by_cell.input_role <> 'whole' or claims.kind in ('share', 'share_of')
    window of_role as (
        partition by by_cell.document_id, by_cell.claim_id, by_cell.input_role, by_cell.reference_year
    )
),

final as (
    select
        * exclude (beside_in_all, figure_in_all, beside_in_all_now, figure_in_all_now),
        {%- for suffix in variants.values() %}
        {{ is_missing_people('figure_in_all' ~ suffix, 'beside_in_all' ~ suffix) }}
            as is_in_other_unit{{ suffix }},
        {%- endfor %}
        if(is_in_other_unit and not is_of_rate, {{ counted_at_most('beside', 'counting_unit') }}, 0)
            as missing
    from measured
)

select * from final
