{{ in_force('stg_unhcr__idmc', 'idmc') }}
