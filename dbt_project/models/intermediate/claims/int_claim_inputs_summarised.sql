-- All the figures of a claim together: as a list, and what there is to say of them.
with inputs as (
    select * from {{ ref('int_claim_inputs_numbered') }}
),

measures as (
    select * from {{ ref('int_claim_measures_combined') }}
),

roles as (
    select
        inputs.*,
        measures.label,
        inputs.input_role in ('figure', 'base', 'whole') as is_operand,
        inputs.input_role in ('figure', 'base') as is_compared,
        inputs.input_role in ('figure', 'whole', 'peer') as is_of_the_year,
        inputs.is_of_several and is_compared and inputs.is_covered_on_the_day
        and inputs.value_on_the_day is null as is_unknown_part,
        coalesce(inputs.asylum_name, inputs.origin_name) as country_name,
        measures.label || coalesce(' (' || country_name || ')', '') as part
    from inputs
    left join measures on inputs.measure = measures.measure
),

-- A stock of two years has most people twice: what was carried forward is told by year.
carried_forward as (
    select
        document_id,
        claim_id,
        string_agg(
            {{ figure_text('carried_forward_stock') }} || ' of ' || reference_year, ' and '
            order by reference_year
        ) as carried_forward_text
    from (
        select
            document_id,
            claim_id,
            reference_year,
            {{ total('carried_forward_stock', 'is_compared') }} as carried_forward_stock
        from roles
        group by document_id, claim_id, reference_year
    )
    where carried_forward_stock > 0
    group by document_id, claim_id
),

summarised as (
    select
        document_id,
        claim_id,
        list({
            'input_role': input_role,
            'peer': peer,
            'reference_year': reference_year,
            'stated_value': stated_together,
            'value_on_the_day': value_on_the_day,
            'value_newest': value_newest,
            'is_covered_on_the_day': is_covered_on_the_day,
            'is_covered': is_covered,
            'are_pairs_complete_on_the_day': are_pairs_complete_on_the_day,
            'are_pairs_complete': are_pairs_complete
        }) as figures,
        max_by(reference_date, (reference_year, -input_number)) filter (where is_of_the_year)
            as reference_date,
        any_value(release_id_on_the_day) as release_id_on_the_day,
        bool_and(is_covered_on_the_day) filter (where is_operand) as are_covered,
        bool_and(is_nobody_on_the_day) filter (where is_operand) as are_nobody,
        bool_and(stated_together is not null) filter (where is_operand) as are_all_stated,
        bool_or(is_after_release) filter (where is_operand) as is_after_release,
        {{ total('carried_forward_stock', 'is_compared') }} as carried_forward_stock,
        max_by(carried_forward_mostly_in, (carried_forward_stock, -input_number))
            filter (where carried_forward_stock > 0 and is_compared) as carried_forward_mostly_in,
        max_by(carried_forward_stock / value_on_the_day, (carried_forward_stock, -input_number))
            filter (where value_on_the_day > 0 and is_compared) as carried_forward_share,
        bool_or(is_provisional_on_the_day) filter (where is_operand or is_of_the_year)
            as is_provisional_on_the_day,
        -- Of mid-year and of the year's end together: of a flow, half a year against whole ones.
        coalesce(
            count(distinct is_provisional_on_the_day)
            filter (where value_on_the_day is not null and (is_operand or is_of_the_year)) = 2,
            false
        ) as are_halves_and_wholes,
        coalesce(
            max_by(is_provisional, (reference_year, -input_number)) filter (where is_of_the_year), false
        ) as is_provisional,
        sum(stated_difference) filter (where input_role = 'figure') as stated_difference,
        string_agg(
            reference_year || coalesce(' in ' || {{ name_within('asylum_name') }}, '') || ': '
            || {{ figure_text('stated_value') }} || ' stated, '
            || {{ figure_text('value_on_the_day') }} || ' at publication',
            '; ' order by input_number
        ) filter (
            where stated_difference <> 0
            and not value_on_the_day between stated_from and stated_up_to
            and is_operand
        ) as stated_differences_text,
        string_agg(distinct cast(reference_year as varchar), ', ' order by cast(reference_year as varchar))
            filter (where value_on_the_day is null and not is_covered_on_the_day and is_operand)
            as years_not_covered,
        string_agg(distinct cast(reference_year as varchar), ', ' order by cast(reference_year as varchar))
            filter (where value_on_the_day is null and is_covered_on_the_day and is_operand)
            as years_without_figure,
        max(series_begins) filter (where is_operand) as series_begins,
        min_by(
            'In ' || {{ name_within('unknown_origin.asylum_name') }}
            || ' the stock of unknown origin went from '
            || {{ figure_text('unknown_origin.stock_on_the_day') }} || ' to '
            || {{ figure_text('unknown_origin.stock') }}
            || ' meanwhile: part of the move may be one of attribution.',
            input_number
        ) filter (where input_role = 'figure') as unknown_origin_text,
        -- Of a sum, the parts that are not known; of many countries, of how many.
        if(
            count(distinct country_name) filter (where is_unknown_part) > 5,
            string_agg(distinct label, '; ' order by label) filter (where is_unknown_part)
            || ' (' || count(distinct country_name) filter (where is_unknown_part) || ' countries)',
            string_agg(distinct part, '; ' order by part) filter (where is_unknown_part)
        ) as measures_without_figure,
        max(release_id) as release_id,
        max_by(snapshot_id, (release_id, -input_number)) as snapshot_id,
        max_by(retrieved_at, (release_id, -input_number)) as retrieved_at
    from roles
    group by document_id, claim_id
),

final as (
    select
        summarised.*,
        carried_forward.carried_forward_text
    from summarised
    left join carried_forward
        on
            summarised.document_id = carried_forward.document_id
            and summarised.claim_id = carried_forward.claim_id
)

select * from final
