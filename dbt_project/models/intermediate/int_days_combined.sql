-- Every day from 1951, the first year of UNHCR's figures, to 2100: MetricFlow's time spine.
with moments as (
    select unnest(generate_series(date '1951-01-01', date '2100-12-31', interval 1 day)) as moment
),

final as (
    select cast(moment as date) as date_day
    from moments
)

select * from final
