-- Where a stock moved one way since publication, and that of unknown origin in the same country of asylum
-- moved at least as far the other way: people may have been attributed anew.
with inputs as (
    select * from {{ ref('int_claim_inputs_found') }}
    where origin <> '-' and peer is null
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

history as (
    select * from {{ ref('fct_population_yearly_history').identifier }}
),

-- Origin not known.
nowhere as (
    select unhcr_code from countries
    where special_kind = 'unknown'
),

sides as (
    select distinct
        day_at_publication,
        day_newest,
        reference_year,
        unnest([origin, nowhere.unhcr_code]) as origin
    from inputs
    cross join nowhere
),

stocks as (
    select
        sides.day_at_publication,
        sides.day_newest,
        sides.reference_year,
        sides.origin,
        history.asylum_unhcr_code as asylum,
        {{ stood_on('sides.day_at_publication', 'history') }} as is_at_publication,
        {{ stood_on('sides.day_newest', 'history') }} as is_newest,
        unnest([
            { 'measure': 'asylum_seekers_stock', 'stock': history.asylum_seekers_stock },
            { 'measure': 'refugees_stock', 'stock': history.refugees_stock }
        ], recursive := true)
    from sides
    inner join history
        on
            sides.origin = history.origin_unhcr_code
            and sides.reference_year = history.reference_year
),

moves as (
    select
        day_at_publication,
        day_newest,
        reference_year,
        origin,
        asylum,
        measure,
        any_value(stock) filter (where is_at_publication) as stock_on_the_day,
        any_value(stock) filter (where is_newest) as stock,
        any_value(stock) filter (where is_newest) - any_value(stock) filter (where is_at_publication)
            as moved_by
    from stocks
    group by day_at_publication, day_newest, reference_year, origin, asylum, measure
    having abs(moved_by) >= {{ var('carried_forward_from') }}
),

final as (
    select
        inputs.document_id,
        inputs.claim_id,
        inputs.input_role,
        inputs.origin,
        inputs.asylum,
        inputs.measure,
        inputs.reference_year,
        max_by(
            {
                'asylum_name': countries.country_name,
                'stock_on_the_day': other.stock_on_the_day,
                'stock': other.stock,
                'move': known.moved_by
            },
            (abs(known.moved_by), countries.country_name)
        ) as unknown_origin
    from inputs
    inner join moves as known
        on
            inputs.day_at_publication = known.day_at_publication
            and inputs.day_newest = known.day_newest
            and inputs.reference_year = known.reference_year
            and inputs.measure = known.measure
            and inputs.origin = known.origin
            and inputs.asylum in (known.asylum, '-')
    inner join moves as other
        on
            known.day_at_publication = other.day_at_publication
            and known.day_newest = other.day_newest
            and known.reference_year = other.reference_year
            and known.measure = other.measure
            and known.asylum = other.asylum
            and known.origin <> other.origin
            and sign(known.moved_by) <> sign(other.moved_by)
            and abs(known.moved_by) <= abs(other.moved_by)
    inner join nowhere on other.origin = nowhere.unhcr_code
    inner join countries on known.asylum = countries.unhcr_code
    group by all
)

select * from final
