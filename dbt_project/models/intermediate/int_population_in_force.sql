{{ in_force('int_population_history', 'population') }}
