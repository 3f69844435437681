{%- set key = ['asylum_unhcr_code', 'measure', 'counting_unit', 'reference_year', 'kind'] -%}
{%- set what = {
    'asylum_seekers_stock': 'asylum-seekers', 'refugees_stock': 'refugees',
    'oip_stock': 'others in need of international protection',
    'others_of_concern_stock': 'others of concern', 'new_asylum_claims': 'people who claimed asylum',
    'applications_new': 'first applications', 'decisions_total': 'decisions',
    'palestine_refugees_stock': 'Palestine refugees', 'internally_displaced_stock': 'internally displaced people',
} -%}
-- Breaks of reporting as they were known from when to when, each with a clause that says what happened.
with breaks as (
    select * from {{ ref('int_reporting_breaks_found') }}
),

vintages as (
    select * from {{ ref('int_vintages_resolved') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

-- Of a figure that is not there, the one of the year before says where it is from.
sources as (
    select * from {{ ref('int_figures_sourced') }}
),

-- Where each of several origins can be all who were given one, that of the larger figure.
origins as (
    select
        {{ columns(key) }}
        valid_from,
        count(*) as origin_count,
        first(
            origin_unhcr_code
            order by persons desc, if(kind = 'origin_given_again', figure, 0) desc, origin_unhcr_code asc
        ) as largest_origin_unhcr_code,
        max(persons) as largest_origin_persons
    from {{ ref('int_reporting_breaks_of_origins') }}
    left join {{ ref('int_pairs_followed') }}
        using (
            origin_unhcr_code, asylum_unhcr_code, measure, counting_unit, reference_year, valid_from
        )
    group by {{ key | join(', ') }}, valid_from
),

joined as (
    select
        breaks.* exclude (bears_on_change),
        coalesce(origins.origin_count, 0) as origin_count,
        origins.largest_origin_unhcr_code,
        origins.largest_origin_persons,
        vintages.valid_to,
        {{ columns(lineage_columns()[:-1], 'sources.') }}
        sources.retrieved_at
    from breaks
    inner join vintages using (valid_from)
    left join origins using ({{ key | join(', ') }}, valid_from)
    left join sources
        on
            breaks.asylum_unhcr_code = sources.asylum_unhcr_code
            and breaks.measure = sources.measure
            and breaks.reference_year - if(breaks.kind = 'not_reported', 1, 0) = sources.reference_year
            and breaks.valid_from = sources.valid_from
),

merged as (
    {{ merged_neighbours('joined', key, lineage_columns()) }}
),

with_words as (
    select
        merged.*,
        case
            when merged.measure = 'palestine_refugees_stock' then ''
            when countries.special_kind = 'unknown' then ' of unknown origin'
            else ' from ' || countries.country_name_within
        end as from_origin,
        case
            when merged.origin_count > 2
                then ', and likewise of ' || merged.origin_count - 1 || ' other origins'
            when merged.origin_count = 2 then ', and likewise of another origin'
            else ''
        end as of_other_origins,
        case measure
            {%- for measure, words in what.items() %}
            when '{{ measure }}' then '{{ words }}'
            {%- endfor %}
        end as what,
        {%- for side in [1, 2] %}
        case split_part(detail, ' to ', {{ side }})
            {%- for measure, words in what.items() %}
            when '{{ measure }}' then '{{ words }}'
            {%- endfor %}
        end as moved_{{ side }},
        {%- endfor %}
        {%- for column in [
            'persons', 'largest_moved', 'figure', 'figure_before', 'unknown_origin', 'unknown_origin_before',
            'largest_before', 'largest_now',
        ] %}
        format('{:,}', {{ column }}) as {{ column }}_text{{ ',' if not loop.last }}
        {%- endfor %}
    from merged
    left join countries on merged.largest_origin_unhcr_code = countries.unhcr_code
),

final as (
    select
        merged.asylum_unhcr_code,
        asylums.iso3 as asylum_iso3,
        merged.measure,
        merged.counting_unit,
        merged.kind,
        asylums.country_name as asylum_name,
        merged.reference_year,
        merged.persons,
        merged.share,
        merged.figure_before,
        merged.figure,
        merged.unknown_origin_before,
        merged.unknown_origin,
        merged.origin_count,
        merged.largest_origin_unhcr_code,
        merged.largest_origin_persons,
        {{ break_note('merged') }} as note,
        min(merged.valid_from) over (
            partition by
                {%- for column in key %}
                merged.{{ column }}{{ ',' if not loop.last }}
                {%- endfor %}
        ) as known_from,
        merged.valid_from,
        merged.valid_to,
        merged.release_id,
        merged.last_release_id,
        merged.last_snapshot_id as snapshot_id,
        merged.last_retrieved_at as retrieved_at
    from with_words as merged
    left join countries as asylums on merged.asylum_unhcr_code = asylums.unhcr_code
)

select * from final
order by reference_year, asylum_unhcr_code, measure, kind, counting_unit, valid_from
