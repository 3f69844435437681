{{ in_force('stg_unhcr__demographics', 'demographics') }}
