{{ in_force('int_idmc_placed', 'idmc') }}
