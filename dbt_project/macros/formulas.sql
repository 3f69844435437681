{#- Each formula of the warehouse, once. -#}

{#- Substantive decisions: recognised + complementary protection + rejected, without those otherwise
    closed (UNHCR, Refugee Data Finder, methodology). An unknown part makes the sum unknown. -#}
{% macro substantive_decisions(prefix='') -%}
    ({{ prefix }}decisions_recognized
        + {{ prefix }}decisions_complementary
        + {{ prefix }}decisions_rejected)
{%- endmacro %}

{#- A fraction: NULL where either part is unknown or the whole is zero. -#}
{% macro fraction(part, whole) -%}
    (cast(({{ part }}) as double) / nullif({{ whole }}, 0))
{%- endmacro %}

{#- People displaced abroad: what is known of refugees, asylum-seekers and other people in need of
    international protection, added up; NULL where none is. Which of the three are not known, the other
    says: NULL where all are, or none. -#}
{% macro displaced_abroad(prefix='', suffix='') -%}
    case
        when {% for stock in abroad_stocks() -%}
            {{ prefix }}{{ stock }}{{ suffix }} is not null{{ ' or ' if not loop.last }}
        {%- endfor %}
            then {% for stock in abroad_stocks() -%}
                coalesce({{ prefix }}{{ stock }}{{ suffix }}, 0){{ ' + ' if not loop.last }}
            {%- endfor %}
    end
{%- endmacro %}

{% macro displaced_abroad_lacks(prefix='') -%}
    case
        when {{ displaced_abroad(prefix) }} is not null
            then nullif(
                concat_ws(
                    ', ',
                    {%- for stock in abroad_stocks() %}
                    if({{ prefix }}{{ stock }} is null, '{{ stock }}', null){{ ',' if not loop.last }}
                    {%- endfor %}
                ),
                ''
            )
    end
{%- endmacro %}

{#- Both sexes of some age bands together: NULL where a band of either is not known. -#}
{% macro both_sexes(bands, prefix='') -%}
    ({% for sex in ['female', 'male'] -%}
        {%- set last_sex = loop.last -%}
        {%- for band in bands -%}
            {{ prefix }}{{ sex }}_{{ band }}_stock{{ ' + ' if not (last_sex and loop.last) }}
        {%- endfor -%}
    {%- endfor %})
{%- endmacro %}

{#- How many on 1,000 inhabitants: NULL where either is unknown or nobody lives there. -#}
{% macro per_1000(count, inhabitants) -%}
    {{ fraction('1000.0 * ' ~ count, inhabitants) }}
{%- endmacro %}

{#- Refugee Recognition Rate = recognised / substantive. -#}
{% macro refugee_recognition_rate(prefix='') -%}
    {{ fraction(prefix ~ 'decisions_recognized', substantive_decisions(prefix)) }}
{%- endmacro %}

{#- Total Protection Rate = (recognised + complementary protection) / substantive. -#}
{% macro total_protection_rate(prefix='') -%}
    {{ fraction(
        '(' ~ prefix ~ 'decisions_recognized + ' ~ prefix ~ 'decisions_complementary)',
        substantive_decisions(prefix)
    ) }}
{%- endmacro %}

{#- Whether a change between two counts, or a rate over one, rests on fewer than var('small_count'). -#}
{% macro is_small(count) -%}
    ({{ count }} < {{ var('small_count') }})
{%- endmacro %}

{#- Sum of bigints as bigint: DuckDB's own sum is HUGEINT and breaks contracts. -#}
{% macro total(expression, where=none) -%}
    cast(sum({{ expression }}) {%- if where %} filter (where {{ where }}) {%- endif %} as bigint)
{%- endmacro %}

{#- Sum of floating-point numbers that does not depend on the order of the rows, to six decimals. -#}
{% macro exact_sum(expression, where=none) -%}
    cast(
        sum(cast({{ expression }} as decimal(18, 6))) {%- if where %} filter (where {{ where }}) {%- endif %} as double
    )
{%- endmacro %}

{#- A measure's value in the year before; NULL where there is no row of that year. -#}
{% macro year_before(measure, keys) -%}
    {%- set series = 'partition by ' ~ (keys | join(', ')) ~ ' order by reference_year' -%}
    case
        when lag(reference_year) over ({{ series }}) = reference_year - 1
            then lag({{ measure }}) over ({{ series }})
    end
{%- endmacro %}

{#- How a yearly measure stands against its own past. Two steps: `yearly_history` looks at other rows and
    goes into one CTE, `yearly_standing` into the next, which reads it. The first expects the columns of
    `keys` and reference_year.

    change: against the year before, if there is a figure for it, not against the last known one.
    highest_year: the earliest year with the highest value up to and with the row's year.
    baseline: see `yearly_baseline`, which with `against_baseline` is the part of the two about it. -#}
{% macro yearly_history(measure, keys) -%}
    {%- set series = 'partition by ' ~ (keys | join(', ')) ~ ' order by reference_year' -%}
    {{ year_before(measure, keys) }} as {{ measure }}_year_before,
    max({{ measure }}) over ({{ series }} rows unbounded preceding)
        as {{ measure }}_highest_to_date,
    max({{ with_year(measure) }}) over ({{ series }} rows unbounded preceding)
        as {{ measure }}_highest_with_year,
    {{ yearly_baseline(measure, keys) }}
{%- endmacro %}

{% macro yearly_standing(measure) -%}
    {{ measure }} - {{ measure }}_year_before as {{ measure }}_change,
    {{ fraction(measure ~ ' - ' ~ measure ~ '_year_before', measure ~ '_year_before') }}
        as {{ measure }}_change_rate,
    {{ is_small('least(' ~ measure ~ ', ' ~ measure ~ '_year_before)') }}
    and {{ measure }} is not null
    and {{ measure }}_year_before is not null as is_{{ measure }}_change_on_small_count,
    {{ year_of(measure ~ '_highest_with_year') }} as {{ measure }}_highest_year_to_date,
    {{ against_baseline(measure) }}
{%- endmacro %}

{#- A count and its year as one number, of which the greatest is of the highest count, and among equal ones
    of the earliest year: so a window that finds a maximum finds its year as well. NULL for what is less
    than nothing, which a residual can be. A count may be as large as a BIGINT holds. -#}
{% macro with_year(measure) -%}
    if({{ measure }} >= 0, 10000 * cast({{ measure }} as hugeint) + 9999 - reference_year, null)
{%- endmacro %}

{#- The year of such a number. -#}
{% macro year_of(number) -%}
    cast(9999 - {{ number }} % 10000 as integer)
{%- endmacro %}

{#- The value in var('baseline_year'); NULL if there is none. Difference and ratio are against it, and
    marked like a change where one of the two is a small count. Two steps, too. -#}
{% macro yearly_baseline(measure, keys) -%}
    max({{ measure }}) filter (where reference_year = {{ var('baseline_year') }}) over (
        partition by {{ keys | join(', ') }}
    ) as {{ measure }}_baseline
{%- endmacro %}

{% macro against_baseline(measure) -%}
    {{ measure }} - {{ measure }}_baseline as {{ measure }}_baseline_difference,
    {{ fraction(measure, measure ~ '_baseline') }} as {{ measure }}_baseline_ratio,
    {{ is_small('least(' ~ measure ~ ', ' ~ measure ~ '_baseline)') }}
    and {{ measure }} is not null
    and {{ measure }}_baseline is not null as is_{{ measure }}_baseline_on_small_count
{%- endmacro %}

{#- Whether a stock repeats that of an earlier reference date, and is large enough for this to say
    something: a small one is often the same by chance. -#}
{% macro is_carried_forward(stock, earlier_stock) -%}
    (
        coalesce({{ stock }} = {{ earlier_stock }}, false)
        and {{ stock }} >= {{ var('carried_forward_from') }}
    )
{%- endmacro %}

{#- The size of an estimate as a power of ten, from 0 (below 10) to 4 (10,000 and more): how far off an
    estimate is depends on it. -#}
{% macro estimate_size(estimate) -%}
    cast(least(greatest(floor(log10(greatest({{ estimate }}, 1))), 0), 4) as integer)
{%- endmacro %}

{#- Whether a member of a group is one at the end of a year. -#}
{% macro is_member_in(members, year) -%}
    {{ year }} >= coalesce({{ members }}.from_year, {{ year }})
    and {{ year }} <= coalesce({{ members }}.to_year, {{ year }})
{%- endmacro %}
