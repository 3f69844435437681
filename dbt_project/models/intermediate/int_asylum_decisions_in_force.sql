{{ in_force('stg_unhcr__asylum_decisions', 'asylum-decisions') }}
