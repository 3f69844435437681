-- The figures that a claim rests on, as they were at publication and are now, with the other countries that a
-- place or a count is among: those with a figure on either day.
with inputs as (
    select * from {{ ref('int_claim_inputs_wanted') }}
),

figures as (
    select * from {{ ref('int_claim_figures_found') }}
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

wanted_of_peers as (
    select
        inputs.* exclude (origin, asylum, origin_iso3, asylum_iso3),
        inputs.origin as origin_wanted,
        inputs.asylum as asylum_wanted,
        inputs.origin_iso3 as origin_iso3_wanted,
        inputs.asylum_iso3 as asylum_iso3_wanted,
        figures.origin,
        figures.asylum,
        figures.at_publication,
        figures.newest
    from inputs
    inner join figures
        on
            inputs.document_id = figures.document_id
            and inputs.claim_id = figures.claim_id
            and inputs.input_role = figures.input_role
            and inputs.measure = figures.measure
            and inputs.counting_unit = figures.counting_unit
            and inputs.reference_year = figures.reference_year
            and (inputs.origin = figures.origin or inputs.origin = '?')
            and (inputs.asylum = figures.asylum or inputs.asylum = '?')
    where inputs.is_among_peers
),

-- Where the largest increase ever is looked for, the increases from year to year take the figures' place.
extremes as (
    select * replace (
        {%- for variant in ['at_publication', 'newest'] %}
        if(
            extreme_of = 'increases',
            struct_update(
                {{ variant }},
                figure := {{ variant }}.figure - lag({{ variant }}.figure) over (
                    partition by document_id, claim_id, input_role, measure, counting_unit, origin, asylum
                    order by reference_year
                )
            ),
            {{ variant }}
        ) as {{ variant }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
    from wanted_of_peers
    where extreme_of is not null
),

by_peer as (
    select * from wanted_of_peers
    where extreme_of is null
    union all
    select * from extremes
),

-- Where nobody is, nobody has a place; nor have people of unknown origin and the stateless.
peers as (
    select
        by_peer.* exclude (origin_wanted, asylum_wanted, origin_iso3_wanted, asylum_iso3_wanted) replace (
            {%- for side in ['origin', 'asylum'] %}
            if(
                by_peer.{{ side }}_wanted = '?',
                coalesce(countries.iso3, countries.unhcr_code),
                by_peer.{{ side }}_told
            ) as {{ side }}_told{{ ',' if not loop.last }}
            {%- endfor %}
        ),
        {%- for side in ['origin', 'asylum'] %}
        if(by_peer.{{ side }}_wanted = '?', countries.iso3, by_peer.{{ side }}_iso3_wanted)
            as {{ side }}_iso3,
        {%- endfor %}
        countries.unhcr_code as peer
    from by_peer
    inner join countries
        on if(by_peer.origin_wanted = '?', by_peer.origin, by_peer.asylum) = countries.unhcr_code
    where
        coalesce(countries.special_kind, 'tibetan') = 'tibetan'
        and (by_peer.at_publication.figure > 0 or by_peer.newest.figure > 0)
),

-- What the largest ever is held against: the claim's own figure, or its increase.
own as (
    select
        document_id,
        claim_id,
        {%- for variant in ['at_publication', 'newest'] %}
        sum(if(input_role = 'base', -1, 1) * {{ variant }}.figure) as {{ variant }}{{ ',' if not loop.last }}
        {%- endfor %}
    from figures
    where input_role in ('figure', 'base')
    group by document_id, claim_id
),

-- Those above the claim's own come before it; else twenty are enough. Measures of a sum count as one.
shown_peers as (
    select peers.*
    from peers
    left join own on peers.document_id = own.document_id and peers.claim_id = own.claim_id
    qualify
        peers.extreme_of is null
        {%- for variant in ['at_publication', 'newest'] %}
        or own.{{ variant }} < sum(peers.{{ variant }}.figure) over (
            partition by peers.document_id, peers.claim_id, peers.input_role, peers.peer, peers.reference_year
        )
        {%- endfor %}
        or rank() over (
            partition by peers.document_id, peers.claim_id, peers.input_role
            order by greatest(peers.at_publication.figure, peers.newest.figure) desc
        ) <= 20
),

-- Four steps read it: worked out once.
final as materialized (
    select
        inputs.*,
        figures.at_publication,
        figures.newest,
        {{ columns(['reported_beside', 'unknown_beside'], 'figures.') }}
        {{ columns(['decisions_at_publication', 'decisions_newest'], 'figures.') }}
        figures.series_begins
    from inputs
    left join figures
        on
            inputs.document_id = figures.document_id
            and inputs.claim_id = figures.claim_id
            and inputs.input_role = figures.input_role
            and inputs.measure = figures.measure
            and inputs.counting_unit = figures.counting_unit
            and inputs.reference_year = figures.reference_year
            and inputs.origin = figures.origin
            and inputs.asylum = figures.asylum
    where not inputs.is_among_peers
    union all by name
    select * from shown_peers
)

select * from final
