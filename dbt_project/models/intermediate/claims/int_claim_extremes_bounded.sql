{%- set year_asked = ['document_id', 'claim_id', 'variant', 'reference_year'] -%}
-- Which place the largest ever of a claim may hold among all countries and years on each of the two days: in
-- its figure with all who may be missing, in theirs by the high end of the estimate, else with people of
-- unknown origin as those of known origin are. Of increases also those missing in the year before.
with asked as (
    select * from {{ ref('int_claim_places_asked') }}
    where is_extreme
),

claims as (
    select
        *,
        base_from_year is not null as is_increase
    from {{ ref('int_claims_combined') }}
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

missing as (
    select
        {{ columns(year_asked) }}
        country,
        coalesce(sum(not_reported), 0) + coalesce(sum(of_other_type), 0) + coalesce(sum(of_other_unit), 0)
            as not_reported,
        coalesce(sum(of_other_unit), 0) > 0 as is_in_other_unit,
        coalesce(sum(withheld), sum(withheld_before)) as withheld,
        sum(estimated) as estimated
    from {{ ref('int_claim_places_missing') }}
    group by all
),

figures as (
    select
        document_id,
        claim_id,
        origin,
        asylum,
        reference_year,
        unnest([
            { 'variant': 'at_publication', 'figure': at_publication.figure },
            { 'variant': 'newest', 'figure': newest.figure }
        ], recursive := true)
    from {{ ref('int_claim_figures_found') }}
    where input_role = 'peer'
    union all by name
    -- A country of which all are missing has no figure.
    select
        {{ columns(year_asked) }}
        country as origin,
        country as asylum,
        0 as figure
    from missing
    where not_reported > 0
),

-- Beside each origin stand the people of unknown origin of its year.
placed as (
    select
        figures.*,
        coalesce(countries.iso3, countries.unhcr_code) as iso3,
        countries.special_kind,
        sum(figures.figure) filter (where countries.special_kind = 'unknown') over beside as unknown_there,
        sum(figures.figure) over beside - unknown_there as known_there
    from (
        select
            {{ columns(year_asked, 'asked.') }}
            asked.is_of_origins,
            if(asked.is_of_origins, figures.origin, figures.asylum) as country,
            sum(figures.figure) as figure
        from figures
        inner join asked using ({{ year_asked | join(', ') }})
        group by all
    ) as figures
    inner join countries on figures.country = countries.unhcr_code
    window beside as (partition by {{ year_asked | join(', ') }})
),

completed as (
    select
        placed.*,
        placed.is_of_origins and missing.estimated is null
        and {{ is_missing_people('placed.known_there', 'placed.unknown_there') }} as is_undistributed,
        coalesce(missing.is_in_other_unit, false) as is_in_other_unit,
        coalesce(missing.not_reported, 0) as unreported,
        coalesce(missing.estimated, missing.withheld, 0) as without_origin,
        unreported + if(
            is_undistributed,
            greatest(without_origin, placed.figure * placed.unknown_there / nullif(placed.known_there, 0)),
            without_origin
        ) as missing,
        unreported + if(is_undistributed, placed.unknown_there, without_origin) as missing_at_most
    from placed
    left join missing using (document_id, claim_id, variant, country, reference_year)
    where coalesce(placed.special_kind, 'tibetan') = 'tibetan'
),

-- What is held against each other: figures, or the increases since the year before.
compared as (
    select
        completed.*,
        claims.is_increase,
        claims.to_year,
        completed.iso3 = if(completed.is_of_origins, claims.origin, claims.asylum) as is_own_country,
        is_own_country and completed.reference_year between claims.base_from_year and claims.base_to_year
            as is_own_base,
        if(claims.is_increase, lag(completed.figure) over of_country, 0) as figure_before,
        if(claims.is_increase, lag(completed.missing) over of_country, 0) as missing_before
    from completed
    inner join claims on completed.document_id = claims.document_id and completed.claim_id = claims.claim_id
    window of_country as (
        partition by completed.document_id, completed.claim_id, completed.variant, completed.country
        order by completed.reference_year
    )
),

-- The claim's own, with none and with all of those who may be missing.
with_own as (
    select
        *,
        is_own_country and reference_year = to_year as is_own,
        sum(figure) filter (where is_own) over of_claim as own_figure,
        coalesce(sum(figure) filter (where is_own_base) over of_claim, 0) as own_base,
        own_figure - own_base - coalesce(sum(missing) filter (where is_own_base) over of_claim, 0)
            as own_least,
        own_figure - own_base + sum(missing_at_most) filter (where is_own) over of_claim as own_most
    from compared
    window of_claim as (partition by document_id, claim_id, variant)
),

final as (
    select
        document_id,
        claim_id,
        {%- for variant in ['at_publication', 'newest'] %}
        {%- set is_other = "variant = '" ~ variant ~ "' and not is_own" %}
        1 + count(*) filter (where {{ is_other }} and figure - figure_before - missing_before > own_most)
            as best_{{ variant }},
        1 + count(*) filter (where {{ is_other }} and figure + missing - figure_before > own_least)
            as worst_{{ variant }},
        {%- endfor %}
        bool_or(is_in_other_unit) as is_in_other_unit,
        1 as stated_value
    from with_own
    where own_figure > 0
    group by document_id, claim_id
)

select * from final
