{{ in_force('stg_unhcr__solutions', 'solutions') }}
