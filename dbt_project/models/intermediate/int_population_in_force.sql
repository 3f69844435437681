{{ in_force('int_population_placed', 'population') }}
