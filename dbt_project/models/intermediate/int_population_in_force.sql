{{ in_force('stg_unhcr__population', 'population') }}
