-- What is stated, in words, how far the newest result is from that at publication, and what is told of it
-- after that.
with judged as (
    select * from {{ ref('int_claims_judged') }}
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

groups as (
    select * from {{ ref('dim_country_group').identifier }}
),

-- Names of countries, groups and regions by the codes under which claims name them.
named as (
    select
        coalesce(iso3, unhcr_code) as code,
        country_name as shown_name
    from countries
    union
    select
        group_id as code,
        group_name as shown_name
    from groups
    {%- for column in ['unhcr_region', 'un_region'] %}
    union
    select
        {{ region_group(column) }} as code,
        {{ column }} as shown_name
    from countries
    where {{ column }} is not null
    {%- endfor %}
    union
    select
        '*' as code,
        'all countries' as shown_name
),

by_code as (
    select map(list(code), list(shown_name)) as labels
    from named
),

with_labels as (
    select
        judged.*,
        by_code.labels
    from judged
    cross join by_code
),

shown as (
    select
        *,
        {%- for side in ['origin', 'asylum'] %}
        array_to_string(
            list_transform(
                string_split(nullif(claim.base_{{ side }}, claim.{{ side }}), '+'),
                lambda code: coalesce(labels[code], code)
            ),
            ' and '
        ) as base_{{ side }}_named,
        {%- endfor %}
        case claim.wording
            when 'plain' then ''
            when 'slightly_below' then 'slightly below '
            when 'slightly_above' then 'slightly above '
            else claim.wording || ' '
        end || {{ claim_text(
            'coalesce(claim.stated_value, claim.stated_high, claim.stated_low)', 'claim.stated_low', 'claim.'
        ) }} as shown_text
    from with_labels
),

-- Five steps read it: worked out once.
final as materialized (
    select
        * exclude (labels, shown_text, base_origin_named, base_asylum_named),
        case
            when claim.kind = 'comparison'
                then
                    concat_ws(
                        ' ',
                        case when claim.wording in ('slightly_below', 'slightly_above') then 'slightly' end,
                        if(claim.relation = 'equal', 'as much as', claim.relation),
                        nullif(concat_ws(' in ', base_origin_named, base_asylum_named), '') || ',',
                        claim.base_from_year,
                        if(claim.base_to_year > claim.base_from_year, 'to ' || claim.base_to_year, null)
                    )
                    || coalesce(', at least ' || {{ figure_text('claim.stated_low') }} || ' times', '')
                    || coalesce(', at most ' || {{ figure_text('claim.stated_high') }} || ' times', '')
            when claim.kind = 'record'
                then
                    'highest in ' || claim.to_year || ', of ' || claim.from_year || ' to ' || claim.to_year
            when claim.kind = 'rising'
                then 'higher every year, ' || claim.from_year || ' to ' || claim.to_year
            when claim.kind = 'extreme' then 'the largest ever of any country'
            when claim.stated_value is not null or claim.kind = 'range' then shown_text
            when claim.stated_high is null then 'at least ' || shown_text
            when claim.stated_low is null then 'at most ' || shown_text
            else 'between ' || {{ figure_text('claim.stated_low') }} || ' and ' || shown_text
        end as stated_text,
        -- Of places, years and bounds no difference in percent says anything.
        case
            when claim.kind in ('level', 'sum', 'difference')
                then {{ fraction('newest.value - at_publication.value', 'at_publication.value') }}
        end as change_rate,
        case
            when newest.text is null then '; now it has no figure'
            when claim.reference_date is not null and inputs.release_id = inputs.release_id_on_the_day
                then '; no later release says what it was on that day'
            when newest.text = at_publication.text
                then '; it still does (release ' || inputs.release_id || ')'
            else
                '; now ' || newest.text || ' (release ' || inputs.release_id
                || coalesce(', ' || replace(format('{:+.1f}', 100 * change_rate), '-', '−') || ' %', '')
                || ')'
        end as newest_clause
    from shown
)

select * from final
