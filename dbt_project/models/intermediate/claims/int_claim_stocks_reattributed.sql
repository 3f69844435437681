-- Where a stock moved one way since publication, and that of unknown origin in the same country of asylum
-- moved at least as far the other way: people may have been attributed anew.
with inputs as (
    select * from {{ ref('int_claim_inputs_found') }}
    where origin <> '-'
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
        document_published_on,
        as_of,
        reference_year,
        unnest([origin, nowhere.unhcr_code]) as origin
    from inputs
    cross join nowhere
),

stocks as (
    select
        sides.document_published_on,
        sides.as_of,
        sides.reference_year,
        sides.origin,
        history.asylum_unhcr_code as asylum,
        {{ stood_on('sides.document_published_on', 'history') }} as is_at_publication,
        {{ stood_on('sides.as_of', 'history') }} as is_newest,
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
        document_published_on,
        as_of,
        reference_year,
        origin,
        asylum,
        measure,
        any_value(stock) filter (where is_at_publication) as stock_on_the_day,
        any_value(stock) filter (where is_newest) as stock,
        any_value(stock) filter (where is_newest) - any_value(stock) filter (where is_at_publication)
            as moved_by
    from stocks
    group by document_published_on, as_of, reference_year, origin, asylum, measure
    having abs(moved_by) >= {{ var('carried_forward_from') }}
),

final as (
    select
        inputs.document_id,
        inputs.claim_id,
        inputs.input_role,
        inputs.asylum,
        inputs.reference_year,
        max_by(
            {
                'asylum_name': countries.country_name,
                'stock_on_the_day': other.stock_on_the_day,
                'stock': other.stock,
                'move': known.moved_by
            },
            abs(known.moved_by)
        ) as unknown_origin
    from inputs
    inner join moves as known
        on
            inputs.document_published_on = known.document_published_on
            and inputs.as_of = known.as_of
            and inputs.reference_year = known.reference_year
            and inputs.measure = known.measure
            and inputs.origin = known.origin
            and inputs.asylum in (known.asylum, '-')
    inner join moves as other
        on
            known.document_published_on = other.document_published_on
            and known.as_of = other.as_of
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
