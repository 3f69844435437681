{{ config(
    alias='claim_audit_of', parameters=['published_documents', 'published_claims', 'as_of_day'],
) }}
{{ claim_audit(
    'query_table(published_documents)', 'query_table(published_claims)', 'as_of_day'
) }}
