{%- set variants = [
    ('on_the_day', 'at_publication'), ('newest', 'newest'), ('by_document', 'stated'),
] -%}
-- Each claim beside what comes of it from the figures at publication, from the newest, and from the
-- document's own.
with claims as (
    select * from {{ ref('int_claims_combined') }}
),

about_inputs as (
    select * from {{ ref('int_claim_inputs_summarised') }}
),

results as (
    select * from {{ ref('int_claim_results_computed') }}
),

measures as (
    select * from {{ ref('int_claim_measures_combined') }}
),

releases as (
    select * from {{ ref('dim_release') }}
),

final as (
    select
        claims.*,
        about_inputs.* exclude (document_id, claim_id),
        coalesce(releases.is_held, false) as is_release_held,
        measures.stock_or_flow,
        on_the_day.result as value_on_the_day,
        on_the_day.result_low as low_on_the_day,
        on_the_day.result_text as on_the_day_text,
        on_the_day.agrees as agrees_on_the_day,
        on_the_day.is_ratio_and_change_confused,
        on_the_day.stock as stock_on_the_day,
        on_the_day.figure as figure_on_the_day,
        on_the_day.base as base_on_the_day,
        on_the_day.new_applications as new_applications_on_the_day,
        on_the_day.new_application_years as new_application_years_on_the_day,
        newest.result as value_newest,
        newest.result_low as low_newest,
        newest.result_text as newest_text,
        newest.agrees as agrees_newest,
        newest.new_applications as new_applications_newest,
        newest.new_application_years,
        by_document.result as value_of_own_figures,
        by_document.result_text as text_of_own_figures,
        by_document.agrees as agrees_with_own_figures,
        by_document.is_ratio_and_change_confused as is_confused_from_own_figures,
        by_document.figure as own_figure,
        by_document.base as own_base,
        about_inputs.stated_differences_text is not null as differs_in_inputs,
        -- A stock told as a flow.
        coalesce(abs(on_the_day.stock - claims.stated_value) <= claims.tolerance, false) as is_the_stock
    from claims
    inner join about_inputs
        on claims.document_id = about_inputs.document_id and claims.claim_id = about_inputs.claim_id
    left join releases on about_inputs.release_id_on_the_day = releases.release_id
    left join measures on claims.measure = measures.measure
    {%- for name, variant in variants %}
    left join results as {{ name }}
        on
            claims.document_id = {{ name }}.document_id
            and claims.claim_id = {{ name }}.claim_id
            and {{ name }}.variant = '{{ variant }}'
    {%- endfor %}
)

select * from final
