-- The verdict on each claim of the seeds.
{{ claim_audit(ref('published_documents'), ref('published_claims'), "date '9999-12-31'") }}
