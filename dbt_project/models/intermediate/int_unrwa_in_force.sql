{{ in_force('int_unrwa_placed', 'unrwa') }}
