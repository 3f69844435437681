{{ in_force('stg_unhcr__asylum_applications', 'asylum-applications') }}
