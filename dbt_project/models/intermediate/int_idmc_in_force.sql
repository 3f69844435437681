{{ in_force('int_idmc_history', 'idmc') }}
