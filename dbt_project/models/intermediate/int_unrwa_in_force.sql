{{ in_force('int_unrwa_history', 'unrwa') }}
