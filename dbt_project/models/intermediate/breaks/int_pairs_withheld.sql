-- Stocks of one origin in one country of asylum that fell while more people of the origin are in no known
-- country of asylum, at each vintage. Nobody says who they are: what the known countries lost, up to what
-- the unknown gained, is distributed by the losses.
with kinds as (
    select * from {{ ref('break_kinds') }}
    where kind = 'asylum_withheld'
),

nowhere as (
    select * from {{ ref('special_origins') }}
    where special_kind = 'unknown'
),

pairs as (
    select
        pairs.*,
        pairs.asylum_unhcr_code in (select unhcr_code from nowhere) as is_of_unknown_asylum
    from {{ ref('int_pairs_followed') }} as pairs
    where pairs.measure like '%_stock' and pairs.origin_unhcr_code not in (select unhcr_code from nowhere)
),

-- Only of origins with people in no known country.
of_two_years as (
    select
        pairs.* exclude (figure, reference_year, is_provisional),
        years.reference_year,
        coalesce(sum(pairs.figure) filter (where pairs.reference_year < years.reference_year), 0)
            as figure_before,
        coalesce(sum(pairs.figure) filter (where pairs.reference_year = years.reference_year), 0) as figure
    from pairs
    inner join pairs as years
        on
            pairs.origin_unhcr_code = years.origin_unhcr_code
            and pairs.measure = years.measure
            and pairs.valid_from = years.valid_from
            and pairs.reference_year in (years.reference_year, years.reference_year - 1)
    where years.is_of_unknown_asylum
    group by all
),

with_losses as (
    select
        *,
        sum(greatest(figure_before - figure, 0)) filter (where not is_of_unknown_asylum)
            over of_origin as lost,
        sum(figure - figure_before) filter (where is_of_unknown_asylum) over of_origin as rise
    from of_two_years
    window of_origin as (partition by origin_unhcr_code, measure, reference_year, valid_from)
),

moved as (
    select
        'asylum_withheld' as kind,
        origin_unhcr_code,
        asylum_unhcr_code,
        measure,
        counting_unit,
        reference_year,
        valid_from,
        cast(figure_before as bigint) as figure_before,
        cast(figure as bigint) as figure,
        cast(round((figure_before - figure) * least(1, rise / lost)) as bigint) as persons,
        cast(null as bigint) as stood_since
    from with_losses
    where not is_of_unknown_asylum and figure_before > figure and rise > 0
),

final as (
    select moved.*
    from moved
    inner join kinds
        on
            moved.persons >= kinds.persons_from
            and moved.persons >= kinds.share_from * moved.figure_before
)

select * from final
