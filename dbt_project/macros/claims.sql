{#- How claims and their figures are put into words. -#}

{#- A figure for people: a whole number without a decimal point. -#}
{% macro figure_text(value) -%}
    case
        when {{ value }} = round({{ value }}) then format('{:,}', cast(round({{ value }}) as bigint))
        when abs({{ value }}) >= 10 then format('{:,.1f}', {{ value }})
        else format('{:,.2f}', {{ value }})
    end
{%- endmacro %}

{#- The two days on which the database is asked for a figure: that of publication, and the one that counts as now. -#}
{% macro on_two_days() -%}
    unnest([
        { 'variant': 'at_publication', 'day': day_at_publication },
        { 'variant': 'newest', 'day': day_newest }
    ], recursive := true)
{%- endmacro %}

{#- Whether a claim adds figures of several years up: of stocks, a person counts once for each year. -#}
{% macro adds_stocks_up(claim='') -%}
    (
        ({{ claim }}kind in ('sum', 'threshold_year') and {{ claim }}to_year > {{ claim }}from_year)
        or (
            {{ claim }}is_compared_with_base
            and (
                {{ claim }}to_year > {{ claim }}from_year
                or {{ claim }}base_to_year > {{ claim }}base_from_year
            )
        )
    )
{%- endmacro %}

{#- Whether a claim holds the same people of two times against each other. -#}
{% macro compares_two_times(claim='') -%}
    {{ claim }}kind in ('change', 'ratio', 'difference', 'comparison')
    and {{ claim }}base_to_year < {{ claim }}from_year
    and coalesce({{ claim }}base_measure, {{ claim }}measure) = {{ claim }}measure
    and coalesce({{ claim }}base_origin, {{ claim }}origin) = {{ claim }}origin
    and coalesce({{ claim }}base_asylum, {{ claim }}asylum) = {{ claim }}asylum
{%- endmacro %}

{#- Whether a claim holds several years against each other. -#}
{% macro compares_years(claim='') -%}
    {{ claim }}kind in ('record', 'rising', 'range')
{%- endmacro %}

{#- Whether a claim is about a part of its whole, and not of another figure. -#}
{% macro is_of_its_whole(claim='') -%}
    coalesce({{ claim }}kind in ('share', 'share_of') and {{ claim }}share_of is distinct from 'base', false)
{%- endmacro %}

{#- What is missing in the figures of a claim. -#}
{% macro whom_counted(claim='') -%}
    case
        when {{ claim }}is_rate or starts_with({{ claim }}measure, 'decisions_') then 'decisions'
        when {{ claim }}counting_unit = 'cases' then 'cases'
        else 'people'
    end
{%- endmacro %}

{#- How many of a counting unit there are at most in what is counted in the other: UNHCR converts no case into more
    persons than var('persons_per_case_at_most'), and persons are no more cases than they are. -#}
{% macro counted_at_most(figure, counting_unit) -%}
    if({{ counting_unit }} = 'persons', {{ var('persons_per_case_at_most') }}, 1) * {{ figure }}
{%- endmacro %}

{#- How many times another a figure is: in as many digits as show that it is not the same. -#}
{% macro times_text(value) -%}
    case
        when {{ value }} <> 1 and format('{:.2f}', {{ value }}) = '1.00'
            then
                format(
                    '{:.' || cast(least(ceil(-log10(abs({{ value }} - 1))), 12) as integer) || 'f}', {{ value }}
                )
        else {{ figure_text(value) }}
    end
{%- endmacro %}

{#- Whether a figure lies beyond what `over` or `under` agrees with, on the side that they point to. -#}
{% macro holds_as_bound(value, claim='') -%}
    coalesce(case {{ claim }}wording
        when 'over'
            then if(
                {{ claim }}stated_value < 0,
                {{ value }} < {{ claim }}accepted_low,
                {{ value }} > {{ claim }}accepted_high
            )
        when 'under'
            then if(
                {{ claim }}stated_value < 0,
                {{ value }} > {{ claim }}accepted_high and {{ value }} <= 0,
                {{ value }} < {{ claim }}accepted_low and {{ value }} >= 0
            )
    end, false)
{%- endmacro %}

{#- Which countries a group has in some of its years alone, of `members`: country_name_within of `countries`. -#}
{% macro counted_alone_text(members) -%}
    string_agg(
        countries.country_name_within || ' is counted in '
        || concat_ws(
            ' to ', {{ members }}.first_year, nullif({{ members }}.last_year, {{ members }}.first_year)
        ) || ' alone',
        ', ' order by {{ members }}.persons desc, countries.country_name asc
    )
{%- endmacro %}

{#- A difference with its sign. -#}
{% macro signed_text(value) -%}
    if({{ value }} < 0, '−', '+') || {{ figure_text('abs(' ~ value ~ ')') }}
{%- endmacro %}

{#- What is claimed: the value, and the lowest where there are two, in the words of the claim's kind. -#}
{% macro claim_text(value, low, prefix='') -%}
    {%- set one_in = 'coalesce(' ~ prefix ~ 'per, 1) / nullif(' ~ value ~ ', 0)' %}
    replace(replace(replace(replace(replace(replace(replace(replace(replace(
        {{ prefix }}shown_as,
        '{value} times', {{ times_text(value) }} || ' times'),
        '{value}', {{ figure_text(value) }}),
        '{whole}', cast(cast({{ value }} as bigint) as varchar)),
        '{low}', coalesce({{ figure_text(low) }}, '')),
        '{threshold}', coalesce({{ figure_text(prefix ~ 'threshold_low') }}, '')),
        '{count_of}', case
            when {{ prefix }}count_of = 'years' then if({{ value }} = 1, 'year', 'years')
            else
                if({{ value }} = 1, 'country', 'countries')
                || case {{ prefix }}count_of when 'hosts' then ' of asylum' when 'origins' then ' of origin' else '' end
        end),
        '{years} years', concat(
            {{ prefix }}to_year - {{ prefix }}from_year,
            if({{ prefix }}to_year - {{ prefix }}from_year = 1, ' year', ' years')
        )),
        '{per}', coalesce({{ figure_text(prefix ~ 'per') }}, '')),
        '{one_in}',
        coalesce({{ figure_text('if(' ~ one_in ~ ' >= 10, round(' ~ one_in ~ '), ' ~ one_in ~ ')') }}, 'infinitely many'))
{%- endmacro %}

{#- Of how many of a claim's years something is known, where that is not all; of none, nothing is told. -#}
{% macro known_years_text(known_years, claim) -%}
    if(
        nullif({{ known_years }}, 0) < {{ claim }}.to_year - {{ claim }}.from_year + 1,
        ' (known for ' || {{ known_years }} || ' of '
        || ({{ claim }}.to_year - {{ claim }}.from_year + 1) || ' years)',
        ''
    )
{%- endmacro %}

{#- The number that a text states: 2.75 million, 1,158,739, 13 %, 1 in 67 (which is 1 / 67); or a number as
    it is. NULL where the text is none. -#}
{% macro stated_number(text) -%}
    {%- set whole = '([0-9]+|[0-9]{1,3}(,[0-9]{3})+)([.][0-9]+)?' -%}
    case
        when regexp_full_match(cast({{ text }} as varchar), '1 in {{ whole }}')
            then 1 / nullif(cast(replace(substr(cast({{ text }} as varchar), 6), ',', '') as double), 0)
        -- In decimals: 8.2 million is 8,200,000, and no 8,199,999.999999999.
        when regexp_full_match(
            cast({{ text }} as varchar), '-?{{ whole }}( (thousand|million|billion))?( ?%)?'
        )
            then cast(
                try_cast(
                    replace(regexp_extract(cast({{ text }} as varchar), '^[-0-9,.]+'), ',', '') as decimal(26, 12)
                ) * {{ stated_multiplier(text) }} as double
            )
    end
{%- endmacro %}

{#- What the word behind a number multiplies it by. -#}
{% macro stated_multiplier(text) -%}
    case regexp_extract(cast({{ text }} as varchar), ' (thousand|million|billion)', 1)
        when 'thousand' then 1000
        when 'million' then 1000000
        when 'billion' then 1000000000
        else 1
    end
{%- endmacro %}

{#- One unit of the last digit that a text states: zeros at the end of a whole number are not stated, a zero
    behind the point is. Of 1 in N: of N. -#}
{% macro stated_unit(text) -%}
    {{ stated_multiplier(text) }} * pow(10, case
        when regexp_matches(cast({{ text }} as varchar), '[.][0-9]')
            then -length(regexp_extract(cast({{ text }} as varchar), '[.]([0-9]+)', 1))
        else
            length(regexp_extract(
                replace(replace(cast({{ text }} as varchar), '1 in ', ''), ',', ''), '[1-9](0*)([^0-9]|$)', 1
            ))
    end)
{%- endmacro %}

{#- The most that rounding is taken for: a share of the figure, and that of a figure to its ones or finer whole. -#}
{% macro rounded_at_most(figure, unit, share) -%}
    greatest({{ share }} * {{ figure }}, if({{ unit }} <= 1, {{ unit }} / 2, 0))
{%- endmacro %}

{#- How far from a stated figure another still agrees, towards zero (`nearer`) or away from it, by its wording: in
    units of the last digit that is stated. Of countries and years that are counted, over 80 is from 81 on, and 80
    without a hedge is 80. Of a round figure that is much, so at most a quarter of it, half where
    the hedge is to one side; the rounding of a figure to its ones or finer is always allowed. Of 1 in N: of N, the
    other way round. -#}
{% macro accepted_distance(side) -%}
    {%- set figure = 'if(is_one_in, 1 / stated_value, abs(stated_value))' -%}
    {%- set units = {
        'plain': (0.5, 0.5), 'over': (0, 1), 'about': (1, 1), 'nearly': (1, 0.5), 'almost': (1, 0.5), 'under': (1, 0),
    } -%}
    {%- set shares = {'equals': (0.05, 0.05), 'slightly_below': (0.05, 0), 'slightly_above': (0, 0.05)} -%}
    case
        when is_exact and wording = 'plain' then 0
        when is_exact and wording = '{{ 'over' if side == 'nearer' else 'under' }}' then -1
        {%- for wording, (nearer, farther) in units.items() %}
        when wording = '{{ wording }}'
            then least(
                {{ nearer if side == 'nearer' else farther }} * stated_value_unit,
                {%- if wording in ('over', 'under') %}
                greatest({{ rounded_at_most(figure, 'stated_value_unit', 0.5) }}, if(is_exact, 1, 0))
                {%- else %}
                {{ rounded_at_most(figure, 'stated_value_unit', 0.25) }}
                {%- endif %}
            )
        {%- endfor %}
        {%- for wording, (nearer, farther) in shares.items() %}
        when wording = '{{ wording }}' then {{ nearer if side == 'nearer' else farther }} * {{ figure }}
        {%- endfor %}
    end
{%- endmacro %}

{#- Half a unit of the last digit that a figure states; of a round one a quarter of it at most. -#}
{% macro rounded_by(figure, unit) -%}
    least({{ unit }} / 2, {{ rounded_at_most('abs(' ~ figure ~ ')', unit, 0.25) }})
{%- endmacro %}

{#- The lowest figure that a stated one agrees with: a fall is the mirror image of a rise. -#}
{% macro accepted_low() -%}
    case
        when is_one_in then 1 / (1 / stated_value + {{ accepted_distance('nearer') }})
        when stated_value < 0 then stated_value - {{ accepted_distance('farther') }}
        else stated_value - {{ accepted_distance('nearer') }}
    end
{%- endmacro %}

{#- The highest figure that a stated one agrees with. -#}
{% macro accepted_high() -%}
    case
        when is_one_in then 1 / (1 / stated_value - {{ accepted_distance('farther') }})
        when stated_value < 0 then stated_value + {{ accepted_distance('nearer') }}
        else stated_value + {{ accepted_distance('farther') }}
    end
{%- endmacro %}

{#- A country's name as UNHCR writes it, as it stands within a sentence: with its article where it has one, as
    republics, islands and unions have whose name is more than a word. -#}
{% macro name_within(name) -%}
    if(
        regexp_matches({{ name }}, '^[^(]*\bRep\.|^(United|State of) |Islands$|Federation$')
        or regexp_matches(
            {{ name }}, '^(Bahamas|Comoros|Congo|Gambia|Holy See|Maldives|Netherlands|Philippines)\b'
        ),
        'the ' || {{ name }},
        {{ name }}
    )
{%- endmacro %}

{#- The name under which a claim names a region: unhcr_the_americas, un_europe. -#}
{% macro region_group(column) -%}
    '{{ column | replace("region", "") }}' || lower(replace({{ column }}, ' ', '_'))
{%- endmacro %}

{#- The measure that a claim asks for, of a row that has those of its dataset. How many host communities there were was
    not known before a day. -#}
{% macro figure_asked(measures, asked, rows) -%}
    case {{ asked }}measure
        {%- for measure in measures %}
        when '{{ measure }}'
            then
                {%- if measure == 'host_community_stock' %}
                if({{ asked }}day < {{ rows }}host_community_stock_known_from, null, {{ rows }}{{ measure }})
                {%- else %} {{ rows }}{{ measure }}
                {%- endif %}
        {%- endfor %}
    end
{%- endmacro %}
