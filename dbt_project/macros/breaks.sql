{#- What breaks of reporting do to a figure: expressions over the columns of
    int_breaks_of_years_by_measure, which carry the measure's name. -#}

{#- The first year of a measure: 'origin', 'asylum', 'pair' or 'world' is what figures are of. A 0 before it
    says that nothing is known. -#}
{% macro series_begins(measure, level) -%}
    case {{ level }}
        when 'origin' then {{ measure }}_first_origin_year
        when 'asylum' then {{ measure }}_first_asylum_year
        when 'pair' then greatest({{ measure }}_first_origin_year, {{ measure }}_first_asylum_year)
        when 'world' then {{ measure }}_first_year
    end
{%- endmacro %}

{#- Which breaks bear on the change of a measure since the year before, as codes of break_kinds separated by
    commas: those that are about more persons than the larger of the two figures allows, or about as many as
    the change is. A flow of half a year is none of a year, and a year before the first of the series is none
    to compare with. NULL where there is no change; empty where none bears on it. -#}
{% macro breaks_borne(measure, is_provisional, level, rows='compared') -%}
    case
        when {{ measure }} is not null and {{ measure }}_year_before is not null
            then array_to_string(
                list_concat(
                    list_transform(
                        list_filter(
                            coalesce({{ measure }}_breaks, []),
                            lambda found:
                                found.bears_below > greatest({{ measure }}, {{ measure }}_year_before)
                                or found.makes_up_to >= abs({{ measure }} - {{ measure }}_year_before)
                        ),
                        lambda found: found.kind
                    ),
                    {% if measure.endswith('_stock') -%}
                    if({{ rows }}.reference_year <= {{ series_begins(measure, level) }}, ['before_series'], [])
                    {%- else -%}
                    if({{ is_provisional }}, ['half_year'], []){% endif %}
                ),
                ', '
            )
    end
{%- endmacro %}

{#- Whether a change is one of what is counted and not of how: NULL where no figures of countries of asylum
    are loaded by which a break would be seen. -#}
{% macro is_change_comparable(measure) -%}
    case
        when {{ measure }}_change_breaks <> '' then false
        when is_{{ measure }}_followed and {{ measure }}_change_breaks = '' then true
    end
{%- endmacro %}

{#- Whether more than var('incomplete_from_share') of the people are known to be missing in a figure. -#}
{% macro is_missing_people(figure, persons_incomplete) -%}
    coalesce({{ persons_incomplete }}, 0)
    > {{ var('incomplete_from_share') }} * ({{ figure }} + coalesce({{ persons_incomplete }}, 0))
{%- endmacro %}

{#- Whether a figure has its people: NULL where it is not known, or where nothing is known of who is missing.
    `left_per_known`: people without an origin whom no estimate distributes, for each one of known origin. -#}
{% macro is_complete(measure, level, rows='compared', left_per_known='0') -%}
    case
        when {{ measure }} is null then null
        when {{ measure }} = 0 and {{ rows }}.reference_year < {{ series_begins(measure, level) }} then false
        when {{ is_missing_people(measure, measure ~ '_persons_incomplete') }} then false
        when {{ is_missing_people('1', left_per_known) }} then false
        when is_{{ measure }}_followed then true
    end
{%- endmacro %}

{#- People without an origin for each one of known origin: all of them for one, where nobody is. -#}
{% macro per_known(unknown_origin, known_origin) -%}
    {{ fraction(unknown_origin, 'greatest(' ~ known_origin ~ ', 1)') }}
{%- endmacro %}

{#- Whether the sum of people displaced abroad has its people, as far as refugees and asylum-seekers are known to
    be missing: false where it lacks one of these, or counts one before its series begins. -#}
{% macro is_displaced_abroad_complete() -%}
    {%- set parts = ('refugees_stock', 'asylum_seekers_stock') -%}
    {%- set missing -%}
        {%- for part in parts -%}
            coalesce({{ part }}_persons_incomplete, 0)
            + coalesce({{ part }} * unknown_origins.{{ part }}_left_per_known, 0){{ ' + ' if not loop.last }}
        {%- endfor -%}
    {%- endset -%}
    case
        when displaced_abroad_stock is null then null
        {%- for part in parts %}
        when {{ part }} is null or {{ part }} = 0 and not is_{{ part }}_complete then false
        {%- endfor %}
        when {{ is_missing_people('displaced_abroad_stock', missing) }} then false
        when {% for part in parts %}is_{{ part }}_complete is not null{{ ' and ' if not loop.last }}{% endfor %}
            then true
    end
{%- endmacro %}

{#- What a figure would be with the people without an origin distributed: an estimate, with its range. -#}
{% macro if_distributed(measure) -%}
    case
        when {{ measure }} is not null and {{ measure }}_unknown_origin > 0 then {{ measure }}_unknown_origin end
        as {{ measure }}_unknown_origin_beside,
    {%- for column in ['', '_low', '_high'] %}
    cast(round({{ measure }} + {{ measure }}_distributed{{ column }}) as bigint)
        as {{ measure }}_if_distributed_as_before{{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- Whether a break, of one origin, is one of what a claim asks for: of its measure (of decisions of any outcome
    breaks are found in all of them), counting unit, origin and asylum. Over all countries of asylum, people in
    none that is known are not missing; over all countries, those of a part of one are not either. -#}
{% macro is_break_of(asked, breaks) -%}
    if(starts_with({{ asked }}.measure, 'decisions_'), 'decisions_total', {{ asked }}.measure)
    = {{ breaks }}.measure
    and {{ asked }}.counting_unit = {{ breaks }}.counting_unit
    and {{ asked }}.origin in ('-', {{ breaks }}.origin_unhcr_code)
    and if({{ asked }}.origin = '-', {{ breaks }}.kind <> 'origin_divided', true)
    and (
        {{ asked }}.asylum = {{ breaks }}.asylum_unhcr_code
        or {{ asked }}.asylum = '-' and {{ breaks }}.kind not in ('asylum_withheld', 'asylum_divided')
    )
{%- endmacro %}

{% macro divided_note(found) -%}
    {{ found }}.detail || ', counted apart with ' || {{ found }}.persons_text || ' ' || {{ found }}.what
{%- endmacro %}

{#- What happened, as a clause that follows the country and the year. -#}
{% macro break_note(found) -%}
    case {{ found }}.kind
        when 'origin_withheld'
            then 'no origin given for ' || {{ found }}.unknown_origin_text || ' of ' || {{ found }}.figure_text
                || ' ' || {{ found }}.what || ' (' || {{ found }}.unknown_origin_before_text || ' of '
                || {{ found }}.figure_before_text || ' the year before)'
        when 'origin_given_again'
            then 'no origin given for ' || {{ found }}.unknown_origin_text || ' of ' || {{ found }}.figure_text
                || ' ' || {{ found }}.what || ', after ' || {{ found }}.unknown_origin_before_text || ' of '
                || {{ found }}.figure_before_text || ' the year before'
        when 'not_reported'
            then 'no figure of ' || {{ found }}.what || ', after ' || {{ found }}.figure_before_text
                || ' the year before'
        when 'reported_again'
            then {{ found }}.figure_text || ' ' || {{ found }}.what || ', after a year or more without a figure'
        when 'origin_dropped'
            then if({{ found }}.largest_now = 0, 'no figure of', {{ found }}.largest_now_text) || ' '
                || {{ found }}.what || {{ found }}.from_origin || ', after ' || {{ found }}.largest_before_text
                || ' the year before' || {{ found }}.of_other_origins
        when 'asylum_withheld'
            then {{ found }}.largest_now_text || ' ' || {{ found }}.what || {{ found }}.from_origin || ', after '
                || {{ found }}.largest_before_text || ' the year before, and ' || {{ found }}.persons_text
                || ' may be among those in no known country of asylum' || {{ found }}.of_other_origins
        when 'estimate_replaced'
            then {{ found }}.largest_now_text || ' ' || {{ found }}.what || {{ found }}.from_origin
                || ', after exactly ' || {{ found }}.largest_before_text || ' each year since '
                || {{ found }}.detail || {{ found }}.of_other_origins
        when 'origin_divided' then {{ divided_note(found) }}
        when 'asylum_divided' then {{ divided_note(found) }}
        when 'unit_changed'
            then {{ found }}.what || ' counted in ' || replace({{ found }}.detail, ' to ', ' before, now in ')
        when 'type_changed'
            then 'new applications given under type ' || replace({{ found }}.detail, ' to ', ' before, now under ')
        when 'category_moved'
            then 'some ' || {{ found }}.largest_moved_text || ' ' || {{ found }}.moved_1
                || ' of the year before are now ' || {{ found }}.moved_2
                || if(
                    {{ found }}.persons > {{ found }}.largest_moved,
                    ', of ' || {{ found }}.persons_text || ' who moved between these and other categories',
                    ''
                )
        when 'carried_forward'
            then 'the ' || {{ found }}.figure_text || ' ' || {{ found }}.what || ' are those of '
                || if({{ found }}.detail = 'mid_year', 'the middle of the year', 'the year before')
                || ', carried forward'
        when 'half_year_repeated'
            then 'the ' || {{ found }}.figure_text || ' ' || {{ found }}.what
                || ' are those of the first half of the year, given again as the year''s'
        when 'definition_changed'
            then {{ found }}.figure_text || ' ' || {{ found }}.what || ' since the release of ' || {{ found }}.detail
                || ', ' || {{ found }}.figure_before_text || ' before it'
    end
{%- endmacro %}
