-- Each figure that a claim of the seeds rests on.
{{ claim_inputs(ref('published_documents'), ref('published_claims'), "date '9999-12-31'") }}
