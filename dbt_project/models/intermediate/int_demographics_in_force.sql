{{ in_force('int_demographics_history', 'demographics') }}
