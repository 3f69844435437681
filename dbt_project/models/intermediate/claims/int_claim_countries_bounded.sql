-- How many people may be missing in each country that a place is among, or that is counted, on each of the
-- two days. The row of all countries that are counted together is kept: `is_own`.
with places_asked as (
    select * from {{ ref('int_claim_places_asked') }}
    where not is_extreme
),

-- A place among the destinations of an origin, or their number: countries of asylum that give no origin of
-- many people may have any of them. Many claims ask for one year.
asked as (
    select * from places_asked
    where not is_peer and not is_of_origins and origin <> '-'
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

of_pairs as not materialized (
    select * from {{ ref('mart_destination_yearly_history').identifier }}
    where row_kind = 'pair'
),

years_asked as (
    select distinct
        measure,
        counting_unit,
        reference_year,
        day
    from asked
),

hosts as (
    select
        years_asked.*,
        of_pairs.asylum_unhcr_code as country,
        case years_asked.measure
            {%- for measure in completed_measures() %}
            when '{{ measure }}' then of_pairs.{{ measure }}
            {%- endfor %}
        end as persons,
        coalesce(countries.special_kind = 'unknown', false) as is_unknown
    from years_asked
    inner join of_pairs
        on
            years_asked.counting_unit = of_pairs.counting_unit
            and years_asked.reference_year = of_pairs.reference_year
            and {{ stood_on('years_asked.day', 'of_pairs') }}
    inner join countries on of_pairs.origin_unhcr_code = countries.unhcr_code
),

hosts_of_unknown as (
    select
        * exclude (persons, is_unknown),
        {{ total('persons', 'is_unknown') }} as unknown_there
    from hosts
    group by all
    having {{ is_missing_people('coalesce(' ~ total('persons', 'not is_unknown') ~ ', 0)', 'unknown_there') }}
),

hosts_without_origins as (
    select
        asked.document_id,
        asked.claim_id,
        asked.variant,
        found.country,
        found.unknown_there
    from asked
    inner join hosts_of_unknown as found using (measure, counting_unit, reference_year, day)
),

gathered as (
    select * from places_asked
    union all by name
    select * from {{ ref('int_claim_places_missing') }}
    union all by name
    select * from hosts_without_origins
),

-- The claim's own country is a peer too.
by_country as (
    select
        document_id,
        claim_id,
        variant,
        country,
        any_value(stated_value) as stated_value,
        any_value(lowest_counted) filter (where is_count) as lowest_counted,
        any_value(highest_counted) filter (where is_count) as highest_counted,
        bool_or(not is_peer) as is_own,
        any_value(is_of_origins) filter (where not is_peer) as is_of_origins,
        any_value(asylum = '-') filter (where not is_peer) as is_everywhere,
        sum(unknown_beside) filter (where not is_peer) as unknown_beside,
        coalesce(sum(figure) filter (where is_peer), 0) as figure,
        coalesce(sum(not_reported), 0) + coalesce(sum(of_other_type), 0) + coalesce(sum(of_other_unit), 0)
            as not_reported,
        coalesce(sum(of_other_unit), 0) as of_other_unit,
        sum(withheld) as withheld,
        sum(withheld_before) as withheld_before,
        sum(estimated) as estimated,
        sum(unknown_there) as unknown_there
    from gathered
    group by document_id, claim_id, variant, country
),

beside_own as (
    select
        *,
        max(figure) filter (where is_own) over claimed as own_figure,
        max(stated_value) over claimed as place_stated,
        max(lowest_counted) over claimed as lowest,
        max(highest_counted) over claimed as highest,
        count(*) over claimed as country_count,
        bool_or(withheld is not null) over claimed as is_withheld,
        bool_or(estimated is not null) over claimed as is_estimated,
        bool_or(is_of_origins) over claimed as is_among_origins,
        bool_or(is_everywhere) over claimed as is_among_all,
        max(unknown_beside) over claimed as unknown_of_all
    from by_country
    window claimed as (partition by document_id, claim_id, variant)
),

-- The estimate of all countries of asylum together, else that of the year, for five years, in which they
-- began to give no origins, else all people of unknown origin.
final as (
    select
        found.*,
        found.is_among_origins and not found.is_estimated as may_have_any_origin,
        found.not_reported + coalesce(
            case
                when found.is_estimated then coalesce(found.estimated, found.withheld)
                when not found.is_among_origins
                    then coalesce(
                        found.withheld, if(found.unknown_there is null, null, found.withheld_before),
                        found.unknown_there
                    )
                when found.is_among_all or found.lowest is not null
                    then greatest(found.unknown_of_all, found.withheld)
                else if(found.is_withheld, found.withheld, found.unknown_of_all)
            end,
            0
        ) as missing
    from beside_own as found
    left join countries on found.country = countries.unhcr_code
    where
        coalesce(countries.special_kind, 'tibetan') = 'tibetan'
        and (found.own_figure > 0 or found.lowest is not null)
)

select * from final
