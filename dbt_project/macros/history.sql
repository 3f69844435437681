{#- What UNHCR stood by, from when to when. A table of one dataset's history holds a row for each key
    and each interval in which its values stood unchanged; what disappears ends, it does not become
    zero.

    The history is a function of the snapshots that are not quarantined: at any time a key has the
    value of the snapshot in force for its cell (`int_coverage_in_force`), or none where that one
    lacks it. So the order in which snapshots arrive does not matter. A run adds the snapshots that are
    new to it, and touches the keys for which they say otherwise than what stood. -#}

{#- How a row is matched with its cell of `int_coverage_in_force`. -#}
{% macro in_cell(figures, cells) -%}
    {{ figures }}.slice = {{ cells }}.slice
    and {{ figures }}.origin_cell = {{ cells }}.origin_cell
    and {{ figures }}.asylum_cell = {{ cells }}.asylum_cell
    and {{ figures }}.reference_year >= {{ cells }}.from_year
    and {{ figures }}.reference_year <= {{ cells }}.to_year
{%- endmacro %}

{#- `relation` with the columns origin_cell and asylum_cell. Needs a CTE `cells`. -#}
{% macro with_cells(relation) -%}
    select
        {{ relation }}.*,
        coalesce(named_origins.origin_cell, '*') as origin_cell,
        coalesce(named_asylums.asylum_cell, '*') as asylum_cell
    from {{ relation }}
    left join (select distinct slice, origin_cell from cells) as named_origins
        on
            {{ relation }}.slice = named_origins.slice
            and coalesce({{ relation }}.origin_iso3, {{ relation }}.origin_unhcr_code, '-')
            = named_origins.origin_cell
    left join (select distinct slice, asylum_cell from cells) as named_asylums
        on
            {{ relation }}.slice = named_asylums.slice
            and coalesce({{ relation }}.asylum_iso3, {{ relation }}.asylum_unhcr_code, '-')
            = named_asylums.asylum_cell
{%- endmacro %}

{#- The table of what each history was made from. It is written in the transaction of the history
    itself, so the two never disagree. -#}
{% macro history_loads() -%}
    intermediate.history_loads
{%- endmacro %}

{% macro create_history_loads() -%}
    create schema if not exists intermediate;
    create table if not exists {{ history_loads() }} (
        endpoint varchar, snapshot_id varchar, content_sha256 varchar, in_force_from date,
        retrieved_at timestamp, code varchar
    )
{%- endmacro %}

{#- What decides a history, by snapshot. `code` stands for the SQL that made it. -#}
{% macro history_inputs(endpoint) -%}
    select
        endpoint,
        snapshot_id,
        content_sha256,
        in_force_from,
        retrieved_at,
        '{{ env_var("DBT_HISTORY_CODE", "unknown") }}' as code
    from {{ ref('int_snapshots_resolved') }}
    where endpoint = '{{ endpoint }}' and not is_quarantined
{%- endmacro %}

{#- Whether a history cannot be added to: something it was made from is gone, has another place in
    time, or was read by other code; or a new snapshot is of the same day as one it was made from,
    which then was never in force. -#}
{% macro is_history_forfeit(endpoint) -%}
    exists (
        select endpoint, snapshot_id, content_sha256, in_force_from, retrieved_at, code
        from {{ history_loads() }}
        where endpoint = '{{ endpoint }}'
        except
        {{ history_inputs(endpoint) }}
    )
    or exists (
        select 1
        from {{ history_loads() }} as loads
        inner join ({{ history_inputs(endpoint) }}) as inputs
            on loads.endpoint = inputs.endpoint and loads.in_force_from = inputs.in_force_from
        where
            inputs.snapshot_id not in (
                select snapshot_id from {{ history_loads() }} where endpoint = '{{ endpoint }}'
            )
    )
    or not exists (select 1 from {{ history_loads() }} where endpoint = '{{ endpoint }}')
{%- endmacro %}

{#- Before a history is added to, in its transaction: begin anew where that cannot be. -#}
{% macro forget_history(endpoint) -%}
    {%- if load_cached_relation(this) is not none -%}
    delete from {{ this }} where {{ is_history_forfeit(endpoint) }}
    {%- endif -%}
{%- endmacro %}

{% macro forget_history_loads(endpoint) -%}
    delete from {{ history_loads() }}
    where endpoint = '{{ endpoint }}' and ({{ is_history_forfeit(endpoint) }})
{%- endmacro %}

{% macro note_history(endpoint) -%}
    delete from {{ history_loads() }} where endpoint = '{{ endpoint }}';
    insert into {{ history_loads() }} {{ history_inputs(endpoint) }}
{%- endmacro %}

{#- The history of one dataset, or what a run changes in it: all intervals of each key it touches. -#}
{% macro history(model, endpoint, codes, measures) -%}
    {%- set columns_kept = ['slice', 'row_kind', 'origin_unhcr_code', 'origin_iso3',
        'asylum_unhcr_code', 'asylum_iso3', 'reference_year'] + codes + measures -%}
    {%- set values = 'row(' ~ (measures | join(', ')) ~ ')' -%}
    with snapshots as (
        select * from {{ ref('int_snapshots_resolved') }}
        where endpoint = '{{ endpoint }}' and not is_quarantined
    ),

    cells as (
        select * from {{ ref('int_coverage_in_force') }}
        where endpoint = '{{ endpoint }}'
    ),

    {% if is_incremental() -%}
    loaded as (
        select snapshot_id from {{ history_loads() }}
        where endpoint = '{{ endpoint }}'
    ),

    pending as (
        select snapshots.snapshot_id
        from snapshots
        anti join loaded using (snapshot_id)
    ),
    {%- else -%}
    pending as (
        select snapshot_id from snapshots
    ),
    {%- endif %}

    figures as (
        select staged.* from {{ ref(model) }} as staged
        semi join pending using (snapshot_id)
    ),

    figures_in_cells as (
        {{ with_cells('figures') }}
    ),

    said as (
        select
            figures_in_cells.slice
            || ' ' || coalesce(figures_in_cells.origin_unhcr_code, '-')
            || ' ' || coalesce(figures_in_cells.asylum_unhcr_code, '-')
            || ' ' || figures_in_cells.reference_year
            {%- for code in codes %}
            || ' ' || coalesce(figures_in_cells.{{ code }}, '-')
            {%- endfor %} as history_key,
            {{ columns(columns_kept, 'figures_in_cells.') }}
            figures_in_cells.snapshot_id as first_snapshot_id,
            cells.valid_from,
            cells.valid_to
        from figures_in_cells
        inner join cells
            on
                figures_in_cells.snapshot_id = cells.snapshot_id
                and {{ in_cell('figures_in_cells', 'cells') }}
    ),

    {% if is_incremental() -%}
    stood as (
        select * from {{ this }}
    ),

    said_otherwise as (
        select said.history_key
        from said
        left join stood
            on
                said.history_key = stood.history_key
                and said.valid_from >= stood.valid_from
                and (said.valid_from < stood.valid_to or stood.valid_to is null)
        where
            stood.history_key is null
            or row({{ 'said.' ~ (measures | join(', said.')) }})
            is distinct from row({{ 'stood.' ~ (measures | join(', stood.')) }})
    ),

    stood_in_cells as (
        {{ with_cells('stood') }}
    ),

    no_longer_said as (
        select stood_in_cells.history_key
        from stood_in_cells
        inner join cells
            on
                {{ in_cell('stood_in_cells', 'cells') }}
                and cells.valid_from >= stood_in_cells.valid_from
                and (
                    cells.valid_from < stood_in_cells.valid_to or stood_in_cells.valid_to is null
                )
        semi join pending on cells.snapshot_id = pending.snapshot_id
        anti join said
            on
                stood_in_cells.history_key = said.history_key
                and cells.valid_from = said.valid_from
    ),

    touched as (
        select history_key from said_otherwise
        union
        select history_key from no_longer_said
    ),

    -- What snapshots of before say still holds in the time that is theirs.
    still_stands as (
        select
            stood_in_cells.history_key,
            {{ columns(columns_kept, 'stood_in_cells.') }}
            cells.snapshot_id as first_snapshot_id,
            greatest(stood_in_cells.valid_from, cells.valid_from) as valid_from,
            nullif(
                least(
                    coalesce(stood_in_cells.valid_to, 'infinity'),
                    coalesce(cells.valid_to, 'infinity')
                ),
                'infinity'
            ) as valid_to
        from stood_in_cells
        semi join touched using (history_key)
        inner join cells
            on
                {{ in_cell('stood_in_cells', 'cells') }}
                and cells.valid_from < coalesce(stood_in_cells.valid_to, 'infinity')
                and stood_in_cells.valid_from < coalesce(cells.valid_to, 'infinity')
        anti join pending on cells.snapshot_id = pending.snapshot_id
    ),

    intervals as (
        select * from said
        semi join touched using (history_key)
        union all by name
        select * from still_stands
    ),
    {%- else -%}
    intervals as (
        select * from said
    ),
    {%- endif %}

    -- Intervals that meet and say the same are one.
    with_previous as (
        select
            *,
            lag(valid_to) over same_key as ended_before,
            lag({{ values }}) over same_key as said_before,
            last_value(valid_to) over (
                same_key rows between unbounded preceding and unbounded following
            ) as ends_for_good
        from intervals
        window same_key as (partition by history_key order by valid_from)
    ),

    changes as (
        select * from with_previous
        where ended_before is distinct from valid_from or said_before is distinct from {{ values }}
    ),

    final as (
        select
            history_key,
            {{ columns(columns_kept) }}
            first_snapshot_id,
            valid_from,
            case
                when lead(valid_from) over same_key is null then ends_for_good
                else lead(ended_before) over same_key
            end as valid_to
        from changes
        window same_key as (partition by history_key order by valid_from)
    )

    select * from final
    order by origin_unhcr_code, asylum_unhcr_code, reference_year, history_key, valid_from
{%- endmacro %}
