-- Each change of a figure from one release to the next: what `int_figures_changed` finds, with the release
-- on either side, which where a row came or went is the one that answered for its cell. What came in a
-- year that was not published before is no revision.
with changed as (
    select * from {{ ref('int_figures_changed') }}
),

-- A row of the starter extract's population has a column a measure, and "-" where it was not collected: that
-- is no revision. Its other datasets have a row for what was.
years as (
    select
        years_in_force.*,
        coalesce(snapshots.source_kind = 'starter' and snapshots.endpoint = 'population', false)
            as has_silent_measures
    from {{ ref('int_years_in_force') }} as years_in_force
    left join {{ ref('int_snapshots_resolved') }} as snapshots using (endpoint, snapshot_id)
),

final as (
    select
        changed.dataset,
        changed.level,
        changed.origin_unhcr_code,
        changed.asylum_unhcr_code,
        changed.reference_year,
        figures_after.reference_date,
        changed.counting_unit,
        changed.measure,
        changed.value_before,
        changed.value_after,
        case
            when changed.value_before is null then 'appeared'
            when changed.value_after is null then 'disappeared'
            when
                if(changed.is_there_before, changed.is_provisional_before, figures_before.is_provisional)
                and not figures_after.is_provisional
                then 'provisional_to_final'
            else 'correction'
        end as kind,
        if(changed.is_there_before, changed.is_provisional_before, figures_before.is_provisional)
            as is_provisional_before,
        figures_after.is_provisional,
        if(changed.is_there_before, changed.release_id_before, figures_before.release_id)
            as release_id_before,
        changed.valid_from as published_on,
        figures_after.release_id,
        figures_after.snapshot_id,
        figures_after.retrieved_at
    from changed
    inner join years as figures_after
        on
            changed.coverage_id = figures_after.coverage_id
            and changed.reference_year = figures_after.reference_year
            and {{ stood_on('changed.valid_from', 'figures_after') }}
    left join years as figures_before
        on
            changed.coverage_id = figures_before.coverage_id
            and changed.reference_year = figures_before.reference_year
            and figures_before.valid_from < changed.valid_from
            and (figures_before.valid_to >= changed.valid_from or figures_before.valid_to is null)
    where
        (changed.is_there_before or figures_before.release_id is not null)
        and not (
            changed.is_there_before
            and changed.is_there
            and (
                (changed.value_after is null and figures_after.has_silent_measures)
                or (changed.value_before is null and coalesce(figures_before.has_silent_measures, false))
            )
        )
)

select * from final
order by
    dataset, level, origin_unhcr_code, asylum_unhcr_code, reference_year, counting_unit, measure,
    published_on
