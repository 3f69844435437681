{{ in_force('int_demographics_placed', 'demographics') }}
