{#- Where known, each column is what its name says. A name that there is no rule for is an error, so that
    no column is listed without being tested. -#}
{% test expect_what_names_say(model, columns) %}
{%- set rules = [
    ('iso3|.*_iso3|.*unhcr_code', "regexp_full_match(COLUMN, '[A-Z]{3}')"),
    ('iso2', "regexp_full_match(COLUMN, '[A-Z]{2}')"),
    ('.*_at', "COLUMN between timestamp '2020-01-01' and now()::timestamp + interval 1 day"),
    ('.*reference_date|.*_on', "COLUMN between date '1951-01-01' and date '2100-12-31'"),
    ('.*_year|.*_year_to_date|.*_year_above_1000|.*_year_counted|inhabitants_year', 'COLUMN between 1951 and 2100'),
    ('.*_share|.*_in_range_rate|.*_recognition_rate|.*_protection_rate', 'COLUMN between 0 and 1 + 1e-9'),
    ('.*_change_rate|change_rate|largest_move_rate|change_over_era_rate', 'COLUMN >= -1'),
    ('.*_error_rate|.*_ratio', 'COLUMN >= 0'),
    ('(?!is_|are_).*_stock(_on_the_day|_baseline|_highest_to_date)?|(?!is_|are_).*_(baseline|highest_to_date|count)|times_seen|stock_before', 'COLUMN >= 0'),
    ('(pairs_)?(applications|decisions|returned)_(?!.*(change|difference|source|release_id)).*', 'COLUMN >= 0'),
    ('new_applications_.*|(earlier_|later_)?(stock_years|flow_sum|(lowest|highest|mean)_value)', 'COLUMN >= 0'),
    ('displaced_abroad_stock|inhabitants(_as_counted)?|.*_per_1000_inhabitants', 'COLUMN >= 0'),
    ('.*_source', "COLUMN in ('control_total', 'sum_of_pairs', 'mixed', 'not_available')"),
    ('.*(_id|_id_on_the_day|_ids|_name|_long|_title|_text|_word|_in)', "COLUMN <> '' and COLUMN = trim(COLUMN)"),
    (
        'publisher|paraphrase|location|reading|note|source|office|un_subregion|differs_in|findings'
        ~ '|compared_with|.*endpoints|datasets',
        "COLUMN <> '' and COLUMN = trim(COLUMN)",
    ),
] -%}
select *
from {{ model }}
where
    {%- for column in columns %}
    {%- set found = namespace(rule=none) %}
    {%- for pattern, rule in rules if found.rule is none and modules.re.fullmatch(pattern, column) %}
    {%- set found.rule = rule %}
    {%- endfor %}
    {%- if found.rule is none %}
    {{ exceptions.raise_compiler_error("expect_what_names_say has no rule for " ~ column ~ ": test it by another test") }}
    {%- endif %}
    {{ 'or ' if not loop.first }}({{ column }} is not null and not ({{ found.rule | replace('COLUMN', column) }}))
    {%- endfor %}
{% endtest %}
