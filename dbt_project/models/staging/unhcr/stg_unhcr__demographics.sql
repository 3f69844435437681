with source as (
    select * from {{ source('raw', 'demographics') }}
),

counted as (
    select
        {{ unhcr_lineage() }},
        {{ unhcr_identity() }},
        {{ unhcr_text('pop_type') }} as pop_type,
        {{ unhcr_count('f_0_4') }} as female_0_4_stock,
        {{ unhcr_count('f_5_11') }} as female_5_11_stock,
        {{ unhcr_count('f_12_17') }} as female_12_17_stock,
        {{ unhcr_count('f_18_59') }} as female_18_59_stock,
        {{ unhcr_count('f_60') }} as female_60_plus_stock,
        {{ unhcr_count('f_other') }} as female_unknown_age_stock,
        {{ unhcr_count('f_total') }} as female_total_stock,
        {{ unhcr_count('m_0_4') }} as male_0_4_stock,
        {{ unhcr_count('m_5_11') }} as male_5_11_stock,
        {{ unhcr_count('m_12_17') }} as male_12_17_stock,
        {{ unhcr_count('m_18_59') }} as male_18_59_stock,
        {{ unhcr_count('m_60') }} as male_60_plus_stock,
        {{ unhcr_count('m_other') }} as male_unknown_age_stock,
        {{ unhcr_count('m_total') }} as male_total_stock,
        {{ unhcr_count('total') }} as total_stock
    from source
),

-- "0" in every band means not broken down, which is not known, not nobody; so does "0" for both
-- sexes beside a total.
told_apart as (
    select
        *,
        coalesce(total_stock > 0 and female_total_stock + male_total_stock = 0, false)
            as is_without_sex,
        coalesce(
            female_total_stock > 0
            and female_0_4_stock + female_5_11_stock + female_12_17_stock
            + female_18_59_stock + female_60_plus_stock + female_unknown_age_stock = 0,
            false
        ) as is_female_without_age,
        coalesce(
            male_total_stock > 0
            and male_0_4_stock + male_5_11_stock + male_12_17_stock
            + male_18_59_stock + male_60_plus_stock + male_unknown_age_stock = 0,
            false
        ) as is_male_without_age
    from counted
),

final as (
    select
        snapshot_id,
        slice,
        row_number,
        row_kind,
        origin_unhcr_code,
        origin_iso3,
        origin_name,
        asylum_unhcr_code,
        asylum_iso3,
        asylum_name,
        reference_year,
        pop_type,
        case
            when not (is_without_sex or is_female_without_age) then female_0_4_stock
        end as female_0_4_stock,
        case
            when not (is_without_sex or is_female_without_age) then female_5_11_stock
        end as female_5_11_stock,
        case
            when not (is_without_sex or is_female_without_age) then female_12_17_stock
        end as female_12_17_stock,
        case
            when not (is_without_sex or is_female_without_age) then female_18_59_stock
        end as female_18_59_stock,
        case
            when not (is_without_sex or is_female_without_age) then female_60_plus_stock
        end as female_60_plus_stock,
        case
            when not (is_without_sex or is_female_without_age) then female_unknown_age_stock
        end as female_unknown_age_stock,
        case when not is_without_sex then female_total_stock end as female_total_stock,
        case
            when not (is_without_sex or is_male_without_age) then male_0_4_stock
        end as male_0_4_stock,
        case
            when not (is_without_sex or is_male_without_age) then male_5_11_stock
        end as male_5_11_stock,
        case
            when not (is_without_sex or is_male_without_age) then male_12_17_stock
        end as male_12_17_stock,
        case
            when not (is_without_sex or is_male_without_age) then male_18_59_stock
        end as male_18_59_stock,
        case
            when not (is_without_sex or is_male_without_age) then male_60_plus_stock
        end as male_60_plus_stock,
        case
            when not (is_without_sex or is_male_without_age) then male_unknown_age_stock
        end as male_unknown_age_stock,
        case when not is_without_sex then male_total_stock end as male_total_stock,
        total_stock
    from told_apart
)

select * from final
