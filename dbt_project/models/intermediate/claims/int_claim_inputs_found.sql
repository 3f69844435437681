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

-- Where the largest increase ever is looked for, the increases from year to year take the figures' place.
by_peer as (
    select
        inputs.* exclude (origin, asylum, origin_iso3, asylum_iso3),
        inputs.origin as origin_wanted,
        inputs.asylum as asylum_wanted,
        inputs.origin_iso3 as origin_iso3_wanted,
        inputs.asylum_iso3 as asylum_iso3_wanted,
        figures.origin,
        figures.asylum,
        {%- for variant in ['at_publication', 'newest'] %}
        if(
            inputs.extreme_of = 'increases',
            struct_update(
                figures.{{ variant }},
                figure := figures.{{ variant }}.figure - lag(figures.{{ variant }}.figure) over (
                    partition by
                        inputs.document_id, inputs.claim_id, inputs.input_role, figures.origin, figures.asylum
                    order by inputs.reference_year
                )
            ),
            figures.{{ variant }}
        ) as {{ variant }}{{ ',' if not loop.last }}
        {%- endfor %}
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

-- Where nobody is, nobody has a place; nor have people of unknown origin and the stateless.
peers as (
    select
        by_peer.* exclude (origin_wanted, asylum_wanted, origin_iso3_wanted, asylum_iso3_wanted) replace (
            {%- for side in ['origin', 'asylum'] %}
            if(by_peer.{{ side }}_wanted = '?', coalesce(countries.iso3, countries.unhcr_code), {{ side }}_told)
                as {{ side }}_told{{ ',' if not loop.last }}
            {%- endfor %}
        ),
        {%- for side in ['origin', 'asylum'] %}
        if(by_peer.{{ side }}_wanted = '?', countries.iso3, by_peer.{{ side }}_iso3_wanted) as {{ side }}_iso3,
        {%- endfor %}
        countries.unhcr_code as peer
    from by_peer
    inner join countries
        on if(by_peer.origin_wanted = '?', by_peer.origin, by_peer.asylum) = countries.unhcr_code
    where
        coalesce(countries.special_kind, 'tibetan') = 'tibetan'
        and (by_peer.at_publication.figure > 0 or by_peer.newest.figure > 0)
    -- Of all countries and years the ten largest are enough.
    qualify
        by_peer.extreme_of is null
        or row_number() over (
            partition by by_peer.document_id, by_peer.claim_id, by_peer.input_role
            order by greatest(by_peer.at_publication.figure, by_peer.newest.figure) desc
        ) <= 10
),

-- Four steps read it: worked out once.
final as materialized (
    select
        inputs.*,
        cast(null as varchar) as peer,
        figures.at_publication,
        figures.newest
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
    select * from peers
)

select * from final
