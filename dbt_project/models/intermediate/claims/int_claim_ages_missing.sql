{%- set sexes = ['female', 'male'] -%}
{%- set ages = ages_of('female') + ages_of('male') -%}
-- Of how many people behind a figure of demographics the age and sex are known, on each of the two days, and
-- how many of the others a figure of one sex or age may lack: all of unknown sex, and of its sex those of
-- unknown age.
with claims as (
    select * from {{ ref('int_claims_combined') }}
),

inputs as (
    select
        document_id,
        claim_id,
        input_role,
        origin,
        asylum,
        reference_year,
        reference_date,
        coalesce(population_type, 'REF') as pop_type,
        day_at_publication,
        day_newest,
        list(measure) as measures,
        sum(at_publication.figure) as figure,
        sum(newest.figure) as figure_now
    from {{ ref('int_claim_inputs_found') }}
    where endpoint = 'demographics' and input_role in ('figure', 'base', 'whole')
    group by all
),

-- Those whose age or sex is known, and all people, lack nobody for it; nor does a share of those.
asked as (
    select
        *,
        list_has_any(measures, {{ ages }}) as is_of_ages,
        list_has_all(measures, {{ ages }})
        or list_has_all(measures, ['female_total_stock', 'male_total_stock']) as is_of_known,
        is_of_known or list_contains(measures, 'total_stock') as is_of_all,
        bool_or(is_of_known and input_role <> 'figure') over (partition by document_id, claim_id)
            as is_over_known,
        {{ on_two_days() }}
    from inputs
),

found as (
    select
        asked.document_id,
        asked.claim_id,
        asked.input_role,
        asked.origin,
        asked.reference_year,
        asked.is_of_ages,
        asked.is_over_known,
        asked.variant,
        any_value(if(asked.variant = 'newest', asked.figure_now, asked.figure)) as figure,
        sum(history.total_stock) as people,
        sum(
            if(
                asked.is_of_ages,
                {%- for age in ages %}
                coalesce(history.{{ age }}, 0){{ ' +' if not loop.last else ',' }}
                {%- endfor %}
                coalesce(history.female_total_stock, 0) + coalesce(history.male_total_stock, 0)
            )
        ) as known,
        {%- for sex in sexes %}
        sum(coalesce(history.{{ sex }}_total_stock, 0)) as {{ sex }},
        sum(
            {%- for age in ages_of(sex) %}
            coalesce(history.{{ age }}, 0){{ ' +' if not loop.last }}
            {%- endfor %}
        ) as {{ sex }}_of_known_age,
        list_has_any(
            any_value(asked.measures), {{ ages_of(sex) }}
        ) as is_of_{{ sex }}_ages{{ ',' if not loop.last }}
        {%- endfor %}
    from asked
    inner join {{ ref('fct_demographics_yearly_history').identifier }} as history
        on
            asked.reference_year = history.reference_year
            and asked.pop_type = history.pop_type
            and asked.origin in (history.origin_unhcr_code, '-')
            and asked.asylum in (history.asylum_unhcr_code, '-')
            and {{ stood_on('asked.day', 'history') }}
            and (asked.reference_date = history.reference_date or asked.reference_date is null)
    where not asked.is_of_all
    group by all
),

counted as (
    select
        *,
        people - female - male
        {%- for sex in sexes %}
        + if(is_of_{{ sex }}_ages, {{ sex }} - {{ sex }}_of_known_age, 0)
        {%- endfor %} as not_known,
        not is_over_known and {{ is_missing_people('coalesce(figure, 0)', 'not_known') }} as is_incomplete
    from found
),

by_year as (
    select
        document_id,
        claim_id,
        input_role,
        origin,
        reference_year,
        any_value(is_over_known) as is_over_known,
        any_value(is_of_ages) as is_of_ages,
        coalesce(sum(not_known) filter (where variant = 'at_publication' and is_incomplete), 0) as missing,
        coalesce(bool_or(is_incomplete) filter (where variant = 'newest'), false) as is_incomplete_now,
        {%- for part in ['not_known', 'known', 'people'] %}
        sum({{ part }}) filter (where variant = 'newest') as {{ part }}_now{{ ',' if not loop.last }}
        {%- endfor %}
    from counted
    group by document_id, claim_id, input_role, origin, reference_year
),

-- Who is missing of a part is so of its whole, as where nothing was reported.
final as (
    select
        by_year.* exclude (missing),
        'unknown_age' as measure,
        false as is_rate,
        {{ is_of_its_whole('claims.') }} as is_of_its_whole,
        0 as figure,
        by_year.missing as not_reported,
        by_year.missing as not_reported_of_part,
        0 as without_origin,
        0 as without_origin_by_estimate,
        0 as without_origin_in_proportion,
        if(
            by_year.is_incomplete_now,
            'the age or sex of ' || {{ figure_text('by_year.not_known_now') }} || ' of '
            || {{ figure_text('by_year.people_now') }} || ' people of ' || by_year.reference_year,
            null
        ) as ages_text
    from by_year
    inner join claims
        on by_year.document_id = claims.document_id and by_year.claim_id = claims.claim_id
)

select * from final
