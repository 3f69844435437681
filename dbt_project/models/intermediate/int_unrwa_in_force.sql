{{ in_force('stg_unhcr__unrwa', 'unrwa') }}
