{{ config(severity='warn') }}
-- Where both count persons, the flow dataset and the applications endpoint have the same number for nearly
-- all pairs: of the pairs of release 2025-12.1, for 60,808 of 62,422.
select
    count(*) as pairs,
    count(*) filter (where comparison = 'equal') as pairs_equal
from {{ ref('mart_claims_compared_with_applications') }}
where comparison in ('equal', 'differs')
having count(*) filter (where comparison = 'equal') < 0.95 * count(*) and count(*) >= 1000
