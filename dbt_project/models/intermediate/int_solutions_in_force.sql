{{ in_force('int_solutions_placed', 'solutions') }}
