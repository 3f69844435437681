{#- Claims of published documents, held against the database. `documents` and `claims` are relations with
    the columns of the seeds `published_documents` and `published_claims`; `as_of` is an expression for
    the day that counts as now. -#}

{#- Datasets that a claim can be about: facts with totals, facts with pairs, counting unit, measures. -#}
{% macro claim_datasets() -%}
    {{ return([
        ('population', "'persons'", population_stocks() + population_flows()),
        ('asylum_applications', 'counting_unit', application_measures()),
        ('asylum_decisions', 'counting_unit', decision_measures()),
    ]) }}
{%- endmacro %}

{#- Kinds of claim of which each unit stands beside another figure. -#}
{% macro kinds_with_base() -%}
    ('change', 'ratio', 'comparison')
{%- endmacro %}

{#- Percent and figures for people; a whole number without a decimal point. -#}
{% macro figure_text(value) -%}
    case
        when {{ value }} = round({{ value }}) then format('{:,}', cast(round({{ value }}) as bigint))
        when abs({{ value }}) >= 10 then format('{:,.1f}', {{ value }})
        else format('{:,.2f}', {{ value }})
    end
{%- endmacro %}

{#- A difference with its sign. -#}
{% macro signed_text(value) -%}
    if({{ value }} < 0, '−', '+') || {{ figure_text('abs(' ~ value ~ ')') }}
{%- endmacro %}

{#- Years and country that a claim compares with. -#}
{% macro base_text() -%}
    concat_ws(
        ' ',
        if(base_asylum_iso3 is distinct from asylum_iso3, base_asylum_iso3, null),
        if(
            base_to_year > base_from_year,
            base_from_year || ' to ' || base_to_year,
            cast(base_from_year as varchar)
        )
    )
{%- endmacro %}

{#- Claims with the document that makes them. -#}
{% macro claims_of_documents(documents, claims) -%}
    select
        claims.*,
        documents.publisher,
        documents.title as document_title,
        documents.published_on as document_published_on
    from {{ claims }} as claims
    inner join {{ documents }} as documents using (document_id)
{%- endmacro %}

{#- Every figure that a claim rests on, with what the document says of it, what the database said on
    the day of publication, and what it says now. -#}
{% macro claim_inputs(documents, claims, as_of) -%}
    with claims as (
        {{ claims_of_documents(documents, claims) }}
    ),

    countries as (
        select * from {{ ref('dim_country') }}
    ),

    releases as (
        select * from {{ ref('dim_release') }}
    ),

    coverage as (
        select * from {{ ref('int_coverage_in_force') }}
    ),

    carried_forward as (
        select * from {{ ref('mart_carried_forward') }}
    ),

    datasets as (
        {%- for name, _, measures in claim_datasets() %}
        select
            '{{ name | replace("_", "-") }}' as endpoint,
            unnest([
                {%- for measure in measures %}
                '{{ measure }}',
                {%- endfor %}
                {%- if name == 'asylum_decisions' %}
                'refugee_recognition_rate',
                'total_protection_rate'
                {%- endif %}
            ]) as measure
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ),

    days as (
        select distinct document_published_on as day from claims
        union
        select cast({{ as_of }} as date) as day
    ),

    -- Which figures a claim rests on. A share's whole, a rank's and a count's peers are of other countries
    -- of asylum; beside a sum of stocks stand the applications of the same years.
    needed_by_role as (
        select
            *,
            'figure' as input_role,
            origin_iso3 as input_origin,
            asylum_iso3 as input_asylum,
            measure as input_measure,
            unnest(generate_series(from_year, to_year)) as input_year
        from claims
        where not (kind = 'count' and count_of = 'countries')
        union all
        select
            *,
            'base' as input_role,
            origin_iso3 as input_origin,
            coalesce(base_asylum_iso3, asylum_iso3) as input_asylum,
            measure as input_measure,
            unnest(generate_series(base_from_year, base_to_year)) as input_year
        from claims
        where kind in {{ kinds_with_base() }}
        union all
        select
            *,
            'whole' as input_role,
            origin_iso3 as input_origin,
            cast(null as varchar) as input_asylum,
            measure as input_measure,
            to_year as input_year
        from claims
        where kind in ('share', 'rank') or (kind = 'count' and count_of = 'countries')
        union all
        select
            *,
            'new_applications' as input_role,
            origin_iso3 as input_origin,
            asylum_iso3 as input_asylum,
            'applications_new' as input_measure,
            unnest(generate_series(from_year, to_year)) as input_year
        from claims
        where kind in ('level', 'sum') and measure = 'asylum_seekers_stock'
        union all
        -- What a flow is mistaken for.
        select
            *,
            'stock' as input_role,
            origin_iso3 as input_origin,
            asylum_iso3 as input_asylum,
            'asylum_seekers_stock' as input_measure,
            to_year as input_year
        from claims
        where kind = 'level' and measure = 'applications_new'
    ),

    needed as (
        select
            needed_by_role.document_id,
            needed_by_role.claim_id,
            needed_by_role.document_published_on,
            needed_by_role.kind,
            needed_by_role.input_role,
            needed_by_role.input_origin as origin_iso3,
            needed_by_role.input_asylum as asylum_iso3,
            needed_by_role.counting_unit,
            needed_by_role.input_measure as measure,
            cast(needed_by_role.input_year as integer) as reference_year,
            coalesce(origins.unhcr_code, if(needed_by_role.input_origin is null, '-', null)) as origin,
            coalesce(asylums.unhcr_code, if(needed_by_role.input_asylum is null, '-', null)) as asylum
        from needed_by_role
        left join countries as origins on needed_by_role.input_origin = origins.iso3
        left join countries as asylums on needed_by_role.input_asylum = asylums.iso3
    ),

    -- A summed side is '-'. Of peers all pairs of the origin and year are wanted.
    cells as (
        select distinct
            origin,
            asylum,
            reference_year,
            false as with_peers
        from needed
        union
        select
            origin,
            '-' as asylum,
            reference_year,
            true as with_peers
        from needed
        where input_role = 'whole' and kind in ('rank', 'count')
    ),

    {% for name, unit, measures in claim_datasets() -%}
    {%- set totals = 'fct_' ~ name ~ '_totals_yearly_history' -%}
    {%- set pairs = 'fct_' ~ name ~ '_yearly_history' -%}
    {%- for source, level in [(totals, 'total'), (pairs, 'pair')] %}
    {{ name }}_{{ level }}s_of_days as (
        select
            days.day,
            {%- if level == 'total' %}
            case when total_by = 'origin' then country_unhcr_code else '-' end as origin,
            case when total_by = 'asylum' then country_unhcr_code else '-' end as asylum,
            are_pairs_complete,
            {%- else %}
            origin_unhcr_code as origin,
            asylum_unhcr_code as asylum,
            cast(null as boolean) as are_pairs_complete,
            {%- endif %}
            {{ unit }} as counting_unit,
            {{ columns(measures) }}
            reference_year,
            reference_date,
            is_provisional,
            release_id,
            snapshot_id,
            retrieved_at
        from days
        inner join {{ ref(source) }} as figures_of_day on {{ stood_on('days.day', 'figures_of_day') }}
    ),
    {% endfor %}
    {{ name }}_rows as (
        select * from {{ name }}_totals_of_days
        semi join cells using (origin, asylum, reference_year)
        union all
        select * from {{ name }}_pairs_of_days
        semi join cells using (origin, asylum, reference_year)
        union all
        select {{ name }}_pairs_of_days.* from {{ name }}_pairs_of_days
        semi join (select * from cells where with_peers) as of_peers using (origin, reference_year)
        anti join cells using (origin, asylum, reference_year)
    ),

    {{ name }} as (
        select
            day,
            origin,
            asylum,
            counting_unit,
            reference_year,
            {%- for measure in measures %}
            sum({{ measure }}) as {{ measure }},
            {%- endfor %}
            any_value(reference_date) as reference_date,
            bool_or(is_provisional) as is_provisional,
            bool_and(are_pairs_complete) as are_pairs_complete,
            any_value(release_id) as release_id,
            any_value(snapshot_id) as snapshot_id,
            any_value(retrieved_at) as retrieved_at
        from {{ name }}_rows
        group by day, origin, asylum, counting_unit, reference_year
    ),
    {% endfor %}
    figures as (
        {%- for name, _, measures in claim_datasets() %}
        select
            day,
            origin,
            asylum,
            counting_unit,
            reference_year,
            reference_date,
            is_provisional,
            are_pairs_complete,
            release_id,
            snapshot_id,
            retrieved_at,
            unnest([
                {%- for measure in measures %}
                { 'measure': '{{ measure }}', 'figure': cast({{ measure }} as double) },
                {%- endfor %}
                {%- if name == 'asylum_decisions' %}
                { 'measure': 'refugee_recognition_rate', 'figure': {{ refugee_recognition_rate() }} },
                { 'measure': 'total_protection_rate', 'figure': {{ total_protection_rate() }} }
                {%- endif %}
            ], recursive := true)
        from {{ name }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ),

    peers as (
        select distinct
            needed.document_id,
            needed.claim_id,
            needed.document_published_on,
            needed.kind,
            'peer' as input_role,
            needed.origin_iso3,
            countries.iso3 as asylum_iso3,
            needed.counting_unit,
            needed.measure,
            needed.reference_year,
            needed.origin,
            figures.asylum
        from needed
        inner join figures
            on
                needed.origin = figures.origin
                and needed.reference_year = figures.reference_year
                and needed.measure = figures.measure
                and needed.counting_unit = figures.counting_unit
                and figures.day in (needed.document_published_on, cast({{ as_of }} as date))
        inner join countries on figures.asylum = countries.unhcr_code
        where
            needed.input_role = 'whole'
            and needed.kind in ('rank', 'count')
            and figures.figure > 0
    ),

    wanted as (
        select * from needed
        union all by name
        select * from peers
    ),

    -- The release that was in force on the day, whether or not the warehouse holds it.
    releases_of_days as (
        select
            days.day,
            max_by(releases.release_id, releases.published_on) as expected_release_id
        from days
        left join releases on days.day >= releases.published_on
        group by days.day
    ),

    -- Whether the release of the day answers for a cell: only then does a missing row say that there was
    -- no figure.
    covered as (
        select distinct
            wanted.document_id,
            wanted.claim_id,
            wanted.input_role,
            wanted.origin,
            wanted.asylum,
            wanted.measure,
            wanted.reference_year
        from wanted
        inner join datasets using (measure)
        inner join releases_of_days on wanted.document_published_on = releases_of_days.day
        inner join coverage
            on
                datasets.endpoint = coverage.endpoint
                and releases_of_days.expected_release_id = coverage.release_id
                and wanted.reference_year between coverage.from_year and coverage.to_year
                and wanted.reference_year <= year(coverage.release_reference_date)
                and wanted.document_published_on >= coverage.valid_from
                and (wanted.document_published_on < coverage.valid_to or coverage.valid_to is null)
        where
            (
                coverage.slice = 'pairs'
                and (
                    (wanted.origin = '-' and coverage.covers_all_origins)
                    or coverage.origin_cell in (coalesce(wanted.origin_iso3, wanted.origin), '*')
                )
                and (
                    (wanted.asylum = '-' and coverage.covers_all_asylums)
                    or coverage.asylum_cell in (coalesce(wanted.asylum_iso3, wanted.asylum), '*')
                )
            )
            or (
                coverage.slice = 'by_origin'
                and wanted.asylum = '-'
                and coverage.origin_cell in (coalesce(wanted.origin_iso3, wanted.origin), '*')
            )
            or (
                coverage.slice = 'by_asylum'
                and wanted.origin = '-'
                and coverage.asylum_cell in (coalesce(wanted.asylum_iso3, wanted.asylum), '*')
            )
    ),

    -- What now answers: the lineage of a figure that is not there.
    newest_snapshots as (
        select
            endpoint,
            max_by(release_id, valid_from) as release_id,
            max_by(snapshot_id, valid_from) as snapshot_id,
            max_by(retrieved_at, valid_from) as retrieved_at
        from coverage
        where
            valid_from <= cast({{ as_of }} as date)
            and (valid_to > cast({{ as_of }} as date) or valid_to is null)
        group by endpoint
    ),

    -- The pairs behind the stocks, and those of unknown origin beside them.
    stocks as (
        select
            day,
            origin,
            asylum,
            reference_year,
            unnest([
                {%- for measure in ['asylum_seekers_stock', 'refugees_stock'] %}
                { 'measure': '{{ measure }}', 'stock': {{ measure }} }{{ ',' if not loop.last }}
                {%- endfor %}
            ], recursive := true)
        from population_pairs_of_days
        where
            reference_year in (select cells.reference_year from cells)
            and (
                origin in (select cells.origin from cells)
                or origin in (select unhcr_code from countries where special_kind = 'unknown')
                or '-' in (select cells.origin from cells)
            )
    ),

    -- Where a stock moved one way since the day, and that of unknown origin in the same country of asylum
    -- moved at least as far the other way: people may have been attributed anew.
    moved as (
        select
            of_the_day.day,
            of_the_day.origin,
            of_the_day.asylum,
            of_the_day.reference_year,
            of_the_day.measure,
            of_the_day.stock as stock_on_the_day,
            of_now.stock as stock_newest
        from stocks as of_the_day
        inner join stocks as of_now using (origin, asylum, reference_year, measure)
        where of_now.day = cast({{ as_of }} as date)
    ),

    attributed as (
        select
            wanted.document_id,
            wanted.claim_id,
            wanted.input_role,
            wanted.origin,
            wanted.asylum,
            wanted.measure,
            wanted.reference_year,
            max_by(
                {
                    'asylum_name': countries.country_name,
                    'on_the_day': unknown.stock_on_the_day,
                    'newest': unknown.stock_newest,
                    'move': known.stock_newest - known.stock_on_the_day
                },
                abs(known.stock_newest - known.stock_on_the_day)
            ) as unknown_origin
        from wanted
        inner join moved as known
            on
                wanted.document_published_on = known.day
                and wanted.origin = known.origin
                and wanted.asylum in (known.asylum, '-')
                and wanted.measure = known.measure
                and wanted.reference_year = known.reference_year
        inner join moved as unknown
            on
                known.day = unknown.day
                and known.asylum = unknown.asylum
                and known.reference_year = unknown.reference_year
                and known.measure = unknown.measure
        inner join countries as origins
            on unknown.origin = origins.unhcr_code and origins.special_kind = 'unknown'
        inner join countries on known.asylum = countries.unhcr_code
        where
            known.origin <> unknown.origin
            and abs(known.stock_newest - known.stock_on_the_day) >= {{ var('carried_forward_from') }}
            and (known.stock_newest > known.stock_on_the_day)
            <> (unknown.stock_newest > unknown.stock_on_the_day)
            and abs(unknown.stock_newest - unknown.stock_on_the_day)
            >= abs(known.stock_newest - known.stock_on_the_day)
        group by all
    ),

    -- What of a stock repeats an earlier reference date: pairs found so in a release that was out by the
    -- day, and still standing on it.
    repeated_pairs as (
        select distinct
            days.day,
            carried_forward.origin_unhcr_code as origin,
            carried_forward.asylum_unhcr_code as asylum,
            carried_forward.asylum_name,
            carried_forward.measure,
            carried_forward.reference_year,
            carried_forward.carried_forward_stock
        from days
        inner join carried_forward on days.day >= carried_forward.published_on
        inner join stocks
            on
                days.day = stocks.day
                and carried_forward.origin_unhcr_code = stocks.origin
                and carried_forward.asylum_unhcr_code = stocks.asylum
                and carried_forward.reference_year = stocks.reference_year
                and carried_forward.measure = stocks.measure
                and carried_forward.carried_forward_stock = stocks.stock
    ),

    repeated as (
        select
            wanted.document_id,
            wanted.claim_id,
            wanted.input_role,
            wanted.origin,
            wanted.asylum,
            wanted.measure,
            wanted.reference_year,
            {{ total('repeated_pairs.carried_forward_stock') }} as carried_forward_stock,
            max_by(repeated_pairs.asylum_name, repeated_pairs.carried_forward_stock)
                as carried_forward_mostly_in
        from wanted
        inner join repeated_pairs
            on
                wanted.document_published_on = repeated_pairs.day
                and wanted.measure = repeated_pairs.measure
                and wanted.reference_year = repeated_pairs.reference_year
                and wanted.origin in (repeated_pairs.origin, '-')
                and wanted.asylum in (repeated_pairs.asylum, '-')
        group by all
    ),

    -- The document's own figures are the levels that it states.
    stated as (
        select
            document_id,
            origin_iso3,
            asylum_iso3,
            counting_unit,
            measure,
            to_year as reference_year,
            min_by(stated_value, claim_id) as stated_value
        from claims
        where kind = 'level' and stated_value is not null
        group by all
    ),

    joined as (
        select
            wanted.*,
            origins.country_name as origin_name,
            asylums.country_name as asylum_name,
            stated.stated_value,
            -- Of another release than the one in force, nothing is known of the day.
            case
                when of_the_day.release_id = releases_of_days.expected_release_id
                    then of_the_day.figure
            end as value_on_the_day,
            of_now.figure as value_newest,
            of_now.reference_date,
            coalesce(
                repeated.carried_forward_stock,
                if(wanted.measure in ('asylum_seekers_stock', 'refugees_stock'), 0, null)
            ) as carried_forward_stock,
            repeated.carried_forward_mostly_in,
            -- Where that is most of the move.
            if(
                2 * abs(attributed.unknown_origin.move) >= abs(of_now.figure - of_the_day.figure),
                attributed.unknown_origin,
                null
            ) as unknown_origin,
            covered.measure is not null
            or coalesce(
                of_the_day.release_id = releases_of_days.expected_release_id, false
            ) as is_covered_on_the_day,
            of_the_day.is_provisional as is_provisional_on_the_day,
            of_now.is_provisional as is_provisional,
            of_the_day.are_pairs_complete as are_pairs_complete_on_the_day,
            of_now.are_pairs_complete,
            releases_of_days.expected_release_id as release_id_on_the_day,
            coalesce(of_now.release_id, newest_snapshots.release_id) as release_id,
            coalesce(of_now.snapshot_id, newest_snapshots.snapshot_id) as snapshot_id,
            coalesce(of_now.retrieved_at, newest_snapshots.retrieved_at) as retrieved_at
        from wanted
        inner join datasets on wanted.measure = datasets.measure
        left join newest_snapshots on datasets.endpoint = newest_snapshots.endpoint
        inner join releases_of_days on wanted.document_published_on = releases_of_days.day
        left join countries as origins on wanted.origin = origins.unhcr_code
        left join countries as asylums on wanted.asylum = asylums.unhcr_code
        {%- for name, day in [
            ('of_the_day', 'wanted.document_published_on'), ('of_now', 'cast(' ~ as_of ~ ' as date)'),
        ] %}
        left join figures as {{ name }}
            on
                {{ name }}.day = {{ day }}
                and wanted.origin = {{ name }}.origin
                and wanted.asylum = {{ name }}.asylum
                and wanted.counting_unit = {{ name }}.counting_unit
                and wanted.measure = {{ name }}.measure
                and wanted.reference_year = {{ name }}.reference_year
        {%- endfor %}
        left join stated
            on
                wanted.document_id = stated.document_id
                and wanted.origin_iso3 is not distinct from stated.origin_iso3
                and wanted.asylum_iso3 is not distinct from stated.asylum_iso3
                and wanted.counting_unit = stated.counting_unit
                and wanted.measure = stated.measure
                and wanted.reference_year = stated.reference_year
        {%- for name in ['covered', 'repeated', 'attributed'] %}
        left join {{ name }}
            on
                wanted.document_id = {{ name }}.document_id
                and wanted.claim_id = {{ name }}.claim_id
                and wanted.input_role = {{ name }}.input_role
                and wanted.origin = {{ name }}.origin
                and wanted.asylum = {{ name }}.asylum
                and wanted.measure = {{ name }}.measure
                and wanted.reference_year = {{ name }}.reference_year
        {%- endfor %}
    ),

    final as (
        select
            document_id,
            claim_id,
            cast(row_number() over (
                partition by document_id, claim_id
                order by
                    list_position(
                        ['figure', 'base', 'whole', 'peer', 'new_applications', 'stock'], input_role
                    ),
                    reference_year,
                    greatest(value_on_the_day, value_newest) desc,
                    asylum_iso3
            ) as integer) as input_number,
            input_role,
            origin_iso3,
            asylum_iso3,
            counting_unit,
            measure,
            origin_name,
            asylum_name,
            reference_year,
            coalesce(reference_date, make_date(reference_year, 12, 31)) as reference_date,
            carried_forward_stock,
            unknown_origin.on_the_day as unknown_origin_stock_on_the_day,
            unknown_origin.newest as unknown_origin_stock,
            stated_value,
            value_on_the_day,
            value_newest,
            stated_value - value_on_the_day as stated_difference,
            value_newest - value_on_the_day as revision,
            carried_forward_mostly_in,
            unknown_origin.asylum_name as unknown_origin_moved_in,
            is_covered_on_the_day,
            coalesce(is_provisional_on_the_day, false) as is_provisional_on_the_day,
            coalesce(is_provisional, false) as is_provisional,
            are_pairs_complete_on_the_day,
            are_pairs_complete,
            release_id_on_the_day,
            release_id,
            snapshot_id,
            retrieved_at
        from joined
    )

    select * from final
    order by document_id, claim_id, input_number
{%- endmacro %}

{#- What is claimed, in words. -#}
{% macro claim_text(value, low, high) -%}
    case kind
        when 'change' then {{ figure_text(value) }} || ' %'
        when 'share' then {{ figure_text(value) }} || ' %'
        when 'ratio' then {{ figure_text(value) }} || ' times'
        when 'comparison' then {{ figure_text(value) }} || ' times'
        when 'rank' then 'place ' || cast({{ value }} as bigint)
        when 'record' then 'highest in ' || cast({{ value }} as bigint)
        when 'threshold_year'
            then {{ figure_text('threshold_low') }} || ' passed in ' || cast({{ value }} as bigint)
        when 'count' then {{ figure_text(value) }} || ' ' || count_of
        when 'range' then {{ figure_text(low) }} || ' to ' || {{ figure_text(high) }}
        else {{ figure_text(value) }}
    end
{%- endmacro %}

{#- Whether a result agrees with what is stated: true, false, or NULL where it is not known. -#}
{% macro claim_agrees(result, result_low) -%}
    case
        when {{ result }} is null then null
        when kind = 'range'
            then
                abs({{ result_low }} - stated_low) <= tolerance
                and abs({{ result }} - stated_high) <= tolerance
        when kind = 'record' then {{ result }} = to_year
        when kind = 'comparison' and relation = 'below'
            then {{ result }} < 1 and {{ result }} >= coalesce(stated_low, 0)
        when kind = 'comparison' and relation = 'above'
            then {{ result }} > 1
            and {{ result }} >= coalesce(stated_low, 0)
            and {{ result }} <= coalesce(stated_high, {{ result }})
        when kind = 'comparison' then abs({{ result }} - 1) <= tolerance
        else
            {{ result }} >= coalesce(stated_low, stated_value, {{ result }} + tolerance) - tolerance
            and {{ result }} <= coalesce(stated_high, stated_value, {{ result }}) + tolerance
    end
{%- endmacro %}

{#- The verdict on each claim, and its reasons. -#}
{% macro claim_audit(documents, claims, as_of) -%}
    with claims as (
        {{ claims_of_documents(documents, claims) }}
    ),

    countries as (
        select * from {{ ref('dim_country') }}
    ),

    releases as (
        select * from {{ ref('dim_release') }}
    ),

    measures as (
        select
            measure,
            any_value(stock_or_flow) as stock_or_flow
        from {{ ref('measures') }}
        group by measure
    ),

    inputs as (
        select * from
        {%- if as_of == 'as_of_day' %}
        {{ ref('mart_claim_inputs_of') }}(published_documents, published_claims, as_of_day)
        {%- else %}
        {{ ref('mart_claim_inputs') }}
        {%- endif %}
    ),

    -- Thrice: with the figures of the day, with the newest, and with those that the document states
    -- itself, as far as it does.
    inputs_by_variant as (
        select
            document_id,
            claim_id,
            input_role,
            asylum_iso3,
            reference_year,
            unnest([
                {
                    'variant': 'on_the_day',
                    'figure': value_on_the_day,
                    'are_pairs_complete': are_pairs_complete_on_the_day
                },
                {
                    'variant': 'newest',
                    'figure': value_newest,
                    'are_pairs_complete': are_pairs_complete
                },
                {
                    'variant': 'stated',
                    'figure': coalesce(stated_value, value_on_the_day),
                    'are_pairs_complete': are_pairs_complete_on_the_day
                }
            ], recursive := true)
        from inputs
    ),

    running as (
        select
            *,
            sum(figure) over (
                partition by document_id, claim_id, variant, input_role
                order by reference_year
            ) as figure_to_date
        from inputs_by_variant
    ),

    gathered as (
        select
            claims.document_id,
            claims.claim_id,
            running.variant,
            {%- for role in ['figure', 'base', 'whole'] %}
            case
                when
                    bool_and(running.figure is not null)
                        filter (where running.input_role = '{{ role }}')
                    then sum(running.figure) filter (where running.input_role = '{{ role }}')
            end as {{ role }},
            {%- endfor %}
            bool_and(running.figure is not null) filter (where running.input_role = 'figure')
                as are_years_known,
            min(running.figure) filter (where running.input_role = 'figure') as lowest,
            max(running.figure) filter (where running.input_role = 'figure') as highest,
            -- The latest of years that share the record.
            max_by(running.reference_year, running.figure + running.reference_year / 1e6)
                filter (where running.input_role = 'figure') as highest_year,
            min(running.reference_year) filter (
                where running.input_role = 'figure'
                and running.figure_to_date > claims.threshold_low
            ) as year_passed,
            count(*) filter (
                where running.input_role = 'figure'
                and running.figure >= claims.threshold_low
                and running.figure <= coalesce(claims.threshold_high, running.figure)
            ) as year_count,
            count(*) filter (
                where running.input_role = 'peer'
                and running.figure >= claims.threshold_low
                and running.figure <= coalesce(claims.threshold_high, running.figure)
            ) as peer_count,
            sum(running.figure) filter (where running.input_role = 'peer') as peers,
            list(running.figure) filter (where running.input_role = 'peer') as peer_figures,
            bool_and(running.are_pairs_complete) filter (where running.input_role = 'whole')
                as are_peers_complete,
            sum(running.figure) filter (where running.input_role = 'new_applications')
                as new_applications,
            count(running.figure) filter (where running.input_role = 'new_applications')
                as new_application_years,
            any_value(running.figure) filter (where running.input_role = 'stock') as stock
        from claims
        inner join running using (document_id, claim_id)
        group by all
    ),

    -- A place is certain where what no country is known for could not hold a higher one.
    results as (
        select
            gathered.*,
            case claims.kind
                when 'level' then gathered.figure
                when 'sum' then gathered.figure
                when 'change'
                    then 100 * (gathered.figure - gathered.base) / nullif(gathered.base, 0)
                when 'ratio' then gathered.figure / nullif(gathered.base, 0)
                when 'comparison' then gathered.figure / nullif(gathered.base, 0)
                when 'share' then 100 * gathered.figure / nullif(gathered.whole, 0)
                when 'range' then if(gathered.are_years_known, gathered.highest, null)
                when 'record' then if(gathered.are_years_known, gathered.highest_year, null)
                when 'threshold_year' then if(gathered.are_years_known, gathered.year_passed, null)
                when 'rank'
                    then
                        if(
                            gathered.are_peers_complete
                            or gathered.whole - gathered.peers < gathered.figure,
                            1 + len(list_filter(
                                gathered.peer_figures, lambda peer: peer > gathered.figure
                            )),
                            null
                        )
                when 'count'
                    then
                        case
                            when claims.count_of = 'years' and gathered.are_years_known
                                then gathered.year_count
                            when claims.count_of = 'countries' and gathered.are_peers_complete
                                then gathered.peer_count
                            -- The countries known are enough, whatever the others are.
                            when
                                claims.count_of = 'countries'
                                and gathered.peer_count >= claims.stated_low
                                and coalesce(claims.stated_high, claims.stated_value) is null
                                then gathered.peer_count
                        end
            end as result,
            if(gathered.are_years_known, gathered.lowest, null) as result_low
        from gathered
        inner join claims using (document_id, claim_id)
    ),

    about_inputs as (
        select
            document_id,
            claim_id,
            max_by(reference_date, reference_year)
                filter (where input_role in ('figure', 'whole', 'peer')) as reference_date,
            any_value(release_id_on_the_day) as release_id_on_the_day,
            bool_and(is_covered_on_the_day) filter (where input_role in ('figure', 'base', 'whole'))
                as are_covered,
            bool_and(stated_value is not null)
                filter (where input_role in ('figure', 'base', 'whole')) as are_all_stated,
            {{ total('carried_forward_stock', "input_role in ('figure', 'base')") }}
                as carried_forward_stock,
            max_by(carried_forward_mostly_in, carried_forward_stock)
                filter (where carried_forward_stock > 0 and input_role in ('figure', 'base'))
                as carried_forward_mostly_in,
            max_by(carried_forward_stock / value_on_the_day, carried_forward_stock)
                filter (where value_on_the_day > 0 and input_role in ('figure', 'base'))
                as carried_forward_share,
            bool_or(is_provisional_on_the_day)
                filter (where input_role in ('figure', 'base', 'whole', 'peer'))
                as is_provisional_on_the_day,
            coalesce(
                max_by(is_provisional, reference_year)
                    filter (where input_role in ('figure', 'whole', 'peer')),
                false
            ) as is_provisional,
            sum(stated_difference) filter (where input_role = 'figure') as stated_difference,
            string_agg(
                reference_year || coalesce(' in ' || asylum_name, '') || ': '
                || {{ figure_text('stated_value') }} || ' stated, '
                || {{ figure_text('value_on_the_day') }} || ' on the day',
                '; ' order by input_number
            ) filter (where stated_difference <> 0 and input_role in ('figure', 'base', 'whole'))
                as stated_differences_text,
            string_agg(distinct cast(reference_year as varchar), ', ' order by cast(reference_year as varchar))
                filter (
                    where value_on_the_day is null and not is_covered_on_the_day
                    and input_role in ('figure', 'base', 'whole')
                ) as years_not_covered,
            string_agg(distinct cast(reference_year as varchar), ', ' order by cast(reference_year as varchar))
                filter (
                    where value_on_the_day is null and is_covered_on_the_day
                    and input_role in ('figure', 'base', 'whole')
                ) as years_without_figure,
            any_value(
                'In ' || unknown_origin_moved_in || ' the stock of unknown origin went from '
                || {{ figure_text('unknown_origin_stock_on_the_day') }} || ' to '
                || {{ figure_text('unknown_origin_stock') }}
                || ' meanwhile: part of the move may be one of attribution.'
            ) filter (where input_role = 'figure') as unknown_origin_text,
            max(release_id) as release_id,
            max_by(snapshot_id, release_id) as snapshot_id,
            max_by(retrieved_at, release_id) as retrieved_at
        from inputs
        group by document_id, claim_id
    ),

    joined as (
        select
            claims.*,
            about_inputs.* exclude (document_id, claim_id),
            releases.title as release_title_on_the_day,
            coalesce(releases.is_held, false) as is_release_held,
            measures.stock_or_flow,
            on_the_day.result as value_on_the_day,
            on_the_day.result_low as low_on_the_day,
            on_the_day.stock as stock_on_the_day,
            on_the_day.figure as figure_on_the_day,
            on_the_day.base as base_on_the_day,
            newest.result as value_newest,
            newest.result_low as low_newest,
            by_document.result as value_of_own_figures,
            by_document.result_low as low_of_own_figures,
            by_document.figure as own_figure,
            by_document.base as own_base,
            on_the_day.new_applications as new_applications_on_the_day,
            on_the_day.new_application_years as new_application_years_on_the_day,
            newest.new_applications as new_applications_newest,
            newest.new_application_years as new_application_years
        from claims
        inner join about_inputs using (document_id, claim_id)
        left join releases on about_inputs.release_id_on_the_day = releases.release_id
        left join measures on claims.measure = measures.measure
        {%- for name, variant in [
            ('on_the_day', 'on_the_day'), ('newest', 'newest'), ('by_document', 'stated'),
        ] %}
        left join results as {{ name }}
            on
                claims.document_id = {{ name }}.document_id
                and claims.claim_id = {{ name }}.claim_id
                and {{ name }}.variant = '{{ variant }}'
        {%- endfor %}
    ),

    held_against as (
        select
            *,
            {{ claim_agrees('value_on_the_day', 'low_on_the_day') }} as agrees_on_the_day,
            {{ claim_agrees('value_newest', 'low_newest') }} as agrees_newest,
            {{ claim_agrees('value_of_own_figures', 'low_of_own_figures') }} as agrees_with_own_figures,
            stated_differences_text is not null as differs_in_inputs,
            -- A ratio told as an increase, or the reverse; a stock told as a flow.
            case
                when kind = 'change'
                    then abs(100 * figure_on_the_day / nullif(base_on_the_day, 0) - stated_value)
                        <= tolerance
                when kind = 'ratio'
                    then abs(figure_on_the_day / nullif(base_on_the_day, 0) - 1 - stated_value)
                        <= tolerance
                else false
            end as is_ratio_and_change_confused,
            case
                when kind = 'change'
                    then abs(100 * own_figure / nullif(own_base, 0) - stated_value) <= tolerance
                when kind = 'ratio'
                    then abs(own_figure / nullif(own_base, 0) - 1 - stated_value) <= tolerance
                else false
            end as is_confused_from_own_figures,
            coalesce(abs(stock_on_the_day - stated_value) <= tolerance, false) as is_the_stock
        from joined
    ),

    judged as (
        select
            *,
            case
                when release_id_on_the_day is null or not is_release_held then 'not_checkable'
                when kind = 'level' and are_covered and value_on_the_day is null
                    then 'not_reproduced'
                when agrees_on_the_day is null then 'not_checkable'
                when agrees_on_the_day and agrees_newest then 'confirmed'
                when agrees_on_the_day then 'confirmed_since_revised'
                when kind = 'level' and is_the_stock then 'misstated'
                when kind = 'level' then 'not_reproduced'
                when differs_in_inputs and agrees_with_own_figures then 'input_error'
                -- Places and counts are of countries that no document states in full.
                when kind in ('rank', 'count') then 'not_reproduced'
                when
                    are_all_stated
                    and abs(value_of_own_figures - value_on_the_day) > tolerance
                    then 'input_error'
                when are_all_stated then 'misstated'
                when is_ratio_and_change_confused then 'misstated'
                else 'not_reproduced'
            end as verdict,
            (stock_or_flow = 'stock' and read_as = 'flow')
            or (kind = 'level' and is_the_stock and stock_or_flow = 'flow') as is_stock_read_as_flow,
            stock_or_flow = 'stock'
            and (
                (kind in ('sum', 'threshold_year') and to_year > from_year)
                or (
                    kind in {{ kinds_with_base() }}
                    and (to_year > from_year or base_to_year > base_from_year)
                )
            ) as is_stocks_added_up,
            coalesce(
                carried_forward_stock > 0
                and carried_forward_share >= {{ var('carried_forward_share_from') }},
                false
            ) as is_resting_on_carried_forward,
            coalesce(is_provisional_on_the_day, false) as is_provisional_at_publication
        from held_against
    ),

    worded as (
        select
            *,
            concat_ws(
                ', ',
                if(is_stock_read_as_flow, 'stock_read_as_flow', null),
                if(is_stocks_added_up, 'stocks_added_up', null),
                if(is_resting_on_carried_forward, 'rests_on_carried_forward', null),
                if(is_provisional_at_publication, 'provisional_at_publication', null)
            ) as flags,
            case
                when kind = 'comparison'
                    then
                        if(relation = 'equal', 'as much as', relation) || ' ' || {{ base_text() }}
                        || coalesce(', at least ' || {{ figure_text('stated_low') }} || ' times', '')
                when kind = 'record'
                    then 'highest in ' || to_year || ', of ' || from_year || ' to ' || to_year
                when stated_value is not null
                    then {{ claim_text('stated_value', 'stated_low', 'stated_high') }}
                when kind = 'range' then {{ claim_text('stated_high', 'stated_low', 'stated_high') }}
                when stated_high is null
                    then 'at least ' || {{ claim_text('stated_low', 'stated_low', 'stated_high') }}
                when stated_low is null
                    then 'at most ' || {{ claim_text('stated_high', 'stated_low', 'stated_high') }}
                else
                    'between ' || {{ figure_text('stated_low') }} || ' and '
                    || {{ claim_text('stated_high', 'stated_low', 'stated_high') }}
            end as stated_text,
            {{ claim_text('value_on_the_day', 'low_on_the_day', 'value_on_the_day') }}
                as on_the_day_text,
            {{ claim_text('value_newest', 'low_newest', 'value_newest') }} as newest_text,
            -- Of places, years and bounds no difference in percent says anything.
            case
                when kind in ('level', 'sum')
                    then {{ fraction('value_newest - value_on_the_day', 'value_on_the_day') }}
            end as change_rate
        from judged
    ),

    explained as (
        select
            *,
            concat_ws(
                ' ',
                case
                    when release_id_on_the_day is null
                        then
                            'No release of UNHCR''s database is known that was out on '
                            || document_published_on || '.'
                    when verdict = 'not_checkable' and not is_release_held
                        then
                            'Release ' || release_id_on_the_day || ', in force on '
                            || document_published_on || ', is not in the warehouse: '
                            || '`asylum backfill --release ' || release_id_on_the_day || '` brings it.'
                    when verdict = 'not_checkable' and years_not_covered is not null
                        then
                            'The warehouse does not hold what release ' || release_id_on_the_day
                            || ' says of ' || years_not_covered || ' here: `asylum backfill --release '
                            || release_id_on_the_day || '` brings all countries and years of it.'
                    when verdict = 'not_checkable' and years_without_figure is not null
                        then
                            'Release ' || release_id_on_the_day || ' has no figure for '
                            || years_without_figure || '.'
                    when verdict = 'not_checkable'
                        then
                            'The warehouse holds only some countries of asylum of release '
                            || release_id_on_the_day || ': `asylum backfill --release '
                            || release_id_on_the_day || '` brings all.'
                    when value_on_the_day is null
                        then
                            'On ' || document_published_on || ' UNHCR''s database (release '
                            || release_id_on_the_day || ') had no figure.'
                    else
                        'Stated: ' || stated_text || '. On ' || document_published_on
                        || ' UNHCR''s database (release ' || release_id_on_the_day || ') gave '
                        || on_the_day_text
                        || case
                            when value_newest is null then '; now it has no figure'
                            when
                                value_newest = value_on_the_day
                                and low_newest is not distinct from low_on_the_day
                                then '; it still does (release ' || release_id || ')'
                            else
                                '; now ' || newest_text || ' (release ' || release_id
                                || coalesce(
                                    ', ' || replace(format('{:+.1f}', 100 * change_rate), '-', '−') || ' %', ''
                                )
                                || ')'
                        end
                        || '.'
                end,
                case
                    when verdict = 'misstated' and is_the_stock
                        then
                            'The figure is the stock of people waiting, '
                            || {{ figure_text('stock_on_the_day') }} || '; of new applications it had '
                            || on_the_day_text || '.'
                    when
                        verdict in ('misstated', 'input_error')
                        and coalesce(are_all_stated, false)
                        and not coalesce(agrees_with_own_figures, true)
                        then
                            'From the document''s own figures it is '
                            || {{ claim_text('value_of_own_figures', 'low_of_own_figures', 'value_of_own_figures') }}
                            || ' ('
                            || {{ figure_text('own_figure') }} || coalesce(' against '
                            || {{ figure_text('own_base') }}, '') || ')'
                            || case
                                when is_confused_from_own_figures and kind = 'change'
                                    then ': the ratio, ' || format('{:.3f}', own_figure / own_base)
                                    || ', was told as an increase'
                                when is_confused_from_own_figures
                                    then ': the increase was told as a ratio'
                                else ''
                            end
                            || '.'
                    when verdict = 'misstated' and is_ratio_and_change_confused
                        then 'A ratio and an increase were confused: the ratio is '
                            || format('{:.3f}', figure_on_the_day / base_on_the_day) || '.'
                end,
                case
                    when kind <> 'level' and verdict in ('misstated', 'input_error', 'not_reproduced')
                        then
                            'The document''s own figures differ from the database of that day: '
                            || stated_differences_text || '.'
                end,
                case
                    when kind = 'sum' and stated_value is not null and stated_difference <> 0
                        and verdict not in ('not_checkable', 'confirmed')
                        then
                            'Together ' || {{ signed_text('stated_difference') }}
                            || if(
                                abs(stated_value - value_on_the_day - stated_difference) <= tolerance,
                                ', which is the whole difference from the database''s sum of '
                                || on_the_day_text || '.',
                                ' of the ' || {{ signed_text('(stated_value - value_on_the_day)') }}
                                || ' by which the sum differs.'
                            )
                end,
                case
                    when is_stock_read_as_flow and verdict <> 'misstated'
                        then
                            'The document says "' || document_word || '"; the figure is a stock, the '
                            || 'people waiting at a date, and no count of the year.'
                end,
                case
                    when is_stocks_added_up
                        then
                            'Added up over years, a stock counts a person once for each year of waiting.'
                end,
                case
                    when
                        new_applications_newest is not null
                        and (kind = 'sum' or is_stock_read_as_flow)
                        then
                            'New applications (persons) of ' || from_year
                            || if(to_year > from_year, ' to ' || to_year, '')
                            || coalesce(
                                ': ' || {{ figure_text('new_applications_on_the_day') }}
                                || if(
                                    new_application_years_on_the_day < to_year - from_year + 1,
                                    ' (known for ' || new_application_years_on_the_day || ' of '
                                    || (to_year - from_year + 1) || ' years)',
                                    ''
                                )
                                || ' on the day, ',
                                ': '
                            )
                            || {{ figure_text('new_applications_newest') }}
                            || if(
                                new_application_years < to_year - from_year + 1,
                                ' (known for ' || new_application_years || ' of '
                                || (to_year - from_year + 1) || ' years)',
                                ''
                            )
                            || ' now.'
                end,
                case
                    when is_resting_on_carried_forward
                        then
                            'Of the figures of that day ' || {{ figure_text('carried_forward_stock') }}
                            || ' repeat an earlier reference date unchanged, most in '
                            || carried_forward_mostly_in || '.'
                end,
                case
                    when is_provisional_at_publication
                        then
                            'The release of that day was a mid-year one, its latest year provisional.'
                end,
                case
                    when kind in ('level', 'sum') and verdict <> 'not_checkable'
                        then unknown_origin_text
                end
            ) as explanation
        from worded
    ),

    final as (
        select
            explained.document_id,
            explained.claim_id,
            explained.kind,
            origins.unhcr_code as origin_unhcr_code,
            explained.origin_iso3,
            asylums.unhcr_code as asylum_unhcr_code,
            explained.asylum_iso3,
            explained.counting_unit,
            explained.measure,
            origins.country_name as origin_name,
            asylums.country_name as asylum_name,
            explained.publisher,
            explained.document_title,
            explained.document_published_on,
            explained.paraphrase,
            explained.location,
            explained.document_word,
            explained.reading,
            explained.to_year as reference_year,
            coalesce(explained.reference_date, make_date(explained.to_year, 12, 31))
                as reference_date,
            explained.from_year,
            explained.base_from_year,
            explained.base_to_year,
            explained.stated_text,
            explained.on_the_day_text,
            explained.newest_text,
            explained.carried_forward_stock,
            explained.stated_value,
            explained.stated_low,
            explained.stated_high,
            explained.tolerance,
            explained.value_on_the_day,
            explained.value_newest,
            explained.value_of_own_figures,
            explained.stated_value - explained.value_on_the_day as stated_difference,
            explained.value_newest - explained.value_on_the_day as revision,
            explained.new_applications_on_the_day,
            explained.new_applications_newest,
            cast(explained.new_application_years as integer) as new_application_year_count,
            explained.change_rate,
            explained.verdict,
            explained.flags,
            explained.explanation,
            explained.is_stock_read_as_flow,
            explained.is_stocks_added_up,
            explained.is_resting_on_carried_forward,
            explained.is_provisional_at_publication,
            explained.is_provisional,
            explained.release_id_on_the_day,
            explained.release_id,
            explained.snapshot_id,
            explained.retrieved_at
        from explained
        left join countries as origins on explained.origin_iso3 = origins.iso3
        left join countries as asylums on explained.asylum_iso3 = asylums.iso3
    )

    select * from final
    order by document_published_on, document_id, claim_id
{%- endmacro %}
