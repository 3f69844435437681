{{ config(
    alias='claim_inputs_of', parameters=['published_documents', 'published_claims', 'as_of_day'],
) }}
{{ claim_inputs(
    'query_table(published_documents)', 'query_table(published_claims)', 'as_of_day'
) }}
